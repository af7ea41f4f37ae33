'use client'
// Rows and columns of the map's tables. What the map shows by a shape, a dash or a badge stands here in words.
import { createColumnHelper } from '@tanstack/react-table'
import type { DriftKind } from '../../core/baseline/drift.ts'
import type { NodeKind } from '../../core/graph/node.ts'
import { KindIcon } from '../ui/kind-icon.tsx'
import { formatCount, formatDuration, formatEstimate, formatRatio } from '../ui/numbers.ts'
import { StandingBadge } from '../ui/standing-badge.tsx'
import { Time } from '../ui/time.tsx'
import type { Found } from './ask-view.ts'
import { edgeElementId, nodeElementId } from './graph-elements.ts'
import { KIND_LABELS } from './graph-icons.ts'
import type { EdgeStanding, MapEdge, MapNode, MapView } from './map-view.ts'
import type { sortingFeatures } from './table-features.ts'

/** Whether a search found it; null: nothing is searched for. */
type Findable = { readonly elementId: string; readonly isFound: boolean | null }

export type EdgeRow = Findable & {
  readonly title: string
  readonly source: string
  readonly target: string
  readonly protocol: string
  readonly standing: EdgeStanding
  readonly driftKind: DriftKind | null
  /** By sampling weights where isEstimate, else counted. */
  readonly calls: number
  readonly errors: number
  readonly isEstimate: boolean
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly lastSeenMs: number
  readonly evidence: string
}

export type NodeRow = Findable & {
  readonly title: string
  readonly kind: NodeKind
  readonly namespace: string
  readonly isNew: boolean
  readonly callers: number
  readonly callees: number
  readonly telemetry: string
  readonly unattributedCalls: number
  readonly firstSeenMs: number
  readonly lastSeenMs: number
}

const edgeColumn = createColumnHelper<typeof sortingFeatures, EdgeRow>()
const nodeColumn = createColumnHelper<typeof sortingFeatures, NodeRow>()

export const EDGE_COLUMNS = edgeColumn.columns([
  edgeColumn.accessor('title', {
    header: 'Edge',
    sortFn: 'text',
    cell: ({ row }) => (
      <span className="inline-flex flex-wrap items-baseline gap-x-1.5">
        <bdi>{row.original.source}</bdi>
        <span className="text-faint">→</span>
        <bdi>{row.original.target}</bdi>
      </span>
    ),
  }),
  edgeColumn.accessor('standing', {
    header: 'Baseline',
    sortFn: 'text',
    cell: ({ row: { original } }) => (
      <StandingBadge standing={original.standing} kind={original.driftKind} />
    ),
  }),
  edgeColumn.accessor('protocol', { header: 'Protocol', sortFn: 'text' }),
  edgeColumn.accessor('calls', {
    header: 'Calls',
    sortFn: 'basic',
    cell: ({ row: { original } }) =>
      original.isEstimate ? formatEstimate(original.calls) : formatCount(original.calls),
  }),
  edgeColumn.accessor('errors', {
    header: 'Errors',
    sortFn: 'basic',
    cell: ({ row }) => <ErrorShare {...row.original} />,
  }),
  edgeColumn.accessor((row) => row.p50Ms ?? -1, {
    id: 'p50',
    header: 'p50',
    sortFn: 'basic',
    cell: ({ row }) => formatDuration(row.original.p50Ms),
  }),
  edgeColumn.accessor((row) => row.p95Ms ?? -1, {
    id: 'p95',
    header: 'p95',
    sortFn: 'basic',
    cell: ({ row }) => formatDuration(row.original.p95Ms),
  }),
  edgeColumn.accessor('lastSeenMs', {
    header: 'Last seen',
    sortFn: 'basic',
    cell: ({ row }) => <Time ms={row.original.lastSeenMs} />,
  }),
  edgeColumn.accessor('evidence', { header: 'Evidence', sortFn: 'text' }),
])

