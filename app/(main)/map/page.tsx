// The map of one environment and window.
import type { Metadata } from 'next'
import { MapScreen } from '../../../components/map/map-screen.tsx'
import { DEFAULT_WINDOW, WINDOWS } from '../../../components/map/windows.ts'
import { listEnvironments } from '../../../storage/environments.ts'
import { Environment } from '../../api-input.ts'
import { database } from '../../database.ts'
import { readMap } from '../../read-map.ts'
import { mayDecide, requireSession } from '../../session.ts'
import { decideAlert } from '../alerts/actions.ts'
import { approveGraph } from './actions.ts'

export const metadata: Metadata = { title: 'Map' }

type Parameters = { readonly environment?: string | string[]; readonly window?: string | string[] }
type Props = { readonly searchParams: Promise<Parameters> }

export default async function MapPage({ searchParams }: Props) {
  const user = await requireSession()
  const wanted = await searchParams
  const environments = await listEnvironments(database())
  const environment = Environment.safeParse(wanted.environment).data ?? environments[0] ?? 'default'
  const window = WINDOWS.find((known) => known === wanted.window) ?? DEFAULT_WINDOW
  const view = await readMap(database(), { environment, window, nowMs: Date.now() })
  return (
    <MapScreen
      initial={view}
      isFirstRun={environments.length === 0}
      demoCard={null}
      userName={user.email}
      canDecide={mayDecide(user.role)}
      approve={approveGraph}
      decide={decideAlert}
    />
  )
}
