'use client'
// The line above the map: how much is shown, what part, in which window.
import { Columns2, Table2, Waypoints } from 'lucide-react'
import { useServerNow } from '../shell/server-clock.ts'
import { plural } from '../ui/numbers.ts'
import { ExportMenu } from './export-menu.tsx'
import type { MapView } from './map-view.ts'
import { countView } from './map-view.ts'
import { type Settling, sayUnsettled } from './settling.ts'
import type { MapPart } from './use-url-state.ts'
import { WINDOW_LABELS, WINDOWS } from './windows.ts'

export type MapToolbarProps = {
  readonly view: MapView
  readonly show: MapPart
  readonly onShow: (part: MapPart) => void
  readonly onWindow: (window: string) => void
  readonly canDecide: boolean
  /** A new version of the baseline, once there is one. */
  readonly onApprove: () => void
}

const PARTS = [
  { part: 'map', label: 'Map', Icon: Waypoints },
  { part: 'both', label: 'Both', Icon: Columns2 },
  { part: 'table', label: 'Table', Icon: Table2 },
] as const

export function MapToolbar(props: MapToolbarProps) {
  return (
    <div className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b bg-surface px-3 py-1.5 sm:px-4">
      <h1 className="sr-only">Map</h1>
      <Counts {...props} />
      <div className="ml-auto flex flex-wrap items-center gap-2">
        <select
          aria-label="Window"
          value={props.view.window}
          onChange={(event) => props.onWindow(event.target.value)}
          className="h-8 rounded-md border border-line-strong bg-surface px-2 text-[13px] hover:bg-hover"
        >
          {WINDOWS.map((window) => (
            <option key={window} value={window}>
              Last {WINDOW_LABELS[window]}
            </option>
          ))}
        </select>
        {props.view.nodes.length > 0 ? (
          <ExportMenu environment={props.view.environment} window={props.view.window} />
        ) : null}
        <fieldset className="flex rounded-md border border-line-strong p-0.5">
          <legend className="sr-only">Show</legend>
          {PARTS.map(({ part, label, Icon }) => (
            <button
              key={part}
              type="button"
              aria-pressed={props.show === part}
              onClick={() => props.onShow(part)}
              className="flex h-6.5 items-center gap-1.5 rounded px-2 text-[12.5px] font-medium text-muted hover:text-ink aria-pressed:bg-hover aria-pressed:text-ink"
            >
              <Icon size={14} aria-hidden />
              {label}
            </button>
          ))}
        </fieldset>
      </div>
    </div>
  )
}

function Counts({ view, canDecide, onApprove }: MapToolbarProps) {
  const counts = countView(view)
  return (
    <p className="number flex flex-wrap items-center gap-x-3 text-[13px] text-muted">
      <span>
        {plural(counts.nodes, 'node')}, {plural(counts.edges, 'edge')}
      </span>
      {counts.newEdges > 0 ? (
        <span className="font-semibold text-drift">+ {plural(counts.newEdges, 'new edge')}</span>
      ) : null}
      {counts.rejectedEdges > 0 ? <span>× {counts.rejectedEdges} rejected</span> : null}
      {view.baseline ? (
        <span className="text-faint">
          baseline version {view.baseline.version}
          {canDecide && view.edges.length > 0 ? (
            <>
              {' · '}
              <button
                type="button"
                onClick={onApprove}
                className="underline underline-offset-2 hover:text-ink"
              >
                New version…
              </button>
            </>
          ) : null}
        </span>
      ) : null}
      {view.baseline ? <Unsettled settling={view.settling} /> : null}
    </p>
  )
}

/** After a new edge: for how long others may still come. Where there is no room the alerts must do. */
function Unsettled({ settling }: { readonly settling: Settling }) {
  const text = sayUnsettled(settling, useServerNow())
  if (text === null) return null
  return (
    <span
      className="text-faint max-sm:hidden"
      title="Calls wait for their other half: an edge seen from one side only comes after that."
    >
      {text}
    </span>
  )
}
