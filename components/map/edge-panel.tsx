'use client'
// The panel of an edge: how it stands to the baseline and what to do about it, then traffic, evidence,
// operations and an example trace.
import { useState } from 'react'
import { encryptionLedger, isEncryptedThroughout } from '../../core/graph/encryption.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import {
  type DecideAction,
  DecideButtons,
  DecideDialog,
  type Decision,
} from '../alerts/decide-form.tsx'
import { KindIcon } from '../ui/kind-icon.tsx'
import { Name } from '../ui/name.tsx'
import { formatCount, formatDuration, formatEstimate, formatRatio, plural } from '../ui/numbers.ts'
import { StandingBadge } from '../ui/standing-badge.tsx'
import { Time } from '../ui/time.tsx'
import type { EdgeDetail, OperationView } from './detail-view.ts'
import { EdgeReasons } from './edge-reasons.tsx'
import type { EdgeStanding, MapBaseline, MapEdge, MapView } from './map-view.ts'
import { DetailState, Facts, Panel, Section } from './panel.tsx'
import { Trust } from './trust.tsx'
import type { TrustEnd } from './trust-view.ts'
import { useDetail } from './use-detail.ts'
import { Waterfall } from './waterfall.tsx'

export type EdgePanelProps = {
  readonly edge: MapEdge
  readonly view: MapView
  readonly title: string
  readonly canDecide: boolean
  readonly decide: DecideAction
  readonly onFormOpen: (isOpen: boolean) => void
  readonly onDecided: () => void
  readonly onClose: () => void
}

export function EdgePanel(props: EdgePanelProps) {
  const { edge, view } = props
  const query = new URLSearchParams({ environment: view.environment, window: view.window })
  const detail = useDetail<EdgeDetail>(`/api/v1/edges/${edge.id}?${query}`, view)
  const value = detail.state === 'here' ? detail.value : null
  return (
    <Panel
      onClose={props.onClose}
      kicker={
        <>
          Edge <StandingBadge standing={edge.standing} kind={edge.driftKind} />
        </>
      }
      title={
        value ? <EndNames source={value.source} target={value.target} /> : <bdi>{props.title}</bdi>
      }
    >
      <StandingSection {...props} summary={value?.alert?.summary ?? props.title} detail={value} />
      {value ? (
        <EdgeFacts detail={value} ends={endsOf(value, edge, view)} />
      ) : (
        <DetailState detail={detail} />
      )}
    </Panel>
  )
}

function EndNames({ source, target }: { readonly source: NodeKey; readonly target: NodeKey }) {
  return (
    <span className="flex flex-wrap items-center gap-x-2">
      <End node={source} />
      <span className="text-faint">→</span>
      <End node={target} />
    </span>
  )
}

function End({ node }: { readonly node: NodeKey }) {
  return (
    <span className="inline-flex min-w-0 items-center gap-1.5">
      <KindIcon kind={node.kind} />
      <Name>{node.name}</Name>
    </span>
  )
}

/** Whether an end sends spans is the node's matter; one that left the view since counts as silent. */
function endsOf(detail: EdgeDetail, edge: MapEdge, view: MapView): Ends {
  const isObserved = (id: string) => view.nodes.find((node) => node.id === id)?.isObserved ?? false
  return {
    source: { ...detail.source, isObserved: isObserved(edge.sourceId) },
    target: { ...detail.target, isObserved: isObserved(edge.targetId) },
  }
}

type StandingProps = EdgePanelProps & {
  readonly summary: string
  readonly detail: EdgeDetail | null
}

function StandingSection(props: StandingProps) {
  const { edge, view } = props
  const [decision, setDecision] = useState<Decision | null>(null)
  const choose = (next: Decision | null) => {
    setDecision(next)
    props.onFormOpen(next !== null)
  }
  const alert = props.detail?.alert ?? null
  return (
    <Section title="Baseline">
      <p className="text-[13px]">
        {alert && edge.standing === 'new' ? (
          <Name>{alert.summary}</Name>
        ) : (
          standingSentence(edge.standing, view.baseline)
        )}
      </p>
      {edge.standing === 'new' && alert ? <EdgeReasons alert={alert} /> : null}
      {alert && edge.alertId !== null ? (
        <div className="mt-3">
          <DecideButtons state={alert.state} canDecide={props.canDecide} onChoose={choose} />
        </div>
      ) : null}
      {decision !== null && edge.alertId !== null ? (
        <DecideDialog
          alertId={edge.alertId}
          decision={decision}
          summary={props.summary}
          decide={props.decide}
          onClose={() => choose(null)}
          onDone={() => {
            choose(null)
            props.onDecided()
          }}
        />
      ) : null}
    </Section>
  )
}

