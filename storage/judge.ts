// Judges stored edges against the active baseline of their environment: in the commit (edges just touched), and all of
// an environment when a version becomes active, tags change or something expires. Both are idempotent by the alert's
// key, and compare what is stored now, so that it cannot matter in which order it came.
import type { Drift } from '../core/baseline/drift.ts'
import { judgeEdge, judgeNode, needsPaths } from '../core/baseline/judge.ts'
import { isHeld, type Moment } from '../core/baseline/prepare.ts'
import { findPaths } from '../core/baseline/reach.ts'
import { type NodeKey, nodeId } from '../core/graph/node.ts'
import { acceptForsaken, withdrawForsaken } from './alert-record.ts'
import type { Seen } from './drift-columns.ts'
import { type Judgement, unjudgeBehind, unjudgeUnseen, writeJudgements } from './edges.ts'
import { type HeldEnvironment, shareActiveVersions, writeJudged } from './environments.ts'
import { observeEdge, readLive, readLonely } from './live-edges.ts'
import { readRollouts } from './nodes.ts'
import { readOperationNames } from './operations.ts'
import {
  createJudgeCache,
  type JudgeCache,
  noteServices,
  type PreparedBaseline,
  prepareActive,
  readInventory,
} from './prepared-baselines.ts'
import { raiseAlerts } from './raise-alerts.ts'
import type { Query } from './sql.ts'
import { listNodeAlerts, type NodeAlert } from './standing-alerts.ts'
import { type JudgedEdge, readUnjudged } from './unjudged-edges.ts'

const DAY_MS = 86_400_000

export type JudgeRequest = {
  readonly edgeIds: readonly bigint[]
  /** By environment. */
  readonly versions: ReadonlyMap<string, HeldEnvironment>
  /** Environments in which edges came to an end. */
  readonly thinned: ReadonlySet<string>
  /** Services whose own spans were seen for the first time: their name may have been stated before. */
  readonly newServices: readonly NodeKey[]
  readonly nowMs: number
}

/** In the commit: judges those of the edges that need it; returns the ids of alerts to be told. */
export async function judgeEdges(
  tx: Query,
  cache: JudgeCache,
  request: JudgeRequest,
): Promise<readonly bigint[]> {
  const { versions, thinned } = request
  if (request.newServices.length > 0) noteServices(cache, request.newServices)
  if (![...versions.values()].some(({ version }) => version !== null)) return []
  const edges = await readUnjudged(tx, request.edgeIds)
  const byEnvironment = Map.groupBy(edges, ({ source }) => source.environment)
  const told: bigint[] = []
  for (const environment of [...new Set([...byEnvironment.keys(), ...thinned])].sort()) {
    const held = versions.get(environment)
    // Else approved only after this transaction read the versions.
    if (held?.version === null || held === undefined) continue
    const place = { environment, version: held.version }
    const nowMs = Math.max(request.nowMs, held.judgedAtMs ?? 0)
    const bench = await openBench(tx, cache, { ...place, nowMs })
    const touched = byEnvironment.get(environment) ?? []
    const judged = await widen(tx, bench, touched, thinned.has(environment))
    const verdicts = await judgeAll(tx, bench, judged)
    const { toldIds, leftIds } = await settle(tx, bench, verdicts, request.nowMs)
    if (leftIds.length > 0) await withdrawForsaken(tx, leftIds, request.nowMs)
    told.push(...toldIds)
  }
  return told
}

export type WholeJudgement = {
  readonly environment: string
  /** The active version. */
  readonly version: number
  readonly nowMs: number
  /** Who made what is held now acceptable; null: nobody, so what is no drift any more is withdrawn. */
  readonly acceptedBy: { readonly actor: string; readonly reason: string } | null
}

/**
 * Judges every edge of an environment of the last day, and all behind an alert; older ones when they are seen again. The
 * caller holds the environment. Returns the ids of alerts to be told.
 */
