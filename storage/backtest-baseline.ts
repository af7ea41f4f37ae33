// What a baseline would have told over the stored edges of a window, read in one snapshot; nothing is written. The judge
// is the one of the commit (core/baseline/judge.ts); what the stored edges cannot say is in docs/decisions/0029.

import { STANDING_STATES } from '../core/baseline/alert-state.ts'
import { forecastDrifts, type PastEdge, type PastGraph } from '../core/baseline/backtest.ts'
import type { BaselineContent } from '../core/baseline/content.ts'
import type { DraftEdit } from '../core/baseline/edit.ts'
import type { ForecastAlert } from '../core/baseline/forecast.ts'
import { type Forecast, markForecast, type StandingFacts } from '../core/baseline/forecast.ts'
import { type ForecastIncident, groupIncidents } from '../core/baseline/forecast-incidents.ts'
import { nodeId } from '../core/graph/node.ts'
import { requireContent } from './baseline-activation.ts'
import { editContent, requireVersionContent } from './baseline-drafts.ts'
import { readVersion } from './baseline-record.ts'
import { sumEdges } from './bucket-sums.ts'
import { StorageError } from './failure.ts'
import type { GraphWindow } from './graph.ts'
import { observeEdge, readLive, readLonely } from './live-edges.ts'
import { readRollouts } from './nodes.ts'
import { readOperationNames } from './operations.ts'
import { createJudgeCache, prepareContent, readInventory } from './prepared-baselines.ts'
import type { Query, Sql } from './sql.ts'
import { readSegments } from './tier-state.ts'
import type { JudgedEdge } from './unjudged-edges.ts'

/** What is to be tried. edits: done to it first; none: as it is. */
export type BaselineCandidate =
  | { readonly from: 'active'; readonly edits: readonly DraftEdit[] }
  | { readonly from: 'version'; readonly version: number; readonly edits: readonly DraftEdit[] }
  | { readonly from: 'content'; readonly content: BaselineContent }

/** Unix ms; toMs is not past nowMs. */
export type BaselineBacktest = GraphWindow & {
  readonly candidate: BaselineCandidate
  readonly nowMs: number
}

export type BaselineForecast = Forecast & {
  /** The number that the candidate has, or would get. */
  readonly version: number
  readonly incidents: readonly ForecastIncident<ForecastAlert>[]
}

/**
 * Errors: StorageError ENVIRONMENT_UNKNOWN, BASELINE_UNKNOWN (no such version, or none is active), ENTRY_UNKNOWN,
 * BASELINE_INVALID.
 */
export async function backtestBaseline(
  sql: Sql,
  request: BaselineBacktest,
): Promise<BaselineForecast> {
  const { environment, candidate, fromMs, toMs } = request
  return sql.begin('isolation level repeatable read read only', async (tx) => {
    const { content, version } = await readCandidate(tx, environment, candidate)
    const { baseline, pinsOperations } = await prepareContent(tx, content, version)
    const tags = await readInventory(tx, createJudgeCache())
    const graph = await readPast(tx, request, pinsOperations)
    const sources = [...graph.edges.map(({ source }) => source), ...graph.nodes]
    const unique = new Map(sources.map((node) => [nodeId(node), node]))
    const rollouts = unique.size > 0 ? await readRollouts(tx, [...unique.values()]) : new Map()
    const drifts = forecastDrifts(graph, baseline, { fromMs, toMs, tags, rollouts })
    const forecast = markForecast(drifts, await readStanding(tx, environment), graph, toMs)
    return { ...forecast, version, incidents: groupIncidents(forecast.alerts, rollouts) }
  })
}

type Candidate = { readonly content: BaselineContent; readonly version: number }

async function readCandidate(
  tx: Query,
  environment: string,
  candidate: BaselineCandidate,
): Promise<Candidate> {
  const numbers = await readNumbers(tx, environment)
  const nextVersion = numbers.last_version + 1
  if (candidate.from === 'content') {
    requireContent(candidate.content, environment)
    return { content: candidate.content, version: nextVersion }
  }
  const named = candidate.from === 'active' ? numbers.active_version : candidate.version
  if (named === null)
    throw new StorageError('BASELINE_UNKNOWN', 'This environment has no active baseline yet.')
  const { edits } = candidate
  const content = editContent(await requireVersionContent(tx, environment, named), edits)
  requireContent(content, environment)
  const state = (await readVersion(tx, environment, named))?.state
  const keepsNumber = state === 'draft' || state === 'in_review'
  const isAsItIs = state === 'active' && edits.length === 0
  return { content, version: keepsNumber || isAsItIs ? named : nextVersion }
}

/** Edges and lonely services that were there before the end of the window. */
async function readPast(
  tx: Query,
  { environment, fromMs, toMs, nowMs }: BaselineBacktest,
  pinsOperations: boolean,
): Promise<PastGraph> {
  const live = await readLive(tx, environment)
  const ids = live.flatMap(({ members }) => members.map(({ id }) => id))
  const operations = pinsOperations ? await readOperationNames(tx, ids) : new Map()
  const calledIn = await findCalled(tx, live, { environment, fromMs, toMs })
  const edges = live.flatMap((edge): readonly PastEdge[] => {
    const observed = observeEdge(edge, operations)
    if (observed.firstSeenMs >= toMs) return []
    const isJudged = edge.members.some((member) => calledIn(member) || member.alertId !== null)
    return [{ ...observed, isJudged }]
  })
  const lonely = await readLonely(tx, environment, { seenSinceMs: fromMs, nowMs })
  return { edges, nodes: lonely.filter(({ firstSeenMs }) => firstSeenMs < toMs) }
}

type Member = JudgedEdge['members'][number]

/** Of what was seen before the window and after it, buckets know whether it was called in between. */
async function findCalled(
  tx: Query,
  live: readonly JudgedEdge[],
  window: GraphWindow,
): Promise<(member: Member) => boolean> {
  const isIn = (ms: number) => ms >= window.fromMs && ms < window.toMs
  const isSeen = ({ firstSeenMs, lastSeenMs }: Member) => isIn(firstSeenMs) || isIn(lastSeenMs)
  const isAround = ({ firstSeenMs, lastSeenMs }: Member) =>
    firstSeenMs < window.fromMs && lastSeenMs >= window.toMs
  if (!live.some(({ members }) => members.some(isAround))) return isSeen
  const sums = await sumEdges(tx, await readSegments(tx, window))
  return (member) => isSeen(member) || (isAround(member) && sums.has(member.id))
}

type NumbersRow = { active_version: number | null; last_version: number }

async function readNumbers(tx: Query, environment: string): Promise<NumbersRow> {
  const [row] = await tx<NumbersRow[]>`
    select active_version, last_version from environment where name = ${environment}`
  if (row) return row
  throw new StorageError('ENVIRONMENT_UNKNOWN', 'No span of this environment has been seen.')
}

type StandingRow = Omit<StandingFacts, 'id' | 'firstAtMs' | 'isAlone'> & {
  id: bigint
  first_at: Date
  is_alone: boolean
}

async function readStanding(tx: Query, environment: string): Promise<readonly StandingFacts[]> {
  const rows = await tx<StandingRow[]>`
    select id, subject, state, kind, severity, summary, first_at, target_name is null as is_alone
    from alert
    where environment = ${environment} and state = any(${[...STANDING_STATES]}::text[])
    order by id`
  return rows.map(({ id, first_at, is_alone, ...row }) => ({
    ...{ ...row, id: String(id) },
    ...{ firstAtMs: first_at.getTime(), isAlone: is_alone },
  }))
}
