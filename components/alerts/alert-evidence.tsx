// What stands below an alert's sentence: whose it is, what is new, which classified data it leads to, what
// was decided about similar ones, and what happened to it. Parts with nothing to say are left out.

import type { PastDecision } from '../../core/baseline/alert-state.ts'
import { displayProse } from '../../core/graph/label.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import { Name } from '../ui/name.tsx'
import { plural } from '../ui/numbers.ts'
import { Time } from '../ui/time.tsx'
import type { AlertDetail, AlertEventView } from './alert-view.ts'
import { Block } from './block.tsx'

export function Whereabouts({ alert }: { readonly alert: AlertDetail }) {
  const isProposed = alert.events.at(-1)?.action === 'proposed'
  if (alert.assignee === null && alert.snoozedUntilMs === null && !isProposed) return null
  return (
    <p className="mt-1 flex flex-wrap gap-x-3 text-[13px] text-muted">
      {alert.assignee === null ? null : (
        <span>
          Assigned to <Name>{alert.assignee}</Name>.
        </span>
      )}
      {alert.snoozedUntilMs === null ? null : (
        <span>
          Snoozed until <Time ms={alert.snoozedUntilMs} />.
        </span>
      )}
      {isProposed ? (
        <span>Accepted by one person; a version waits for another to approve.</span>
      ) : null}
    </p>
  )
}

export function NewsBlock({ news }: Pick<AlertDetail, 'news'>) {
  const rows = [
    ['Protocols', news.protocols],
    ['Ports', news.ports.map(String)],
    ['Operations', news.operations],
  ] as const
  if (rows.every(([, values]) => values.length === 0)) return null
  return (
    <Block title="What is new on this edge">
      <dl className="grid grid-cols-[6rem_1fr] gap-y-1.5 text-[13px]">
        {rows.map(([label, values]) =>
          values.length === 0 ? null : (
            <div key={label} className="contents">
              <dt className="text-muted">{label}</dt>
              <dd className="[overflow-wrap:anywhere]">
                {values.map((value) => (
                  <span key={value} className="block">
                    <Name>{value}</Name>
                  </span>
                ))}
              </dd>
            </div>
          ),
        )}
      </dl>
    </Block>
  )
}

export function ReachBlock({ reaches }: Pick<AlertDetail, 'reaches'>) {
  const { pairs, pairsTotal, stores, storesTotal } = reaches
  if (pairsTotal + storesTotal === 0) return null
  return (
    <Block title="Classified data behind it">
      <ul className="list-disc space-y-1 pl-4 text-[13px]">
        {pairs.map(({ service, dataClass }) => (
          <li key={`${service.environment}/${service.namespace}/${service.name} ${dataClass}`}>
            <NodeName node={service} /> can reach <Name>{dataClass}</Name> for the first time
          </li>
        ))}
        <More shown={pairs.length} total={pairsTotal} />
        {stores.map(({ node, dataClasses }) => (
          <li key={`${node.environment}/${node.kind}/${node.namespace}/${node.name}`}>
            <NodeName node={node} /> holds <Name>{dataClasses.join(', ')}</Name>
          </li>
        ))}
        <More shown={stores.length} total={storesTotal} />
      </ul>
    </Block>
  )
}

function More({ shown, total }: { readonly shown: number; readonly total: number }) {
  return total > shown ? <li className="text-muted">and {plural(total - shown, 'other')}</li> : null
}

function NodeName({ node }: { readonly node: NodeKey }) {
  return (
    <span className="font-medium">
      <Name>{node.namespace === '' ? node.name : `${node.namespace}/${node.name}`}</Name>
    </span>
  )
}

const SHARED = {
  source: 'same source',
  target: 'same target',
  domain: 'same domain',
  kind: 'same kind',
} as const

export function SimilarBlock({ similar }: { readonly similar: readonly PastDecision[] }) {
  if (similar.length === 0) return null
  return (
    <Block title="Decided before">
      <ul className="flex flex-col gap-2 text-[13px]">
        {similar.map((past) => (
          <li key={past.alertId} className="[overflow-wrap:anywhere]">
            <span className="font-medium">{past.outcome}</span>: <NodeName node={past.source} />
            {past.target ? (
              <>
                {' '}
                <span className="text-faint">→</span> <NodeName node={past.target} />
              </>
            ) : null}{' '}
            <span className="text-muted">
              ({past.sharedWith.map((each) => SHARED[each]).join(', ')}) by{' '}
              <Name>{past.actor}</Name>, <Time ms={past.atMs} />
            </span>
            <Said text={past.reason} />
          </li>
        ))}
      </ul>
    </Block>
  )
}

function Said({ text }: { readonly text: string }) {
  if (text === '') return null
  return (
    <span className="block">
      “<bdi>{displayProse(text)}</bdi>”
    </span>
  )
}

export function History({ alert }: { readonly alert: AlertDetail }) {
  return (
    <ol className="flex flex-col gap-2 text-[13px]">
      {alert.events.map((event) => (
        <li key={event.id} className="flex flex-wrap gap-x-2">
          <span className="w-40 text-muted">
            <Time ms={event.atMs} />
          </span>
          <span className="font-medium">{event.action}</span>
          <EventDetail event={event} />
          <span className="text-muted">
            by <Name>{event.actor}</Name>
          </span>
          {event.reason ? (
            <span className="basis-full pl-42 [overflow-wrap:anywhere] max-sm:pl-0">
              “<bdi>{displayProse(event.reason)}</bdi>”
            </span>
          ) : null}
        </li>
      ))}
    </ol>
  )
}

function EventDetail({ event: { action, detail } }: { readonly event: AlertEventView }) {
  const { untilMs, assignee, undone } = detail
  if (typeof untilMs === 'number')
    return (
      <span>
        until <Time ms={untilMs} />
      </span>
    )
  if (action === 'assigned')
    return <span>to {typeof assignee === 'string' ? <Name>{assignee}</Name> : 'nobody'}</span>
  return typeof undone === 'string' ? <span className="text-muted">({undone})</span> : null
}
