// The map of one environment and window.
import type { Metadata } from 'next'
import { DemoCard } from '../../../components/demo/demo-card.tsx'
import { findDemo } from '../../../components/demo/demo-state.ts'
import { MapScreen } from '../../../components/map/map-screen.tsx'
import { DEFAULT_WINDOW, WINDOWS } from '../../../components/map/windows.ts'
import { Environment } from '../../api-input.ts'
import { readCommands } from '../../commands/run-command.ts'
import { database } from '../../database.ts'
import { findDefaultEnvironment } from '../../default-environment.ts'
import { readMap } from '../../read-map.ts'
import { mayDecide, requireSession } from '../../session.ts'
import { decideAlert } from '../alerts/actions.ts'
import { approveGraph, removeGraph } from './actions.ts'

export const metadata: Metadata = { title: 'Map' }

type Parameters = { readonly environment?: string | string[]; readonly window?: string | string[] }
type Props = { readonly searchParams: Promise<Parameters> }

export default async function MapPage({ searchParams }: Props) {
  const user = await requireSession()
  const wanted = await searchParams
  const fallback = await findDefaultEnvironment()
  const environment = Environment.safeParse(wanted.environment).data ?? fallback ?? 'default'
  const window = WINDOWS.find((known) => known === wanted.window) ?? DEFAULT_WINDOW
  const view = await readMap(database(), { environment, window, nowMs: Date.now() })
  const canManage = user.role === 'admin'
  const demo = findDemo(readCommands())
  return (
    <MapScreen
      initial={view}
      isFirstRun={fallback === null}
      demoCard={<DemoCard initial={demo} canStart={canManage} />}
      userName={user.email}
      canDecide={mayDecide(user.role)}
      canManage={canManage}
      demo={demo}
      approve={approveGraph}
      decide={decideAlert}
      remove={removeGraph}
    />
  )
}
