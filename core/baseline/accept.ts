// What accepting a drift makes of a baseline, and what taking that back makes of it. Pure: the same
// for one alert and for many, and for a version that nobody has approved yet.
import type { EdgeKey } from '../graph/edge.ts'
import type { NodeKey } from '../graph/node.ts'
import {
  type BaselineContent,
  type BaselineEntry,
  type BaselineRule,
  type NodePattern,
  type Notes,
  plainEntry,
} from './content.ts'
import { type DriftKind, edgeId, type News } from './drift.ts'

/** What a drift says that matters for its acceptance. One of edge and node is null. */
export type AcceptedDrift = {
  readonly kind: DriftKind
  /** In the identities that the entry is to name. */
  readonly edge: EdgeKey | null
  readonly node: NodeKey | null
  readonly ruleId: string | null
  readonly news: News
  /** Its calls were seen encrypted, and none in the clear. */
  readonly isEncrypted: boolean
}

/** Notes of the acceptance; expiresAtMs: until when it is accepted, null for good. */
export type Accepting = { readonly notes: Notes; readonly nowMs: number }

/**
 * The content with an entry for each drift: a new one, or the present one made wider by what the drift
 * is about. A date ends the whole entry; without one an entry keeps the date it has, unless that has
 * passed. drifts: each edge once. A service without edges gets an entry from itself to itself.
 */
export function acceptDrifts(
  content: BaselineContent,
  drifts: readonly AcceptedDrift[],
  accepting: Accepting,
): BaselineContent {
  const entries = new Map(content.entries.map((entry) => [edgeId(entry), entry]))
  for (const drift of drifts) {
    const edge = drift.edge ?? (drift.node && { source: drift.node, target: drift.node })
    if (!edge) continue
    const id = edgeId(edge)
    entries.set(id, acceptInto(entries.get(id) ?? freshEntry(edge, drift), drift, accepting))
  }
  return { ...content, entries: [...entries.values()] }
}

/** The content with one more allow rule, for every edge between what the patterns match. */
export function acceptPattern(
  content: BaselineContent,
  pattern: { readonly source: NodePattern; readonly target: NodePattern },
  { notes }: Accepting,
): BaselineContent {
  const rule: BaselineRule = {
    ...notes,
    ...{ id: freeRuleId(content), effect: 'allow' },
    ...{ source: pattern.source, target: pattern.target },
    ...{ protocols: null, operations: null, ports: null },
  }
  return { ...content, rules: [...content.rules, rule] }
}

/** Where a rule holds the edge and narrows it, a fresh entry adds to that only what is new. */
function freshEntry(edge: EdgeKey, { kind, isEncrypted }: AcceptedDrift): BaselineEntry {
  const entry = { ...plainEntry(edge), isEncrypted }
  return isOfNews(kind) ? { ...entry, protocols: [], operations: [], ports: [] } : entry
}

function isOfNews(kind: DriftKind): boolean {
  return kind === 'new_protocol' || kind === 'new_port' || kind === 'new_operation'
}

function acceptInto(
  entry: BaselineEntry,
  drift: AcceptedDrift,
  { notes, nowMs }: Accepting,
): BaselineEntry {
  const { kind, news, ruleId } = drift
  const hasEnded = entry.expiresAtMs !== null && entry.expiresAtMs <= nowMs
  return {
    ...entry,
    purpose: notes.purpose || entry.purpose,
    owner: notes.owner || entry.owner,
    ticket: notes.ticket || entry.ticket,
    approver: notes.approver,
    expiresAtMs: notes.expiresAtMs ?? (hasEnded ? null : entry.expiresAtMs),
    protocols: widen(entry.protocols, news.protocols),
    operations: widen(entry.operations, news.operations),
    ports: widen(entry.ports, news.ports),
    isEncrypted: entry.isEncrypted && kind !== 'downgraded',
    exceptionTo:
      kind === 'denied' && ruleId !== null
        ? [...new Set([...entry.exceptionTo, ruleId])]
        : entry.exceptionTo,
    quarantine: [],
  }
}

function widen<T>(allowed: readonly T[] | null, news: readonly T[]): readonly T[] | null {
  return allowed && [...new Set([...allowed, ...news])]
}

function freeRuleId(content: BaselineContent): string {
  const taken = new Set(content.rules.map((rule) => rule.id))
  let number = 1
  while (taken.has(`accepted-${number}`)) number++
  return `accepted-${number}`
}

export type Reverted =
  | { readonly ok: true; readonly content: BaselineContent }
  /** A later version says otherwise about the same edge or rule. */
  | { readonly ok: false; readonly edge: EdgeKey | null; readonly ruleId: string | null }

/**
 * Takes the step from `before` to `after` back in a content that may have gone on since: what the step
 * did not touch stays as it is now. Contents must come from one reader, so that equal parts are equal
 * as JSON.
 */
export function revertStep(
  current: BaselineContent,
  { before, after }: { readonly before: BaselineContent; readonly after: BaselineContent },
): Reverted {
  const entries = revertParts(current.entries, [before.entries, after.entries], edgeId)
  if (!entries.ok) return { ok: false, edge: entries.clash, ruleId: null }
  const rules = revertParts(current.rules, [before.rules, after.rules], (rule) => rule.id)
  if (!rules.ok) return { ok: false, edge: null, ruleId: rules.clash.id }
  return { ok: true, content: { ...current, entries: entries.parts, rules: rules.parts } }
}

type RevertedParts<T> =
  | { readonly ok: true; readonly parts: readonly T[] }
  | { readonly ok: false; readonly clash: T }

function revertParts<T>(
  current: readonly T[],
  [before, after]: readonly [readonly T[], readonly T[]],
  idOf: (part: T) => string,
): RevertedParts<T> {
  const byId = (parts: readonly T[]) => new Map(parts.map((part) => [idOf(part), part]))
  const [wereById, becameById, areById] = [byId(before), byId(after), byId(current)]
  for (const id of new Set([...wereById.keys(), ...becameById.keys()])) {
    const [was, became, is] = [wereById.get(id), becameById.get(id), areById.get(id)]
    if (isSame(was, became)) continue
    const clash = is ?? became ?? was
    if (!isSame(is, became) && clash !== undefined) return { ok: false, clash }
    if (was === undefined) areById.delete(id)
    else areById.set(id, was)
  }
  return { ok: true, parts: [...areById.values()] }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
