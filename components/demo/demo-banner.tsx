'use client'
// The line above the map of the demo's environment: where its story is, what comes next and when, and the
// way out of it.
import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { type Settling, sayAge, saySettling } from '../map/settling.ts'
import { useServerNow } from '../shell/server-clock.ts'
import { buttonClass } from '../ui/button.ts'
import { type DemoState, STEPS, stepOf } from './demo-state.ts'
import { RemoveDialog, type RemoveGraphAction } from './remove-dialog.tsx'
import { useDemo } from './use-demo.ts'

export type DemoBannerProps = {
  readonly environment: string
  readonly initial: DemoState | null
  readonly settling: Settling
  readonly newEdges: number
  /** Whether this person may start and remove it. */
  readonly canManage: boolean
  readonly remove: RemoveGraphAction
  /** Shows the first edge that strays. */
  readonly onShowNew: () => void
}

export function DemoBanner(props: DemoBannerProps) {
  const { state, problem, isStarting, start } = useDemo(props.initial)
  const [isRemoving, setRemoving] = useState(false)
  const isRunning = state?.status === 'running'
  return (
    <div className="flex min-h-12 flex-wrap items-center gap-x-4 gap-y-1.5 border-b bg-surface px-3 py-2 text-[13px] sm:px-4">
      <span className="inline-flex items-center gap-1.5 font-semibold">
        <FlaskConical size={15} aria-hidden /> Demo
      </span>
      <Steps current={stepOf(state)} />
      <p className="number min-w-0">
        <span role="status" className="empty:hidden">
          {problem ?? sayDemo(state, props.newEdges)}
        </span>
        {isRunning ? <Countdown state={state} settling={props.settling} /> : null}
      </p>
      <div className="ml-auto flex items-center gap-1.5">
        {props.newEdges > 0 ? (
          <button type="button" className={buttonClass('drift')} onClick={props.onShowNew}>
            See why
          </button>
        ) : null}
        {props.canManage && !isRunning ? (
          <button
            type="button"
            className={buttonClass('outline')}
            disabled={isStarting}
            onClick={start}
          >
            Run again
          </button>
        ) : null}
        {props.canManage ? (
          <button type="button" className={buttonClass('quiet')} onClick={() => setRemoving(true)}>
            Remove…
          </button>
        ) : null}
      </div>
      {isRemoving ? (
        <RemoveDialog
          environment={props.environment}
          lead="The demo stops, and everything it brought goes: nodes, edges, baseline and alerts. Other environments stay as they are."
          remove={props.remove}
          onClose={() => setRemoving(false)}
        />
      ) : null}
    </div>
  )
}

function Steps({ current }: { readonly current: number }) {
  return (
    <ol aria-label="Steps of the demo" className="flex items-center gap-1.5 text-[12.5px]">
      {STEPS.map((step, at) => (
        <li
          key={step}
          aria-current={at === current ? 'step' : undefined}
          className="flex items-center gap-1.5 text-faint aria-[current]:font-medium aria-[current]:text-ink max-sm:not-aria-[current]:sr-only"
        >
          {at > 0 ? (
            <span aria-hidden className="text-faint max-sm:hidden">
              ›
            </span>
          ) : null}
          <span>{step}</span>
        </li>
      ))}
    </ol>
  )
}

/** What does not change every second, so that a screen reader says it once. */
function sayDemo(state: DemoState | null, newEdges: number): string {
  if (state?.status === 'failed') return `The demo failed: ${state.message}`
  if (state?.status === 'running' && state.phase === 'learning') return 'Learning what is normal:'
  if (state?.status === 'running' && state.phase !== 'traffic') return state.note
  if (newEdges > 0) {
    const stray = newEdges === 1 ? '1 edge strays' : `${newEdges} edges stray`
    return `${stray} from the approved baseline: see why, then accept or reject.`
  }
  return 'A small shop with a planted attack; nothing in it is real.'
}

function Countdown({
  state,
  settling,
}: {
  readonly state: DemoState
  readonly settling: Settling
}) {
  const nowMs = useServerNow()
  if (state.phase === 'learning')
    return <span className="text-muted"> {saySettling(settling, nowMs)}</span>
  if (nowMs === null || state.untilMs === null || state.phase === 'traffic') return null
  const left = sayAge(state.untilMs - nowMs)
  const when = state.phase === 'settling' ? `; final in ${left}` : ` in ${left}`
  return <span className="text-muted">{when}</span>
}
