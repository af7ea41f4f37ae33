// An alert's edge and one hop around it: a small drawing without script or canvas, and beside it the same
// edges as a table with full names, which assistive technology reads instead of the drawing.
import { ArrowUpRight } from 'lucide-react'
import Link from 'next/link'
import { createElement, type ReactNode } from 'react'
import { shapeOf } from '../../core/export/svg-shapes.ts'
import { displayName } from '../../core/graph/label.ts'
import { type NodeKey, nodeId } from '../../core/graph/node.ts'
import type { NearEdge, Surroundings } from '../../core/graph/surroundings.ts'
import { edgeElementId } from '../map/graph-elements.ts'
import { windowSince } from '../map/windows.ts'
import { KindIcon } from '../ui/kind-icon.tsx'
import { Name } from '../ui/name.tsx'
import { plural } from '../ui/numbers.ts'
import type { AlertDetail } from './alert-view.ts'
import { Block } from './block.tsx'
import {
  MINI_BOX,
  MINI_FONT_SIZE,
  MINI_MAP_WIDTH,
  type MiniMap,
  type MiniNode,
  placeMiniMap,
} from './mini-map.ts'
import { STATE_SIGNS } from './state-badge.tsx'

export type SurroundingsProps = {
  readonly alert: AlertDetail
  /** When the alert was read, by the server's clock: unix ms. */
  readonly readAtMs: number
}

export function SurroundingsBlock({ alert, readAtMs }: SurroundingsProps) {
  const { source, target, surroundings } = alert
  const map = placeMiniMap(source, target, surroundings)
  return (
    <Block title="Around it">
      <div className="grid items-start gap-x-6 gap-y-3 lg:grid-cols-[22rem_minmax(0,1fr)]">
        <Drawing alert={alert} map={map} />
        {surroundings && target ? (
          <div className="min-w-0 text-[13px]">
            <EdgeTable alert={alert} {...{ surroundings, target, readAtMs }} />
            <LeftOut surroundings={surroundings} />
          </div>
        ) : (
          <p className="text-[13px] text-muted">
            <KindIcon kind={source.kind} />{' '}
            <NodeName node={source} environment={alert.environment} /> stands alone: no call to or
            from it was seen when this was raised.
          </p>
        )}
      </div>
    </Block>
  )
}

/** Where an edge is on the map, in the shortest window that has it. */
export function mapAddress(environment: string, edge: NearEdge, nowMs: number): string {
  const select = edgeElementId(edge.id)
  return `/map?${new URLSearchParams({ environment, window: windowSince(edge.lastSeenMs, nowMs), select })}`
}

const DRIFTING: ReadonlySet<AlertDetail['state']> = new Set(['open', 'flapping', 'rejected'])

function Drawing({ alert, map }: { readonly alert: AlertDetail; readonly map: MiniMap }) {
  const isGone = alert.surroundings?.edge === null
  const isDrifting = DRIFTING.has(alert.state)
  return (
    <svg
      viewBox={`0 0 ${MINI_MAP_WIDTH} ${map.height}`}
      role="img"
      aria-label={sayDrawing(alert)}
      className="mx-auto w-full max-w-[22rem]"
      fontSize={MINI_FONT_SIZE}
    >
      <defs>
        <Arrow id="near-arrow" className="fill-edge" />
        <Arrow id="own-arrow" className={isDrifting ? 'fill-drift' : 'fill-ink'} />
      </defs>
      {map.edges.map(({ edge, path }) => (
        <path
          key={edge.id}
          d={path}
          fill="none"
          className="stroke-edge"
          strokeWidth={1.4}
          markerEnd="url(#near-arrow)"
        >
          <title>{edgeTitle(edge.source, edge.target)}</title>
        </path>
      ))}
      {map.nodes.map((node) => (
        <Node key={nodeId(node.key)} node={node} />
      ))}
      {map.own ? (
        <g className={isDrifting ? 'stroke-drift' : 'stroke-ink'}>
          <path
            d={map.own.path}
            fill="none"
            strokeWidth={3.25}
            strokeDasharray={isGone ? '4 5' : undefined}
            markerEnd="url(#own-arrow)"
          />
          <circle
            cx={map.own.middle.x}
            cy={map.own.middle.y}
            r={10}
            strokeWidth={2}
            className={isDrifting ? 'fill-drift' : 'fill-surface'}
          />
          <text
            x={map.own.middle.x}
            y={map.own.middle.y + 5}
            textAnchor="middle"
            fontSize={14}
            fontWeight={700}
            stroke="none"
            className={isDrifting ? 'fill-on-drift' : 'fill-ink'}
          >
            {STATE_SIGNS[alert.state]}
          </text>
        </g>
      ) : null}
    </svg>
  )
}

function Arrow({ id, className }: { readonly id: string; readonly className: string }) {
  return (
    <marker
      {...{ id, className }}
      viewBox="0 0 8 8"
      refX="7.500"
      refY="4"
      markerWidth="9"
      markerHeight="9"
      markerUnits="userSpaceOnUse"
      orient="auto"
    >
      <path d="M0 0.500L8 4L0 7.500Z" stroke="none" />
    </marker>
  )
}

