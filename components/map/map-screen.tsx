'use client'
// The map page in the browser: holds what is chosen and where the keyboard stands, and hands each part
// (canvas, tables, panel, dialogs) its share. What is shown is in the URL; data comes from useMapView.
import { useRouter } from 'next/navigation'
import {
  type ReactNode,
  useEffect,
  useEffectEvent,
  useMemo,
  useRef,
  useState,
  useTransition,
} from 'react'
import type { DecideAction } from '../alerts/decide-form.tsx'
import type { DemoState } from '../demo/demo-state.ts'
import type { RemoveGraphAction } from '../demo/remove-dialog.tsx'
import { useLive } from '../shell/live.tsx'
import { type ApproveAction, ApproveDialog } from './approve-dialog.tsx'
import { EdgePanel } from './edge-panel.tsx'
import { DRAWN_NODES_MAX, FirstSteps, QuietWindow, TooManyNodes } from './empty-map.tsx'
import { edgeTitle, type Found, findInView } from './find.ts'
import { GraphCanvas, type PositionOf } from './graph-canvas.tsx'
import { edgeElementId, nodeElementId, nodeTitles } from './graph-elements.ts'
import { GraphTables } from './graph-tables.tsx'
import { Legend } from './legend.tsx'
import { MapBanner } from './map-banner.tsx'
import { MapToolbar } from './map-toolbar.tsx'
import type { MapView } from './map-view.ts'
import { narrowView } from './narrow-view.ts'
import { NodePanel } from './node-panel.tsx'
import { useMapKeys } from './use-map-keys.ts'
import { useMapView } from './use-map-view.ts'
import { type MapPart, useMapUrl } from './use-url-state.ts'
import { type Stand, type Step, walk } from './walk.ts'

export type MapScreenProps = {
  readonly initial: MapView
  /** Nothing has ever been seen in any environment. */
  readonly isFirstRun: boolean
  /** Shown while nothing has been seen: the demo. */
  readonly demoCard: ReactNode
  readonly userName: string
  readonly canDecide: boolean
  /** Whether this person may start the demo. */
  readonly canManage: boolean
  /** The newest run of the demo; null when this server has run none. */
  readonly demo: DemoState | null
  readonly approve: ApproveAction
  readonly decide: DecideAction
  readonly remove: RemoveGraphAction
}

export function MapScreen(props: MapScreenProps) {
  const [isFormOpen, setFormOpen] = useState(false)
  const [isApproving, setApproving] = useState(false)
  const { view, waitingChanges, showWaiting } = useMapView(props.initial, isFormOpen || isApproving)
  const [url, changeUrl] = useMapUrl()
  const router = useRouter()
  const searchRef = useRef<HTMLInputElement>(null)
  const found = useMemo(() => findInView(view, url.q), [view, url.q])
  useMapKeys({
    onSearch: () => searchRef.current?.focus(),
    onToggleTable: () => changeUrl({ show: nextPart(url.show) }),
    onEscape: () => changeUrl({ select: null }),
  })
  useFirstSpans(props.isFirstRun)
  if (props.isFirstRun && view.nodes.length === 0) return <FirstSteps demoCard={props.demoCard} />
  const chooseWindow = (window: string) => {
    const next = new URLSearchParams(location.search)
    next.set('window', window)
    router.push(`/map?${next}`)
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <MapToolbar
        {...{ view, searchRef, canDecide: props.canDecide }}
        show={url.show}
        query={url.q}
        found={found ? { nodes: found.nodeIds.size, edges: found.edgeIds.size } : null}
        onShow={(show) => changeUrl({ show: show === 'map' ? null : show })}
        onQuery={(q) => changeUrl({ q })}
        onWindow={chooseWindow}
        onApprove={() => setApproving(true)}
      />
      <MapBanner
        view={view}
        canDecide={props.canDecide}
        demo={props.demo}
        canManage={props.canManage}
        remove={props.remove}
        waitingChanges={waitingChanges}
        onShowNew={() => changeUrl({ select: firstNew(view), q: null })}
        onShowWaiting={showWaiting}
        onApprove={() => setApproving(true)}
      />
      <MapBody {...props} view={view} found={found} onFormOpen={setFormOpen} />
      {isApproving ? (
        <ApproveDialog
          environment={view.environment}
          userName={props.userName}
          activeVersion={view.baseline?.version ?? null}
          approve={props.approve}
          onClose={() => setApproving(false)}
          onDone={() => {
            setApproving(false)
            router.refresh()
          }}
        />
      ) : null}
    </div>
  )
}

type MapBodyProps = MapScreenProps & {
  readonly view: MapView
  readonly found: Found | null
  readonly onFormOpen: (isOpen: boolean) => void
}

