'use client'
// The panel of a node: what it is, since when, and its edges in both directions.
import type { ReactNode } from 'react'
import { KindIcon } from '../ui/kind-icon.tsx'
import { Name } from '../ui/name.tsx'
import { formatCompact, formatEstimate, plural } from '../ui/numbers.ts'
import { StandingBadge } from '../ui/standing-badge.tsx'
import { Time } from '../ui/time.tsx'
import type { NodeDetail } from './detail-view.ts'
import { edgeElementId } from './graph-elements.ts'
import { KIND_LABELS } from './graph-icons.ts'
import type { MapEdge, MapNode, MapView } from './map-view.ts'
import { DetailState, Facts, Panel, Section } from './panel.tsx'
import { useDetail } from './use-detail.ts'

export type NodePanelProps = {
  readonly node: MapNode
  readonly view: MapView
  readonly titles: ReadonlyMap<string, string>
  readonly onChoose: (elementId: string) => void
  readonly onClose: () => void
}

export function NodePanel({ node, view, titles, onChoose, onClose }: NodePanelProps) {
  const query = new URLSearchParams({ environment: view.environment, window: view.window })
  const detail = useDetail<NodeDetail>(`/api/v1/nodes/${node.id}?${query}`, view)
  const incoming = view.edges.filter((edge) => edge.targetId === node.id)
  const outgoing = view.edges.filter((edge) => edge.sourceId === node.id)
  return (
    <Panel
      onClose={onClose}
      kicker={
        <>
          <KindIcon kind={node.kind} size={14} /> {KIND_LABELS[node.kind]}
          {node.isNew ? <StandingBadge standing="new" kind={null} /> : null}
        </>
      }
      title={<bdi>{titles.get(node.id) ?? ''}</bdi>}
    >
      {detail.state === 'here' ? (
        <NodeFacts detail={detail.value} />
      ) : (
        <DetailState detail={detail} />
      )}
      <Section title={`Called by (${incoming.length})`}>
        <EdgeList edges={incoming} end="sourceId" titles={titles} onChoose={onChoose} />
      </Section>
      <Section title={`Calls (${outgoing.length})`}>
        <EdgeList edges={outgoing} end="targetId" titles={titles} onChoose={onChoose} />
      </Section>
    </Panel>
  )
}

function NodeFacts({ detail }: { readonly detail: NodeDetail }) {
  return (
    <Section title="Seen">
      <Facts
        rows={[
          ['First seen', <Time key="first" ms={detail.firstSeenMs} />],
          ['Last seen', <Time key="last" ms={detail.lastSeenMs} />],
          ['Environment', <Name key="environment">{detail.environment}</Name>],
          ['Namespace', detail.namespace ? <Name key="space">{detail.namespace}</Name> : null],
          [
            'Telemetry',
            detail.kind !== 'service'
              ? null
              : detail.isObserved
                ? detail.isSampledOnly
                  ? 'seen only sampled: what is rare here may never have been recorded'
                  : 'sends spans of its own'
                : 'sends none; others name it',
          ],
          [
            'Versions',
            detail.versions.length > 0 ? <Names key="v" names={detail.versions} /> : null,
          ],
          ...tagRows(detail),
          ['Hosts', detail.hosts.length > 0 ? <Names key="h" names={detail.hosts} /> : null],
          [
            'Callers unknown',
            detail.unattributedCalls > 0 ? (
              <Unattributed key="unattributed" calls={detail.unattributedCalls} />
            ) : null,
          ],
        ]}
      />
    </Section>
  )
}

/** What is said of the node; nothing where nothing is. */
function tagRows({ tags }: NodeDetail): readonly (readonly [string, ReactNode])[] {
  const { owner, dataClasses, exposure, layer } = tags
  const said = [
    ['Owner', owner],
    ['Data', dataClasses.join(', ')],
    ['Exposure', exposure],
    ['Layer', layer],
  ] as const
  return said.map(([label, text]) => [label, text ? <Name key={label}>{text}</Name> : null])
}

function Unattributed({ calls }: { readonly calls: number }) {
  return (
    <>
      {plural(calls, 'request')}: the caller’s span never came.
      <span className="mt-0.5 block text-muted">
        To fix: instrument the callers, check that their exporters work, and that sampling keeps
        whole traces.
      </span>
    </>
  )
}

function Names({ names }: { readonly names: readonly string[] }) {
  return (
    <ul>
      {names.slice(0, 20).map((name) => (
        <li key={name} className="break-all">
          <Name>{name}</Name>
        </li>
      ))}
      {names.length > 20 ? <li className="text-muted">{names.length - 20} more</li> : null}
    </ul>
  )
}

type EdgeListProps = {
  readonly edges: readonly MapEdge[]
  readonly end: 'sourceId' | 'targetId'
  readonly titles: ReadonlyMap<string, string>
  readonly onChoose: (elementId: string) => void
}

function EdgeList({ edges, end, titles, onChoose }: EdgeListProps) {
  if (edges.length === 0) return <p className="text-[13px] text-muted">None in this window.</p>
  return (
    <ul className="number -mx-2 flex flex-col">
      {edges.map((edge) => (
        <li key={edge.id}>
          <button
            type="button"
            onClick={() => onChoose(edgeElementId(edge.id))}
            className="flex w-full items-center gap-2 rounded-md px-2 py-1 text-left text-[13px] hover:bg-hover"
          >
            <bdi className="min-w-0 flex-1 break-words">{titles.get(edge[end]) ?? ''}</bdi>
            {edge.standing === 'new' || edge.standing === 'rejected' ? (
              <StandingBadge standing={edge.standing} kind={edge.driftKind} />
            ) : null}
            {edge.errors > 0 ? (
              <span className="text-[12px] text-danger">{formatCompact(edge.errors)} errors</span>
            ) : null}
            <span className="text-muted">
              {edge.estimate ? formatEstimate(edge.estimate.calls) : formatCompact(edge.calls)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}
