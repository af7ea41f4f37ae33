// Starts the demo as a child of the web process: it sends to the collector's real ports.
import { collectorAddress, ingestToken } from '../collector-address.ts'
import { webProcess } from '../web-process.ts'
import type { CommandState } from './command-state.ts'
import { startCommand } from './run-command.ts'

const DEMO_ENVIRONMENT = 'demo'

export type DemoStart =
  | { readonly ok: true; readonly state: CommandState }
  | { readonly ok: false; readonly problem: string }

export function startDemo({ startedBy }: { readonly startedBy: string }): DemoStart {
  const address = collectorAddress()
  if (address === null)
    return { ok: false, problem: 'This web process was not told where the collector listens.' }
  const token = ingestToken()
  // It approves its baseline itself, with the rights of this process.
  const variables = { WEB_DATABASE_URL: webProcess().config.databaseUrl }
  const state = startCommand({
    kind: 'demo',
    args: [
      ...['demo', '--progress', 'json', '--environment', DEMO_ENVIRONMENT],
      ...['--http', address.httpUrl, '--grpc', address.grpcUrl],
    ],
    variables: token === null ? variables : { ...variables, STRAYLINE_INGEST_TOKEN: token },
    startedBy,
    about: { environment: DEMO_ENVIRONMENT },
  })
  if (state === null) return { ok: false, problem: 'A demo runs already.' }
  return { ok: true, state }
}