export async function judgeEnvironment(
  tx: Query,
  { environment, version, acceptedBy, ...at }: WholeJudgement,
): Promise<readonly bigint[]> {
  const held = await shareActiveVersions(tx, [environment])
  // Clocks of two machines differ; what has expired by one of them stays expired.
  const nowMs = Math.max(at.nowMs, held.get(environment)?.judgedAtMs ?? 0)
  const bench = await openBench(tx, createJudgeCache(), { environment, version, nowMs })
  const live = await readLive(tx, environment)
  const judged = { edges: live.filter((edge) => isDue(edge, nowMs)), live }
  const verdicts = await judgeAll(tx, bench, judged)
  const { toldIds, leftIds } = await settle(tx, bench, verdicts, nowMs)
  if (leftIds.length > 0)
    if (acceptedBy) await acceptForsaken(tx, leftIds, { ...acceptedBy, nowMs })
    else await withdrawForsaken(tx, leftIds, nowMs)
  await unjudgeUnseen(tx, environment, nowMs - DAY_MS)
  const toldNodeIds = await judgeAlone(tx, bench, { nowMs, acceptedBy })
  await writeJudged(tx, environment, nowMs)
  return [...toldIds, ...toldNodeIds]
}

/** Whether it is judged without being seen: what nobody calls any more is not told. */
function isDue({ members }: JudgedEdge, nowMs: number): boolean {
  return members.some(({ lastSeenMs, alertId }) => lastSeenMs >= nowMs - DAY_MS || alertId !== null)
}

/** Judges the edges behind these alerts of an environment, which the caller holds: they were seen again. */
export async function judgeReturned(
  tx: Query,
  environment: string,
  { alertIds, nowMs }: { readonly alertIds: readonly bigint[]; readonly nowMs: number },
): Promise<readonly bigint[]> {
  const edgeIds = await unjudgeBehind(tx, alertIds)
  const versions = await shareActiveVersions(tx, [environment])
  const nothing = { thinned: new Set<string>(), newServices: [] }
  return judgeEdges(tx, createJudgeCache(), { edgeIds, versions, nowMs, ...nothing })
}

/** By the clock: judges the services of an environment that have no edge. The caller holds the environment. */
export async function judgeLonely(
  tx: Query,
  place: { readonly environment: string; readonly version: number; readonly nowMs: number },
): Promise<readonly bigint[]> {
  const bench = await openBench(tx, createJudgeCache(), place)
  return judgeAlone(tx, bench, { nowMs: place.nowMs, acceptedBy: null })
}

async function judgeAlone(
  tx: Query,
  { environment, prepared: { baseline, version }, moment }: Bench,
  { nowMs, acceptedBy }: Pick<WholeJudgement, 'nowMs' | 'acceptedBy'>,
): Promise<readonly bigint[]> {
  const standing = await listNodeAlerts(tx, environment)
  const isBehind = new Set(standing.map(({ node }) => nodeId(node)))
  const lonely = await readLonely(tx, environment, { seenSinceMs: 0, nowMs })
  const drifts = lonely.flatMap((node) => {
    // Not seen for a day it is not told, but what was told of it stands until it recovers.
    if (node.lastSeenMs < nowMs - DAY_MS && !isBehind.has(nodeId(node))) return []
    const drift = judgeNode(node, baseline, moment)
    const { firstSeenMs, lastSeenMs } = node
    const seen = { firstSeenMs, lastSeenMs, lastPlainMs: null }
    return drift ? [{ ...drift, environment, version, seen }] : []
  })
  const { ids, toldIds } = await raiseAlerts(tx, drifts, nowMs)
  const found = new Set(ids.values())
  const left = standing.filter(({ id }) => !found.has(id))
  const isHeldNow = ({ node }: NodeAlert) => acceptedBy && baseline.nodes.has(nodeId(node))
  const held = left.filter(isHeldNow).map(({ id }) => id)
  const gone = left.filter((alert) => !isHeldNow(alert)).map(({ id }) => id)
  if (acceptedBy && held.length > 0) await acceptForsaken(tx, held, { ...acceptedBy, nowMs })
  if (gone.length > 0) await withdrawForsaken(tx, gone, nowMs)
  return toldIds
}

/** What edges of an environment are held against. */
type Bench = {
  readonly environment: string
  readonly prepared: PreparedBaseline
  readonly moment: Moment
}

