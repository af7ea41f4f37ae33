// Bringing in a recorded file.
import type { Metadata } from 'next'
import { ImportScreen } from '../../../components/import/import-screen.tsx'
import { listRemoved, readEnvironments } from '../../../storage/environments.ts'
import { database } from '../../database.ts'
import { readImport } from '../../imports/import-session.ts'
import { mayDecide, requireSession } from '../../session.ts'
import { webProcess } from '../../web-process.ts'
import { removeGraph } from '../map/actions.ts'

export const metadata: Metadata = { title: 'Import' }

export default async function ImportPage() {
  const user = await requireSession()
  const [environments, removed] = await Promise.all([
    readEnvironments(database()),
    listRemoved(database()),
  ])
  const newest = readImport()
  const isGoingOn = newest?.status === 'receiving' || newest?.status === 'running'
  return (
    <ImportScreen
      initial={isGoingOn ? newest : null}
      environments={[
        ...environments.map(({ name, origin }) => ({ name, origin })),
        ...removed.map((name) => ({ name, origin: 'removed' as const })),
      ]}
      bytesMax={webProcess().config.importBytesMax}
      canImport={mayDecide(user.role)}
      canRemove={user.role === 'admin'}
      remove={removeGraph}
    />
  )
}
