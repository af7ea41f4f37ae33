'use client'
// The drawn map. The canvas itself tells assistive technology nothing, so the container says what it is,
// how it is walked, and a live region says where the walk stands; the tables say everything else.
import { Maximize, Minus, Plus, Workflow } from 'lucide-react'
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from 'react'
import { buttonClass } from '../ui/button.ts'
import { readGraphColors } from './graph-colors.ts'
import {
  createGraphMap,
  destroyGraphMap,
  fitMap,
  type GraphMap,
  type Marks,
  markElements,
  paintMap,
  rearrange,
  reveal,
  showView,
  zoomBy,
} from './graph-map.ts'
import type { MapView } from './map-view.ts'
import type { Step } from './walk.ts'

export type GraphCanvasProps = {
  readonly view: MapView
  readonly marks: Marks
  /** Where the keyboard stands, in words. */
  readonly announcement: string
  readonly onTap: (elementId: string | null) => void
  readonly onStep: (step: Step, positionOf: PositionOf) => void
  readonly onEnter: () => void
}

export type PositionOf = (
  elementId: string,
) => { readonly x: number; readonly y: number } | undefined

const STEPS: { readonly [key: string]: Step } = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

export function GraphCanvas(props: GraphCanvasProps) {
  const { view, marks } = props
  const container = useRef<HTMLDivElement>(null)
  const [map, setMap] = useState<GraphMap | null>(null)
  const hintId = useId()
  const onTap = useEffectEvent(props.onTap)
  const environment = useRef(view.environment)

  useEffect(() => {
    if (!container.current) return
    const made = createGraphMap({
      container: container.current,
      environment: environment.current,
      colors: readGraphColors(container.current),
      onTap: (elementId) => onTap(elementId),
    })
    const stopFollowing = followSurroundings(made, container.current)
    setMap(made)
    return () => {
      stopFollowing()
      destroyGraphMap(made)
    }
  }, [])

  const mark = useEffectEvent((shown: GraphMap) => markElements(shown, marks))
  const [isDrawn, setDrawn] = useState(false)
  useEffect(() => {
    if (!map) return
    void showView(map, view).then(() => {
      mark(map)
      setDrawn(true)
    })
  }, [map, view])

  useEffect(() => {
    if (!map) return
    markElements(map, marks)
    const standing = marks.cursor ?? marks.chosen
    if (standing !== null) reveal(map, standing)
  }, [map, marks])

  const positionOf: PositionOf = (elementId) => {
    const node = map?.cy.getElementById(elementId)
    return node?.nonempty() ? node.position() : undefined
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key]
    if (step && !event.altKey && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      props.onStep(step, positionOf)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      props.onEnter()
    }
  }
  return (
    <div className="relative h-full min-h-0 w-full">
      <div
        ref={container}
        role="application"
        aria-label="Map of services and their edges"
        aria-describedby={hintId}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is walked by arrow keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="__________cytoscape_container h-full w-full overflow-hidden focus-visible:-outline-offset-2"
      />
      <p id={hintId} className="sr-only">
        Arrow left and right follow edges, up and down choose among them, Enter opens the panel,
        Escape closes it, slash goes to Find, N and M step through what was found, T shows the
        tables.
      </p>
      <p aria-live="polite" className="sr-only">
        {props.announcement}
      </p>
      {isDrawn ? null : (
        <p className="pointer-events-none absolute inset-0 grid place-items-center text-muted">
          Arranging the map…
        </p>
      )}
      {map ? <MapControls map={map} /> : null}
    </div>
  )
}

function MapControls({ map }: { readonly map: GraphMap }) {
  const controls = [
    { label: 'Zoom in', Icon: Plus, act: () => zoomBy(map, 1.3) },
    { label: 'Zoom out', Icon: Minus, act: () => zoomBy(map, 1 / 1.3) },
    { label: 'Show all', Icon: Maximize, act: () => fitMap(map) },
    { label: 'Arrange anew', Icon: Workflow, act: () => void rearrange(map) },
  ]
  return (
    <div className="absolute right-3 bottom-3 flex flex-col rounded-lg border bg-surface p-0.5 shadow-sm">
      {controls.map(({ label, Icon, act }) => (
        <button
          key={label}
          type="button"
          aria-label={label}
          title={label}
          className={buttonClass('icon')}
          onClick={act}
        >
          <Icon size={15} aria-hidden />
        </button>
      ))}
    </div>
  )
}

/** Keeps the drawing in step with its box and with the theme. Returns how to stop. */
function followSurroundings(map: GraphMap, container: HTMLElement): () => void {
  const sizes = new ResizeObserver(() => {
    map.cy.resize()
    if (!map.isViewTheirs) fitMap(map)
  })
  sizes.observe(container)
  const paint = () => paintMap(map, readGraphColors(container))
  const theme = new MutationObserver(paint)
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  const system = window.matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', paint)
  return () => {
    sizes.disconnect()
    theme.disconnect()
    system.removeEventListener('change', paint)
  }
}
