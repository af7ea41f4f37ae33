// Bringing in a recorded file.
import type { Metadata } from 'next'
import { ImportScreen } from '../../../components/import/import-screen.tsx'
import { readEnvironments } from '../../../storage/environments.ts'
import { database } from '../../database.ts'
import { readImport } from '../../imports/import-session.ts'
import { mayDecide, requireSession } from '../../session.ts'
import { webProcess } from '../../web-process.ts'

export const metadata: Metadata = { title: 'Import' }

export default async function ImportPage() {
  const user = await requireSession()
  const environments = await readEnvironments(database())
  const newest = readImport()
  const isGoingOn = newest?.status === 'receiving' || newest?.status === 'running'
  return (
    <ImportScreen
      initial={isGoingOn ? newest : null}
      environments={environments.map(({ name, origin }) => ({ name, origin }))}
      bytesMax={webProcess().config.importBytesMax}
      canImport={mayDecide(user.role)}
    />
  )
}
