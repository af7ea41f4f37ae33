// The way in: the map.
import { redirect } from 'next/navigation'
import { requireSession } from './session.ts'

export default async function HomePage() {
  await requireSession()
  redirect('/map')
}
