// What a baseline would have told over a window: the judge's drifts over the edges that were there, with when each alert
// would have opened. The baseline is taken to be active from the begin of the window on, and of edges counts what is
// known now (docs/decisions/0029). Pure: reads no clock and writes nothing.
import { type Drift, edgeId, edgeSubject, nodeSubject, type ObservedEdge } from './drift.ts'
import { type JudgeContext, judgeEdge, judgeGraph, type ObservedNode } from './judge.ts'
import { type Baseline, matchingRules, type PreparedRule } from './prepare.ts'
import { findPaths } from './reach.ts'

const DAY_MS = 86_400_000

export type PastEdge = ObservedEdge & {
  /** Seen in the window, or behind an alert; the others are there for the paths over them. */
  readonly isJudged: boolean
}
export type PastService = ObservedNode & { readonly firstSeenMs: number }

/** Each edge and node once, any order; what was first seen after the window is not among them. */
export type PastGraph = {
  readonly edges: readonly PastEdge[]
  /** Services without edges that were seen in the window. */
  readonly nodes: readonly PastService[]
}

/** Unix ms: the baseline is active from fromMs on; what stands is what stands at toMs. */
export type BacktestMoment = Pick<JudgeContext, 'tags' | 'rollouts'> & {
  readonly fromMs: number
  readonly toMs: number
}

export type ForecastDrift = {
  readonly drift: Drift
  /** When what strays was first seen; opensAtMs is not before the window and not before something runs out. */
  readonly sinceMs: number
  readonly opensAtMs: number
  /** When it would have been withdrawn by itself, because a rule ran out; null: it stands at the end. */
  readonly endsAtMs: number | null
  /** There before the window: told at once when the baseline becomes active, not one by one. */
  readonly isAtStart: boolean
}

/** Sorted as judgeGraph sorts; those that end by themselves last. Each subject once. Never throws. */
export function forecastDrifts(
  graph: PastGraph,
  baseline: Baseline,
  moment: BacktestMoment,
): readonly ForecastDrift[] {
  const drifts = judgeGraph(graph, baseline, { ...moment, nowMs: moment.toMs })
  const openingOf = findOpenings(baseline, moment)
  const openings = new Map(
    graph.edges.flatMap((edge) => {
      const opening = edge.isJudged ? openingOf(edge) : undefined
      return opening ? [[edgeSubject(edge), { edge, ...opening }] as const] : []
    }),
  )
  const nodes = new Map(graph.nodes.map((node) => [nodeSubject(node), node]))
  const standing = drifts.flatMap((drift): readonly ForecastDrift[] => {
    const node = nodes.get(drift.subject)
    if (node) return [{ drift, endsAtMs: null, ...whenOf(node, sinceOf(node, moment), moment) }]
    const opening = openings.get(drift.subject)
    if (!opening || opening.endsAtMs !== null) return []
    return [{ drift, endsAtMs: null, ...whenOf(opening.edge, opening.opensAtMs, moment) }]
  })
  return [...standing, ...judgeEnded([...openings.values()], graph, baseline, moment)]
}

type Seen = { readonly firstSeenMs: number }
/** endsAtMs: null when it is a drift to the end of the window. */
type Opening = { readonly opensAtMs: number; readonly endsAtMs: number | null }

function sinceOf({ firstSeenMs }: Seen, { fromMs }: BacktestMoment): number {
  return Math.max(firstSeenMs, fromMs)
}

function whenOf({ firstSeenMs: sinceMs }: Seen, opensAtMs: number, { fromMs }: BacktestMoment) {
  return { sinceMs, opensAtMs, isAtStart: sinceMs < fromMs && opensAtMs === fromMs }
}

/**
 * When an edge first is a drift, and when it is none any more. Between its first sight and the end of the window only
 * what runs out changes that; the judge then looks at what was seen within a day.
 */
function findOpenings(
  baseline: Baseline,
  moment: BacktestMoment,
): (edge: PastEdge) => Opening | undefined {
  const rules = [...baseline.denyRules, ...baseline.allowRules]
  const lapsing = rules.filter((rule) => isWithin(rule, moment))
  return (edge) => {
    const times = [sinceOf(edge, moment), ...lapsesOf(edge, { baseline, lapsing, moment })]
    let isBehind = false // an alert: then it is looked at however long ago it was seen
    const isDrift = times.map((nowMs, place) => {
      const isDue = place === 0 || isBehind || edge.lastSeenMs >= nowMs - DAY_MS
      isBehind = isDue && judgeEdge(edge, baseline, { ...moment, nowMs, paths: null }) !== null
      return isBehind
    })
    const first = isDrift.indexOf(true)
    if (first === -1) return undefined
    return {
      opensAtMs: times[first]!,
      endsAtMs: times[isDrift.lastIndexOf(true) + 1] ?? null,
    }
  }
}

type Expiring = { readonly expiresAtMs: number | null }

function isWithin({ expiresAtMs }: Expiring, { fromMs, toMs }: BacktestMoment): boolean {
  return expiresAtMs !== null && expiresAtMs > fromMs && expiresAtMs <= toMs
}

/** When what holds or denies an edge runs out while it is there: each time once, in order. */
function lapsesOf(
  edge: PastEdge,
  among: {
    readonly baseline: Baseline
    readonly lapsing: readonly PreparedRule[]
    readonly moment: BacktestMoment
  },
): readonly number[] {
  const { baseline, lapsing, moment } = among
  const entries = baseline.entries.get(edgeId(edge)) ?? []
  const lines: readonly Expiring[] = [
    ...entries.filter((entry) => isWithin(entry, moment)),
    ...matchingRules(lapsing, edge, moment),
  ]
  const times = new Set(lines.map(({ expiresAtMs }) => expiresAtMs!))
  return [...times].filter((ms) => ms > sinceOf(edge, moment)).sort((a, b) => a - b)
}

/** What was a drift until a rule ran out, as it was just before. */
function judgeEnded(
  openings: readonly (Opening & { readonly edge: PastEdge })[],
  { edges }: PastGraph,
  baseline: Baseline,
  moment: BacktestMoment,
): readonly ForecastDrift[] {
  return [...Map.groupBy(openings, ({ endsAtMs }) => endsAtMs)].flatMap(([endsAtMs, group]) => {
    if (endsAtMs === null) return []
    const live = edges.filter(({ firstSeenMs }) => firstSeenMs < endsAtMs)
    const at = { ...moment, nowMs: endsAtMs - 1 }
    const context = { ...at, paths: findPaths(live, baseline, at) }
    return group.flatMap(({ edge, opensAtMs }) => {
      const drift = judgeEdge(edge, baseline, context)
      if (drift === null) return []
      return [{ drift, endsAtMs, ...whenOf(edge, opensAtMs, moment) }]
    })
  })
}
