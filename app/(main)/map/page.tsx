import { requireSession } from '../../session.ts'
export default async function MapPage() {
  const user = await requireSession()
  return <p>hello {user.name}</p>
}