async function openBench(
  tx: Query,
  cache: JudgeCache,
  place: { readonly environment: string; readonly version: number; readonly nowMs: number },
): Promise<Bench> {
  const { environment, version, nowMs } = place
  const prepared = await prepareActive(tx, cache, environment, version)
  const tags = await readInventory(tx, cache)
  return { environment, prepared, moment: { nowMs, tags } }
}

type Judged = {
  readonly edges: readonly JudgedEdge[]
  /** All live edges, when they decide what these edges let be reached; else null. */
  readonly live: readonly JudgedEdge[] | null
}

/** Where data is classified, an edge that no entry holds can open or close paths for all others that are not held. */
async function widen(
  tx: Query,
  { environment, prepared: { baseline }, moment }: Bench,
  touched: readonly JudgedEdge[],
  isThinned: boolean,
): Promise<Judged> {
  const isAlone = !isThinned || !hasClasses(moment)
  if (isAlone && !needsPaths(touched, baseline, moment)) return { edges: touched, live: null }
  const live = await readLive(tx, environment)
  const touchedIds = new Set(touched.flatMap(({ members }) => members.map(({ id }) => id)))
  const edges = live.filter(
    (edge) =>
      edge.members.some(({ id }) => touchedIds.has(id)) ||
      (isDue(edge, moment.nowMs) && !isHeld(edge, baseline, moment)),
  )
  return { edges, live }
}

function hasClasses({ tags }: Moment): boolean {
  return [...tags.values()].some(({ dataClasses }) => dataClasses.length > 0)
}

type Verdict = { readonly edge: JudgedEdge; readonly drift: Drift | null }

async function judgeAll(
  tx: Query,
  { prepared: { baseline, pinsOperations }, moment }: Bench,
  { edges, live }: Judged,
): Promise<readonly Verdict[]> {
  const ids = edges.flatMap(({ members }) => members.map(({ id }) => id))
  const operations = pinsOperations ? await readOperationNames(tx, ids) : new Map()
  const paths = live && findPaths(live, baseline, moment)
  const strange = edges.filter((edge) => !isHeld(edge, baseline, moment))
  const sources = strange.map(({ source }) => source)
  const rollouts = sources.length > 0 ? await readRollouts(tx, sources) : new Map()
  const context = { ...moment, rollouts, paths }
  return edges.map((edge) => ({
    edge,
    drift: judgeEdge(observeEdge(edge, operations), baseline, context),
  }))
}

/** Raises what was found and notes what was judged; leftIds: alerts behind which these edges stand no more. */
async function settle(
  tx: Query,
  { environment, prepared: { version } }: Bench,
  verdicts: readonly Verdict[],
  nowMs: number,
): Promise<{ readonly toldIds: readonly bigint[]; readonly leftIds: readonly bigint[] }> {
  const drifts = verdicts.flatMap(({ drift, edge }) =>
    drift ? [{ ...drift, environment, version, seen: seenOf(edge) }] : [],
  )
  const { ids, toldIds } = await raiseAlerts(tx, drifts, nowMs)
  const leftIds = new Set<bigint>()
  const judgements = verdicts.flatMap(({ edge, drift }) => {
    const alertId = drift ? (ids.get(drift.subject) ?? null) : null
    return edge.members.map((member): Judgement => {
      if (member.alertId !== null && member.alertId !== alertId) leftIds.add(member.alertId)
      return { edgeId: member.id, version, alertId }
    })
  })
  if (judgements.length > 0) await writeJudgements(tx, judgements)
  return { toldIds, leftIds: [...leftIds] }
}

function seenOf({ members }: JudgedEdge): Seen {
  const plain = members.flatMap(({ lastPlainMs }) => (lastPlainMs === null ? [] : [lastPlainMs]))
  return {
    firstSeenMs: Math.min(...members.map(({ firstSeenMs }) => firstSeenMs)),
    lastSeenMs: Math.max(...members.map(({ lastSeenMs }) => lastSeenMs)),
    lastPlainMs: plain.length > 0 ? Math.max(...plain) : null,
  }
}
