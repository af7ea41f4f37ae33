// One alert: the sentence first, then what to do, why it was raised, an example, and what happened to it.
import { ArrowUpRight } from 'lucide-react'
import Link from 'next/link'
import { displayName } from '../../core/graph/label.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import { DRIFT_LABELS } from '../../core/notify/payload/words.ts'
import { Waterfall } from '../map/waterfall.tsx'
import { KindIcon } from '../ui/kind-icon.tsx'
import { Name } from '../ui/name.tsx'
import { Time } from '../ui/time.tsx'
import { History, NewsBlock, ReachBlock, SimilarBlock, Whereabouts } from './alert-evidence.tsx'
import type { AlertDetail } from './alert-view.ts'
import { Block } from './block.tsx'
import { DecideButtons, type Decision } from './decide-form.tsx'
import { IncidentNote } from './incident-note.tsx'
import { SeverityBadge } from './severity-badge.tsx'
import { StateBadge } from './state-badge.tsx'
import { StateNote } from './state-note.tsx'
import { mapAddress, SurroundingsBlock } from './surroundings.tsx'
import { ToldBlock } from './told-block.tsx'
import { type UndoAction, UndoButton } from './undo-button.tsx'

export type AlertDetailPaneProps = {
  readonly alert: AlertDetail
  /** When it was read, by the server's clock: unix ms. */
  readonly readAtMs: number
  readonly canDecide: boolean
  readonly undo: UndoAction
  readonly onChoose: (decision: Decision) => void
}

export function AlertDetailPane(props: AlertDetailPaneProps) {
  const { alert, readAtMs, canDecide, undo, onChoose } = props
  const edge = alert.surroundings?.edge
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and may hold nothing to focus
    <article aria-label="Alert" tabIndex={0} className="min-h-0 min-w-0 flex-1 overflow-y-auto">
      <div className="mx-auto max-w-3xl px-5 py-6 sm:px-8">
        <div className="flex flex-wrap items-center gap-2 text-[12.5px] text-muted">
          <StateBadge state={alert.state} />
          <SeverityBadge severity={alert.severity} />
          <span>
            {DRIFT_LABELS[alert.kind]} in <Name>{alert.environment}</Name>
          </span>
          {alert.episode > 1 ? <span>episode {alert.episode}</span> : null}
        </div>
        <h2 className="mt-2 text-[19px] leading-snug font-semibold [overflow-wrap:anywhere]">
          <bdi>{displayName(alert.summary)}</bdi>
        </h2>
        <p className="mt-1.5 text-[13px] text-muted">
          Raised <Time ms={alert.firstMs} />, judged against baseline version{' '}
          {alert.baselineVersion}.
        </p>
        <StateNote state={alert.state} />
        <Whereabouts alert={alert} />
        {alert.incident ? <IncidentNote incident={alert.incident} /> : null}
        <div className="mt-4 flex flex-wrap items-center gap-3">
          <DecideButtons state={alert.state} canDecide={canDecide} onChoose={onChoose} />
          {canDecide && alert.lastAct ? <UndoButton act={alert.lastAct} undo={undo} /> : null}
          {edge ? <MapLink href={mapAddress(alert.environment, edge, readAtMs)} /> : null}
        </div>
        <Block title="Ends">
          <dl className="grid grid-cols-[5rem_1fr] gap-y-2 text-[14px]">
            <End label={alert.target ? 'Source' : 'Service'} node={alert.source} />
            {alert.target ? <End label="Target" node={alert.target} /> : null}
          </dl>
        </Block>
        <SurroundingsBlock alert={alert} readAtMs={readAtMs} />
        <Block title="Why this is an alert">
          <Sentences sentences={[`${DRIFT_LABELS[alert.kind]}.`, ...alert.reasons]} />
          {alert.reasonsAgainst.length > 0 ? (
            <>
              <h4 className="mt-4 mb-1.5 text-[12.5px] font-semibold text-muted">
                What speaks against it
              </h4>
              <Sentences sentences={alert.reasonsAgainst} />
            </>
          ) : null}
        </Block>
        <NewsBlock news={alert.news} />
        <ReachBlock reaches={alert.reaches} />
        {alert.target ? (
          <Block title="Example trace">
            {alert.exemplar ? (
              <Waterfall exemplar={alert.exemplar} />
            ) : (
              <p className="text-muted">No example trace is kept for this edge.</p>
            )}
          </Block>
        ) : null}
        <SimilarBlock similar={alert.similar} />
        <ToldBlock told={alert.told} />
        <Block title="History">
          <History alert={alert} />
        </Block>
      </div>
    </article>
  )
}

function Sentences({ sentences }: { readonly sentences: readonly string[] }) {
  return (
    <ul className="list-disc space-y-1 pl-4">
      {sentences.map((sentence) => (
        <li key={sentence}>
          <bdi>{displayName(sentence)}</bdi>
        </li>
      ))}
    </ul>
  )
}

function End({ label, node }: { readonly label: string; readonly node: NodeKey }) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="flex flex-wrap items-center gap-2">
        <KindIcon kind={node.kind} />
        <span className="font-medium">
          <Name>{node.name}</Name>
        </span>
        {node.namespace ? (
          <span className="text-muted">
            in <Name>{node.namespace}</Name>
          </span>
        ) : null}
      </dd>
    </>
  )
}

function MapLink({ href }: { readonly href: string }) {
  return (
    <Link
      prefetch={false}
      href={href}
      className="inline-flex items-center gap-1 text-[13px] font-medium text-muted hover:text-ink"
    >
      Show on the map <ArrowUpRight size={14} aria-hidden />
    </Link>
  )
}