function standingSentence(standing: EdgeStanding, baseline: MapBaseline | null): string {
  const version = baseline?.version ?? 0
  switch (standing) {
    case 'neutral':
      return 'This environment has no baseline yet, so nothing here is new or known.'
    case 'known':
      return `Approved: baseline version ${version} holds this edge.`
    case 'new':
      return `Baseline version ${version} does not hold this edge.`
    case 'rejected':
      return `Rejected: kept out of baseline version ${version}. It stays marked, and alerts again when it is seen a day later.`
  }
}

type Ends = { readonly source: TrustEnd; readonly target: TrustEnd }

function EdgeFacts({ detail, ends }: { readonly detail: EdgeDetail; readonly ends: Ends }) {
  return (
    <>
      <Section title="Traffic">
        <Facts
          rows={[
            ['First seen', <Time key="first" ms={detail.firstSeenMs} />],
            ['Last seen', <Time key="last" ms={detail.lastSeenMs} />],
            [
              'Calls',
              detail.estimate ? (
                <Estimated key="calls" detail={detail} />
              ) : (
                formatCount(detail.calls)
              ),
            ],
            ['Errors', errorsText(detail)],
            ['Protocol', detail.protocol],
            ['Encrypted', encryptionText(detail)],
            [
              'Hosts',
              detail.hosts.length > 0 ? <NameList key="hosts" names={detail.hosts} /> : null,
            ],
            ['Ports', detail.ports.length > 0 ? detail.ports.join(', ') : null],
          ]}
        />
        <LatencyTable detail={detail} />
      </Section>
      <Section title="How we know">
        <Trust detail={detail} ends={ends} />
      </Section>
      <Section
        title={`Operations (${detail.operations.length})${detail.estimate ? ', as recorded' : ''}`}
      >
        <OperationList operations={detail.operations} />
      </Section>
      <Section title="Example trace">
        {detail.exemplar ? (
          <Waterfall exemplar={detail.exemplar} />
        ) : (
          <p className="text-[13px] text-muted">No example trace is kept for this edge yet.</p>
        )}
      </Section>
    </>
  )
}

function Estimated({ detail }: { readonly detail: EdgeDetail }) {
  return (
    <>
      {formatEstimate(detail.estimate?.calls ?? detail.calls)}
      <span className="text-muted"> from {formatCount(detail.calls)} recorded</span>
    </>
  )
}

function errorsText({ estimate, calls, errors }: EdgeDetail): string {
  if (!estimate) return `${formatCount(errors)} (${formatRatio(errors, calls)})`
  return `${formatEstimate(estimate.errors)} (${formatRatio(estimate.errors, estimate.calls)})`
}

function encryptionText(detail: EdgeDetail): string {
  switch (encryptionLedger(detail.encryption)) {
    case 'tls':
      return isEncryptedThroughout(detail) ? 'all calls' : 'all calls of which it is known'
    case 'plain':
      return 'none'
    case 'mixed':
      return `some, ${formatCount(detail.encryption.plainCalls)} in the clear`
    case 'unknown':
      return 'unknown'
  }
}

function NameList({ names }: { readonly names: readonly string[] }) {
  return (
    <ul>
      {names.map((name) => (
        <li key={name} className="break-all">
          <Name>{name}</Name>
        </li>
      ))}
    </ul>
  )
}

function LatencyTable({ detail }: { readonly detail: EdgeDetail }) {
  return (
    <table className="number mt-3 w-full text-[13px]">
      <caption className="sr-only">Latency</caption>
      <thead>
        <tr className="text-left text-muted">
          <th className="w-[7.5rem] pb-1 font-normal">Latency</th>
          <th className="pb-1 font-normal">Client</th>
          <th className="pb-1 font-normal">Server</th>
        </tr>
      </thead>
      <tbody>
        {(['p50Ms', 'p95Ms'] as const).map((quantile) => (
          <tr key={quantile}>
            <th className="py-0.5 text-left font-normal text-muted">{quantile.slice(0, 3)}</th>
            <td>{formatDuration(detail.client[quantile])}</td>
            <td>{formatDuration(detail.server[quantile])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function OperationList({ operations }: { readonly operations: readonly OperationView[] }) {
  if (operations.length === 0) return <p className="text-[13px] text-muted">None in this window.</p>
  return (
    <ul className="number flex flex-col gap-1 text-[13px]">
      {operations.map((operation) => (
        <li key={operation.name} className="flex items-baseline gap-3">
          <span className="min-w-0 flex-1 break-words">
            <Name>{operation.name}</Name>
          </span>
          {operation.errors > 0 ? (
            <span className="text-danger">{plural(operation.errors, 'error')}</span>
          ) : null}
          <span className="text-muted">{formatCount(operation.calls)}</span>
        </li>
      ))}
    </ul>
  )
}