export const NODE_COLUMNS = nodeColumn.columns([
  nodeColumn.accessor('title', {
    header: 'Node',
    sortFn: 'text',
    cell: ({ row }) => (
      <span className="inline-flex items-center gap-2">
        <KindIcon kind={row.original.kind} />
        <bdi>{row.original.title}</bdi>
      </span>
    ),
  }),
  nodeColumn.accessor('kind', {
    header: 'Kind',
    sortFn: 'text',
    cell: ({ row }) => KIND_LABELS[row.original.kind],
  }),
  nodeColumn.accessor('namespace', {
    header: 'Namespace',
    sortFn: 'text',
    cell: ({ row }) => <bdi>{row.original.namespace || '–'}</bdi>,
  }),
  nodeColumn.accessor((row) => (row.isNew ? 'new' : ''), {
    id: 'standing',
    header: 'Baseline',
    sortFn: 'text',
    cell: ({ row }) => (row.original.isNew ? <StandingBadge standing="new" kind={null} /> : null),
  }),
  nodeColumn.accessor('callers', { header: 'Callers', sortFn: 'basic' }),
  nodeColumn.accessor('callees', { header: 'Calls to', sortFn: 'basic' }),
  nodeColumn.accessor('telemetry', { header: 'Telemetry', sortFn: 'text' }),
  nodeColumn.accessor('unattributedCalls', {
    header: 'Unknown callers',
    sortFn: 'basic',
    cell: ({ row }) => formatCount(row.original.unattributedCalls),
  }),
  nodeColumn.accessor('firstSeenMs', {
    header: 'First seen',
    sortFn: 'basic',
    cell: ({ row }) => <Time ms={row.original.firstSeenMs} />,
  }),
  nodeColumn.accessor('lastSeenMs', {
    header: 'Last seen',
    sortFn: 'basic',
    cell: ({ row }) => <Time ms={row.original.lastSeenMs} />,
  }),
])

function ErrorShare({
  errors,
  calls,
  isEstimate,
}: Pick<EdgeRow, 'errors' | 'calls' | 'isEstimate'>) {
  if (errors === 0) return <span className="text-faint">0</span>
  return (
    <span className="text-danger">
      {isEstimate ? formatEstimate(errors) : formatCount(errors)}{' '}
      <span className="text-[11.5px]">({formatRatio(errors, calls)})</span>
    </span>
  )
}

const STANDING_ORDER: readonly EdgeStanding[] = ['new', 'rejected', 'known', 'neutral']

/** What was found comes first, then what strays, until the person sorts. */
export function edgeRows(view: MapView, titles: ReadonlyMap<string, string>, found: Found | null) {
  const rank = (standing: EdgeStanding) => STANDING_ORDER.indexOf(standing)
  return view.edges
    .toSorted((a, b) => rank(a.standing) - rank(b.standing))
    .map((edge): EdgeRow => {
      const source = titles.get(edge.sourceId) ?? '?'
      const target = titles.get(edge.targetId) ?? '?'
      return {
        elementId: edgeElementId(edge.id),
        isFound: found === null ? null : found.edgeIds.has(edge.id),
        title: `${source} → ${target}`,
        source,
        target,
        protocol: edge.protocol,
        standing: edge.standing,
        driftKind: edge.driftKind,
        calls: edge.estimate?.calls ?? edge.calls,
        errors: edge.estimate?.errors ?? edge.errors,
        isEstimate: edge.estimate !== null,
        p50Ms: edge.p50Ms,
        p95Ms: edge.p95Ms,
        lastSeenMs: edge.lastSeenMs,
        evidence: evidenceOf(edge),
      }
    })
    .toSorted(byFound)
}

export function nodeRows(view: MapView, titles: ReadonlyMap<string, string>, found: Found | null) {
  const callers = Map.groupBy(view.edges, (edge) => edge.targetId)
  const callees = Map.groupBy(view.edges, (edge) => edge.sourceId)
  return view.nodes
    .map(
      (node): NodeRow => ({
        elementId: nodeElementId(node.id),
        isFound: found === null ? null : found.nodeIds.has(node.id),
        title: titles.get(node.id) ?? '?',
        kind: node.kind,
        namespace: node.namespace,
        isNew: node.isNew,
        callers: callers.get(node.id)?.length ?? 0,
        callees: callees.get(node.id)?.length ?? 0,
        telemetry: telemetryOf(node),
        unattributedCalls: node.unattributedCalls,
        firstSeenMs: node.firstSeenMs,
        lastSeenMs: node.lastSeenMs,
      }),
    )
    .toSorted(byFound)
}

function byFound(a: Findable, b: Findable): number {
  return Number(b.isFound) - Number(a.isFound)
}

function evidenceOf(edge: MapEdge): string {
  const sides = edge.isConfirmed ? 'both sides' : 'one side'
  return edge.sampledCalls > 0 ? `${sides}, sampled` : sides
}

function telemetryOf(node: MapNode): string {
  if (node.kind !== 'service') return '–'
  if (!node.isObserved) return 'sends no spans'
  return node.isSampledOnly ? 'only sampled' : 'own spans'
}
