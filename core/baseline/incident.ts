// Incidents: alerts with one cause, and the one sentence that tells them. The cause of a drift follows from what is
// known when it is raised; pure, so that a backtest groups as the judge does (docs/decisions/0024).
import type { Rollout } from '../graph/graph.ts'
import { type NodeKey, nodeId } from '../graph/node.ts'
import type { DriftKind } from './drift.ts'
import { countOf, listOf, nameOf, quote, startName } from './sentence.ts'

export const INCIDENT_KINDS = ['deploy', 'domain', 'caller'] as const
export type IncidentKind = (typeof INCIDENT_KINDS)[number]

/** What alerts of one incident have in common. Nodes are resolved identities. */
export type Cause =
  /** The caller came in a version that was not seen before. */
  | {
      readonly kind: 'deploy'
      readonly node: NodeKey
      readonly version: string
      readonly sinceMs: number
    }
  /** An external destination, by its registrable domain, whoever calls it. */
  | { readonly kind: 'domain'; readonly node: NodeKey }
  /** All else: the caller, or the service alone. */
  | { readonly kind: 'caller'; readonly node: NodeKey }

export type Straying = {
  readonly source: NodeKey
  /** Null: a service without edges, source. */
  readonly target: NodeKey | null
  /** When what strays was first seen (sinceOf), unix ms. */
  readonly sinceMs: number
  /** Of the source; null: none of its versions is known to have begun. */
  readonly rollout: Rollout | null
}

/** An edge that begins this near to a new version of its source came with it. */
const DEPLOY_MS = 600_000
/** An incident without a deploy takes alerts until none has come for so long. */
const PAUSE_MS = { domain: 24 * 3_600_000, caller: 3_600_000 } as const

export function causeOf({ source, target, sinceMs, rollout }: Straying): Cause {
  if (rollout && Math.abs(sinceMs - rollout.sinceMs) <= DEPLOY_MS)
    return { kind: 'deploy', node: source, version: rollout.version, sinceMs: rollout.sinceMs }
  if (target?.kind === 'external') return { kind: 'domain', node: target }
  return { kind: 'caller', node: source }
}

/** When an edge of the baseline does something more, that begins when it is noticed: no earlier time is kept. */
const IS_MORE: ReadonlySet<DriftKind> = new Set([
  ...(['downgraded', 'new_protocol', 'new_port', 'new_operation'] as const),
])

/** When what a drift tells began, unix ms. isBack: its alert had recovered, so it began anew. */
export function sinceOf(
  kind: DriftKind,
  seen: { readonly firstSeenMs: number; readonly lastSeenMs: number; readonly isBack: boolean },
): number {
  return seen.isBack || IS_MORE.has(kind) ? seen.lastSeenMs : seen.firstSeenMs
}

/** One string for one cause, within an environment. */
export function causeKey(cause: Cause): string {
  const { environment, kind, namespace, name } = cause.node
  const deploy = cause.kind === 'deploy' ? [cause.version, cause.sinceMs] : []
  return JSON.stringify([cause.kind, environment, kind, namespace, name, ...deploy])
}

/** Whether the newest incident of this cause takes one more alert. lastAtMs: of its newest alert. */
export function takesMore(
  kind: IncidentKind,
  { lastAtMs, nowMs }: { readonly lastAtMs: number; readonly nowMs: number },
): boolean {
  return kind === 'deploy' || nowMs - lastAtMs < PAUSE_MS[kind]
}

/** Alerts of one kind in an incident: the ends that they do not have in common, the first few, and of how many. */
export type ToldKind = {
  readonly kind: DriftKind
  readonly others: readonly NodeKey[]
  readonly total: number
}

/** What there is to tell of an incident. */
export type Story = {
  readonly cause: Cause
  /** The most specific kind first. Alerts of services without edges are not among them. */
  readonly kinds: readonly ToldKind[]
}

const KINDS_TOLD_MAX = 3

/** One whole sentence; names in it cannot pass for words of ours. */
export function tellIncident({ cause, kinds }: Story): string {
  if (cause.kind === 'domain') return tellDomain(cause.node, kinds)
  const what = tellCalls(kinds)
  if (cause.kind === 'caller') {
    const who = startName(cause.node)
    return what === '' ? `${who} is a new service without edges.` : `${who} made ${what}.`
  }
  const version = `Version ${quote(cause.version)} of ${nameOf(cause.node)}`
  return what === '' ? `${version} came without edges.` : `${version} came with ${what}.`
}

function tellCalls(kinds: readonly ToldKind[]): string {
  const told = kinds.slice(0, KINDS_TOLD_MAX).map(({ kind, others, total }) => {
    return CALLS[kind](listOf(others.map(nameOf), total), total)
  })
  const more = kinds.length - told.length
  const rest = more > 0 ? [`and drift of ${countOf(more, 'other kind', 'other kinds')}`] : []
  return [...told, ...rest].join('; ')
}

function tellDomain(domain: NodeKey, kinds: readonly ToldKind[]): string {
  const callers = new Map(kinds.flatMap(({ others }) => others).map((node) => [nodeId(node), node]))
  const total = kinds.reduce((sum, each) => sum + each.total, 0)
  const [first, ...rest] = [...callers.values()]
  if (first === undefined) return `Calls to the external destination ${nameOf(domain)}.`
  const who = listOf([startName(first), ...rest.map(nameOf)], Math.max(total, callers.size))
  return `${who} called the external destination ${nameOf(domain)}.`
}

const CALLS: { readonly [kind in DriftKind]: (targets: string, total: number) => string } = {
  denied: (targets) => `calls to ${targets} that a rule denies`,
  expired: (targets) => `calls to ${targets} whose approval ran out`,
  downgraded: (targets) => `calls to ${targets} in the clear`,
  first_path: (targets) => `calls to ${targets} that open a path to classified data`,
  cross_environment: (targets) => `calls to ${targets} in another environment`,
  new_external: (targets) => `new calls to the outside, to ${targets}`,
  new_database: (targets, total) =>
    total === 1
      ? `a first access to the database ${targets}`
      : `first accesses to the databases ${targets}`,
  new_service: (targets) => `first calls to ${targets}`,
  new_edge: (targets) => `new calls to ${targets}`,
  new_protocol: (targets) => `calls to ${targets} by a new protocol`,
  new_port: (targets) => `calls to ${targets} on a new port`,
  new_operation: (targets) => `calls of new operations of ${targets}`,
}