function MapBody(props: MapBodyProps) {
  const { view, found } = props
  const [url, changeUrl] = useMapUrl()
  const [stand, setStand] = useState<Stand | null>(null)
  const titles = useMemo(() => nodeTitles(view), [view])
  const drawn = useMemo(() => narrowView(view, found, DRAWN_NODES_MAX), [view, found])
  const marks = useMemo(
    () => ({ chosen: url.select, cursor: elementOf(stand), matches: matchesOf(found) }),
    [url.select, stand, found],
  )
  const choose = (elementId: string | null) => {
    changeUrl({ select: elementId })
    setStand(standAt(elementId, view))
  }
  const step = (to: Step, positionOf: PositionOf) => {
    const ground = {
      nodeIds: view.nodes.map((node) => node.id),
      edges: view.edges,
      positionOf: (id: string) => positionOf(nodeElementId(id)),
    }
    setStand(walk(stand ?? standAt(url.select, view), to, ground))
  }
  if (view.nodes.length === 0) return <QuietWindow window={view.window} />
  const map =
    drawn === null ? (
      <TooManyNodes nodes={view.nodes.length} edges={view.edges.length} />
    ) : (
      <div className="relative h-full min-h-0">
        <GraphCanvas
          view={drawn}
          marks={marks}
          announcement={announce(stand, view, titles)}
          onTap={choose}
          onStep={step}
          onEnter={() => changeUrl({ select: elementOf(stand) })}
        />
        <Legend hasBaseline={view.baseline !== null} />
      </div>
    )
  const tables = <GraphTables view={view} found={found} chosen={url.select} onChoose={choose} />
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">
        {url.show === 'table' ? null : <div className="min-h-0 flex-1">{map}</div>}
        {url.show === 'map' ? null : (
          <div className={url.show === 'both' ? 'h-[42%] min-h-40 border-t' : 'min-h-0 flex-1'}>
            {tables}
          </div>
        )}
      </div>
      <ChosenPanel {...props} titles={titles} selected={url.select} onChoose={choose} />
    </div>
  )
}

type ChosenPanelProps = MapBodyProps & {
  readonly titles: ReadonlyMap<string, string>
  readonly selected: string | null
  readonly onChoose: (elementId: string | null) => void
}

function ChosenPanel(props: ChosenPanelProps) {
  const { view, titles, selected, onChoose } = props
  const router = useRouter()
  const node = view.nodes.find((candidate) => nodeElementId(candidate.id) === selected)
  const edge = view.edges.find((candidate) => edgeElementId(candidate.id) === selected)
  const close = () => onChoose(null)
  if (node)
    return <NodePanel node={node} view={view} titles={titles} onChoose={onChoose} onClose={close} />
  if (!edge) return null
  return (
    <EdgePanel
      key={edge.id}
      edge={edge}
      view={view}
      title={edgeTitle(edge, titles)}
      canDecide={props.canDecide}
      decide={props.decide}
      onFormOpen={props.onFormOpen}
      onDecided={() => router.refresh()}
      onClose={close}
    />
  )
}

/**
 * The page was made before the first span, so it knows no environment: ask the server anew at each change,
 * one question at a time, or none would ever be answered while much comes in.
 */
function useFirstSpans(isFirstRun: boolean): void {
  const router = useRouter()
  const [isAsking, startTransition] = useTransition()
  const { onChange } = useLive()
  const ask = useEffectEvent(() => {
    if (!isAsking) startTransition(() => router.refresh())
  })
  useEffect(() => {
    if (isFirstRun) return onChange(() => ask())
  }, [isFirstRun, onChange])
}

/** The edge that a person should look at first: the one with both halves, if there is one. */
function firstNew(view: MapView): string | null {
  const edges = view.edges.filter((edge) => edge.standing === 'new')
  const first = edges.find((edge) => edge.isConfirmed) ?? edges[0]
  return first ? edgeElementId(first.id) : null
}

function nextPart(part: MapPart): MapPart | null {
  return part === 'map' ? 'both' : part === 'both' ? 'table' : null
}

function elementOf(stand: Stand | null): string | null {
  if (stand === null) return null
  return stand.kind === 'node' ? nodeElementId(stand.id) : edgeElementId(stand.id)
}

function standAt(elementId: string | null, view: MapView): Stand | null {
  if (elementId === null) return null
  const id = elementId.slice(1)
  if (elementId.startsWith('n')) return { kind: 'node', id }
  const edge = view.edges.find((candidate) => candidate.id === id)
  return edge ? { kind: 'edge', id, anchorId: edge.sourceId } : null
}

function matchesOf(found: Found | null): ReadonlySet<string> | null {
  if (found === null) return null
  return new Set([
    ...[...found.nodeIds].map(nodeElementId),
    ...[...found.edgeIds].map(edgeElementId),
  ])
}

function announce(stand: Stand | null, view: MapView, titles: ReadonlyMap<string, string>) {
  if (stand === null) return ''
  if (stand.kind === 'node') {
    const node = view.nodes.find((candidate) => candidate.id === stand.id)
    if (!node) return ''
    const callers = node.unattributedCalls > 0 ? ', some callers unknown' : ''
    return `${node.kind} ${titles.get(node.id)}${callers}`
  }
  const edge = view.edges.find((candidate) => candidate.id === stand.id)
  if (!edge) return ''
  const calls = edge.estimate ? `about ${edge.estimate.calls} calls` : `${edge.calls} calls`
  const evidence = edge.isConfirmed ? '' : ', known from one side only'
  return `edge ${edgeTitle(edge, titles)}, ${edge.standing}, ${calls}${evidence}`
}
