// How to send traces here, and what has arrived.
import type { Metadata } from 'next'
import { ConnectScreen } from '../../../components/connect/connect-screen.tsx'
import { isLoopbackHost } from '../../../core/config/parse.ts'
import { ingestToken, senderAddress } from '../../collector-address.ts'
import { database } from '../../database.ts'
import { readIntake } from '../../read-intake.ts'
import { requireSession } from '../../session.ts'
import { webProcess } from '../../web-process.ts'

export const metadata: Metadata = { title: 'Connect' }

export default async function ConnectPage() {
  const user = await requireSession()
  return (
    <ConnectScreen
      address={senderAddress()}
      isLoopback={isLoopbackHost(webProcess().config.collector.host)}
      needsToken={ingestToken() !== null}
      maySeeToken={user.role === 'admin'}
      intake={await readIntake(database(), Date.now())}
    />
  )
}