function Node({ node }: { readonly node: MiniNode }) {
  const { key, centre, lines, isEnd } = node
  const box = {
    ...MINI_BOX,
    x: centre.x - MINI_BOX.width / 2,
    y: centre.y - MINI_BOX.height / 2,
  }
  const { element, geometry } = shapeOf(key.kind, box)
  const first = centre.y + 4 - ((lines.length - 1) * 14) / 2
  return (
    <g>
      <title>{fullName(key)}</title>
      {createElement(element, {
        ...geometry,
        className: isEnd ? 'fill-surface stroke-ink' : 'fill-surface stroke-line-strong',
        strokeWidth: isEnd ? 2 : 1.25,
      })}
      {lines.map((line, at) => (
        <text
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
          key={at}
          x={centre.x}
          y={first + at * 14}
          textAnchor="middle"
          fontWeight={isEnd ? 600 : 400}
          className={isEnd ? 'fill-ink' : 'fill-muted'}
        >
          {`\u2068${line}\u2069`}
        </text>
      ))}
    </g>
  )
}

type EdgeTableProps = SurroundingsProps & {
  readonly surroundings: Surroundings
  readonly target: NodeKey
}

function EdgeTable({ alert, surroundings, target, readAtMs }: EdgeTableProps) {
  const { environment, source } = alert
  const { edge: own, edges } = surroundings
  const address = (edge: NearEdge) => mapAddress(environment, edge, readAtMs)
  return (
    <table className="w-full border-separate border-spacing-0">
      <caption className="sr-only">Edges of the drawing</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">Neighbour</th>
          <th scope="col">What it does</th>
        </tr>
      </thead>
      <tbody>
        <tr aria-current="true" className="font-semibold">
          <th scope="row" className="py-1 text-left [overflow-wrap:anywhere]">
            <MapLink href={own ? address(own) : null}>
              <NodeName node={source} environment={environment} />{' '}
              <span className="text-faint">→</span>{' '}
              <NodeName node={target} environment={environment} />
            </MapLink>
          </th>
          <td className="py-1 pl-3 text-right text-[12px] text-muted">
            {own ? 'this alert' : 'this alert; no longer seen'}
          </td>
        </tr>
        {edges.map((edge) => (
          <tr key={edge.id}>
            <th
              scope="row"
              className="border-t py-1 text-left font-normal [overflow-wrap:anywhere]"
            >
              <MapLink href={address(edge)}>
                <NodeName node={otherEnd(edge, source, target)} environment={environment} />
              </MapLink>
            </th>
            <td className="border-t py-1 pl-3 text-right text-[12px] whitespace-nowrap text-muted">
              {partOf(edge, source, target)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** href null: it is not on the map. */
function MapLink(props: { readonly href: string | null; readonly children: ReactNode }) {
  if (props.href === null) return props.children
  return (
    <Link prefetch={false} href={props.href} className="hover:underline">
      {props.children}
      <ArrowUpRight size={12} aria-hidden className="ml-1 inline text-faint" />
    </Link>
  )
}

function NodeName({ node, environment }: { readonly node: NodeKey; readonly environment: string }) {
  const name = node.namespace === '' ? node.name : `${node.namespace}/${node.name}`
  return (
    <>
      <Name>{name || '(no name)'}</Name>
      {node.environment === environment ? null : (
        <span className="font-normal text-muted">
          {' '}
          in <Name>{node.environment}</Name>
        </span>
      )}
    </>
  )
}

function LeftOut({ surroundings }: { readonly surroundings: Surroundings }) {
  const { callers, callersTotal, callees, calleesTotal } = surroundings
  const parts = [
    ...(callersTotal > callers.length ? [plural(callersTotal - callers.length, 'caller')] : []),
    ...(calleesTotal > callees.length ? [plural(calleesTotal - callees.length, 'callee')] : []),
  ]
  if (parts.length === 0) return null
  return <p className="mt-2 text-muted">Left out: {parts.join(' and ')} more.</p>
}

/** The end of an edge that is not the alert's; where both are, the one that calls. */
function otherEnd({ source: from, target: to }: NearEdge, source: NodeKey, target: NodeKey) {
  const ends = [nodeId(source), nodeId(target)]
  return ends.includes(nodeId(from)) && !ends.includes(nodeId(to)) ? to : from
}

/** What the other end does. */
function partOf(edge: NearEdge, source: NodeKey, target: NodeKey): string {
  const [from, to] = [nodeId(edge.source), nodeId(edge.target)]
  const [sourceId, targetId] = [nodeId(source), nodeId(target)]
  if (to === sourceId && from === targetId) return 'calls back'
  if (to === from) return 'calls itself'
  if (to === sourceId) return 'calls the source'
  if (from === sourceId) return 'is called by the source'
  return to === targetId ? 'calls the target' : 'is called by the target'
}

/** The drawing in one sentence; the table has the rest. */
function sayDrawing({ source, target, surroundings }: AlertDetail): string {
  if (!target || !surroundings) return `${fullName(source)}, alone.`
  const counts = `${plural(surroundings.callersTotal, 'caller')} and ${plural(surroundings.calleesTotal, 'callee')}`
  const gone = surroundings.edge === null ? ', no longer seen' : ''
  return `${edgeTitle(source, target)}${gone}, in the middle of ${counts}. The table has every edge.`
}

function edgeTitle(source: NodeKey, target: NodeKey): string {
  return `${fullName(source)} → ${fullName(target)}`
}

function fullName({ kind, namespace, name }: NodeKey): string {
  const shown = displayName(name) || '(no name)'
  return `${kind} ${namespace === '' ? shown : `${displayName(namespace)}/${shown}`}`
}
