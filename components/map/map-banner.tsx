'use client'
// The lines between toolbar and map: the demo's story, no baseline yet and what is still settling, and newer
// data that waits for a form to close.
import { RefreshCw, ShieldCheck } from 'lucide-react'
import { DemoBanner } from '../demo/demo-banner.tsx'
import type { DemoState } from '../demo/demo-state.ts'
import type { RemoveGraphAction } from '../demo/remove-dialog.tsx'
import { useServerNow } from '../shell/server-clock.ts'
import { buttonClass } from '../ui/button.ts'
import { plural } from '../ui/numbers.ts'
import type { MapView } from './map-view.ts'
import { type Settling, saySettling } from './settling.ts'

export type MapBannerProps = {
  readonly view: MapView
  readonly canDecide: boolean
  /** The newest run of the demo as the page was made; null when there was none. */
  readonly demo: DemoState | null
  readonly canManage: boolean
  readonly remove: RemoveGraphAction
  readonly waitingChanges: number
  readonly onShowNew: () => void
  readonly onShowWaiting: () => void
  readonly onApprove: () => void
}

export function MapBanner(props: MapBannerProps) {
  const { view, waitingChanges } = props
  return (
    <>
      {view.origin === 'demo' ? (
        <DemoBanner
          environment={view.environment}
          remove={props.remove}
          initial={props.demo}
          settling={view.settling}
          newEdges={view.edges.filter((edge) => edge.standing === 'new').length}
          canManage={props.canManage}
          onShowNew={props.onShowNew}
        />
      ) : view.baseline === null && view.edges.length > 0 ? (
        <NoBaseline {...props} />
      ) : null}
      {waitingChanges > 0 ? (
        <div
          role="status"
          className="flex items-center justify-center gap-3 border-b bg-warn-soft px-4 py-1.5 text-[13px] text-warn"
        >
          {plural(waitingChanges, 'change')}:
          <button
            type="button"
            className="inline-flex items-center gap-1.5 font-semibold underline underline-offset-2"
            onClick={props.onShowWaiting}
          >
            <RefreshCw size={13} aria-hidden /> show
          </button>
        </div>
      ) : null}
    </>
  )
}

function NoBaseline({ view, canDecide, onApprove }: MapBannerProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 border-b bg-surface px-3 py-2 sm:px-4">
      <ShieldCheck size={16} aria-hidden className="text-muted" />
      <p className="min-w-0 text-[13px] max-sm:flex-1">
        <strong className="font-semibold">No baseline yet: approve this graph.</strong>{' '}
        <span className="text-muted">Until then nothing can stray, so nothing alerts.</span>
      </p>
      {canDecide ? (
        <button type="button" className={buttonClass('solid')} onClick={onApprove}>
          Approve…
        </button>
      ) : null}
      <StillSettling settling={view.settling} />
    </div>
  )
}

/** Ticks, so no live region: the table twin and the counts above tell what came. */
function StillSettling({ settling }: { readonly settling: Settling }) {
  const nowMs = useServerNow()
  return (
    <p className="number ml-auto text-[13px] text-muted">
      Learning: {saySettling(settling, nowMs)}
    </p>
  )
}
