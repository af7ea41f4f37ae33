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
import { type AskedView, askView, type Found } from './ask-view.ts'
import { EdgePanel } from './edge-panel.tsx'
import { AllHidden, DRAWN_NODES_MAX, FirstSteps, QuietWindow, TooManyNodes } from './empty-map.tsx'
import { FindBar } from './find-bar.tsx'
import { GraphCanvas, type PositionOf } from './graph-canvas.tsx'
import { edgeElementId, edgeTitle, nodeElementId, nodeTitles } from './graph-elements.ts'
import type { Marks } from './graph-map.ts'
import { GraphTables } from './graph-tables.tsx'
import { Legend } from './legend.tsx'
import { MapBanner } from './map-banner.tsx'
import { announce, elementOf, foundElements, standAt, stepFrom } from './map-stand.ts'
import { MapToolbar } from './map-toolbar.tsx'
import type { MapView } from './map-view.ts'
import { narrowView, withEnds } from './narrow-view.ts'
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
  const findRef = useRef<HTMLInputElement>(null)
  const { find, hide } = url
  const asked = useMemo(() => askView(view, { find, hide }), [view, find, hide])
  const matches = useMemo(() => foundElements(asked.view, asked.found), [asked])
  const [stand, setStand] = useState<Stand | null>(null)
  const choose = (elementId: string | null) => {
    changeUrl({ select: elementId })
    setStand(standAt(elementId, view))
  }
  const stepFound = (by: 1 | -1) => {
    const next = stepFrom(url.select, matches, by)
    if (next !== null) choose(next)
  }
  useMapKeys({
    onSearch: () => {
      findRef.current?.focus()
      findRef.current?.select()
    },
    onStepFound: stepFound,
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
        {...{ view, canDecide: props.canDecide }}
        show={url.show}
        onShow={(show) => changeUrl({ show: show === 'map' ? null : show })}
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
        onShowNew={() => changeUrl({ select: firstNew(view), find: null, hide: null })}
        onShowWaiting={showWaiting}
        onApprove={() => setApproving(true)}
      />
      {view.nodes.length > 0 ? (
        <FindBar
          {...{ view, findRef }}
          asked={{ find, hide }}
          result={asked}
          matches={matches.length}
          chosenMatch={url.select === null ? 0 : matches.indexOf(url.select) + 1}
          onAsk={changeUrl}
          onStep={stepFound}
        />
      ) : null}
      <MapBody
        {...props}
        {...{ view, asked, stand }}
        onFormOpen={setFormOpen}
        onStand={setStand}
        onChoose={choose}
      />
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
  readonly asked: AskedView
  readonly stand: Stand | null
  readonly onFormOpen: (isOpen: boolean) => void
  readonly onStand: (stand: Stand | null) => void
  readonly onChoose: (elementId: string | null) => void
}

function MapBody(props: MapBodyProps) {
  const { view, asked, stand, onChoose } = props
  const { found } = asked
  const [url, changeUrl] = useMapUrl()
  const titles = useMemo(() => nodeTitles(view), [view])
  const drawn = useMemo(() => narrowView(asked.view, asked.found, DRAWN_NODES_MAX), [asked])
  const matches = useMemo(() => matchesOf(asked.view, asked.found), [asked])
  const marks = useMemo(
    () => ({ chosen: url.select, cursor: elementOf(stand), matches }),
    [url.select, stand, matches],
  )
  if (view.nodes.length === 0) return <QuietWindow window={view.window} />
  if (asked.view.nodes.length === 0) return <AllHidden onClear={() => changeUrl({ hide: null })} />
  const shown = drawn ?? asked.view
  const step = (to: Step, positionOf: PositionOf) => {
    const ground = {
      nodeIds: shown.nodes.map((node) => node.id),
      edges: shown.edges,
      positionOf: (id: string) => positionOf(nodeElementId(id)),
    }
    props.onStand(walk(stand ?? standAt(url.select, shown), to, ground))
  }
  const map =
    drawn === null ? (
      <TooManyNodes nodes={asked.view.nodes.length} edges={asked.view.edges.length} />
    ) : (
      <div className="relative h-full min-h-0">
        <GraphCanvas
          view={drawn}
          marks={marks}
          announcement={announce(stand, view, titles)}
          onTap={onChoose}
          onStep={step}
          onEnter={() => changeUrl({ select: elementOf(stand) })}
        />
        <Legend hasBaseline={view.baseline !== null} />
      </div>
    )
  const tables = <GraphTables view={shown} found={found} chosen={url.select} onChoose={onChoose} />
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
      <ChosenPanel {...props} titles={titles} selected={url.select} />
    </div>
  )
}

type ChosenPanelProps = MapBodyProps & {
  readonly titles: ReadonlyMap<string, string>
  readonly selected: string | null
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

/** Element ids that are not dimmed: what was found, and the ends of edges that were. Null: nothing was asked. */
function matchesOf(view: MapView, found: Found | null): Marks['matches'] {
  if (found === null) return null
  const elements = new Set(foundElements(view, found))
  return { found: elements, near: new Set([...withEnds(view, found)].map(nodeElementId)) }
}
