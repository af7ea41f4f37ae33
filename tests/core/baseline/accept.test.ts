// Accepting drifts makes a content that holds them and changes nothing else, and a step that is taken
// back leaves what came after it alone.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AcceptedDrift,
  acceptDrifts,
  acceptPattern,
  revertStep,
} from '../../../core/baseline/accept.ts'
import {
  type BaselineContent,
  type BaselineEntry,
  type BaselineRule,
  type Notes,
  plainEntry,
} from '../../../core/baseline/content.ts'
import { edgeId, NO_NEWS, type ObservedEdge } from '../../../core/baseline/drift.ts'
import { judgeEdge } from '../../../core/baseline/judge.ts'
import { prepareBaseline } from '../../../core/baseline/prepare.ts'
import type { EdgeKey } from '../../../core/graph/edge.ts'
import type { NodeKey } from '../../../core/graph/node.ts'

const NOW_MS = Date.UTC(2026, 7, 1)
const DAY_MS = 86_400_000
const NOTES: Notes = {
  ...{ purpose: 'checkout', owner: 'team-a', ticket: 'S-1' },
  ...{ approver: 'ann@example.com', expiresAtMs: null },
}
const ACCEPTING = { notes: NOTES, nowMs: NOW_MS }

const service = (name: string): NodeKey => ({
  ...{ environment: 'prod', kind: 'service', namespace: '', name },
})
const edge = (source: string, target: string): EdgeKey => ({
  ...{ source: service(source), target: service(target) },
})
const observed = (of: EdgeKey, rest: Partial<ObservedEdge> = {}): ObservedEdge => ({
  ...{ ...of, protocol: 'http', operations: ['GET /'], ports: [80], tlsCalls: 0, plainCalls: 0 },
  ...{ calls: 1, firstSeenMs: NOW_MS, lastSeenMs: NOW_MS, examples: [] },
  ...rest,
})
const content = (entries: readonly BaselineEntry[] = []): BaselineContent => ({
  ...{ environment: 'prod', entries, rules: [], nodes: [] },
})
const drift = (of: EdgeKey, rest: Partial<AcceptedDrift> = {}): AcceptedDrift => ({
  ...{ kind: 'new_edge', edge: of, node: null, ruleId: null, news: NO_NEWS, isEncrypted: false },
  ...rest,
})
const judge = (of: ObservedEdge, held: BaselineContent, nowMs = NOW_MS) =>
  judgeEdge(of, prepareBaseline(held, { version: 1, holdsQuarantined: false }), {
    ...{ nowMs, tags: new Map(), rollouts: new Map(), paths: null },
  })
/** The drift that the judge finds, as it is accepted. */
const found = (of: ObservedEdge, held: BaselineContent): AcceptedDrift => {
  const { kind, ruleId, news } = judge(of, held) ?? expect.fail('there is no drift')
  return drift(of, { kind, ruleId, news })
}

const deny: BaselineRule = {
  ...{ id: 'no-admin', effect: 'deny' as const, source: {}, target: { name: 'admin' } },
  ...{ purpose: '', owner: '', ticket: '', approver: '', expiresAtMs: null },
  ...{ protocols: null, operations: null, ports: null },
}

test('a new edge becomes an entry with its notes', () => {
  const next = acceptDrifts(content(), [drift(edge('a', 'b'))], ACCEPTING)
  expect(next.entries).toEqual([{ ...plainEntry(edge('a', 'b')), ...NOTES }])
  expect(judge(observed(edge('a', 'b')), next)).toBeNull()
})

test('accepted until a date, it holds until then and is expired from then on', () => {
  const until = { notes: { ...NOTES, expiresAtMs: NOW_MS + DAY_MS }, nowMs: NOW_MS }
  const next = acceptDrifts(content(), [drift(edge('a', 'b'))], until)
  expect(judge(observed(edge('a', 'b')), next, NOW_MS + DAY_MS - 1)).toBeNull()
  expect(judge(observed(edge('a', 'b')), next, NOW_MS + DAY_MS)).toMatchObject({ kind: 'expired' })
})

test('a denied edge is excepted from that rule and from no other', () => {
  const denied: BaselineContent = { ...content(), rules: [deny, { ...deny, id: 'no-second' }] }
  const call = observed(edge('a', 'admin'))
  const next = acceptDrifts(denied, [found(call, denied)], ACCEPTING)
  expect(next.entries[0]?.exceptionTo).toEqual(['no-admin'])
  expect(judge(call, next)).toMatchObject({ kind: 'denied', ruleId: 'no-second' })
  expect(judge(call, acceptDrifts(next, [found(call, next)], ACCEPTING))).toBeNull()
})

test('what is new on a known edge is added to what it was allowed, and nothing more', () => {
  const entry: BaselineEntry = {
    ...plainEntry(edge('a', 'b')),
    ...{ operations: ['GET /'], ports: [80], protocols: ['http'] },
  }
  const call = observed(edge('a', 'b'), { operations: ['GET /', 'POST /'], ports: [80, 81] })
  const next = acceptDrifts(content([entry]), [found(call, content([entry]))], ACCEPTING)
  expect(next.entries).toMatchObject([
    { operations: ['GET /', 'POST /'], ports: [80, 81], protocols: ['http'] },
  ])
  expect(judge({ ...call, operations: ['DELETE /'] }, next)).toMatchObject({
    kind: 'new_operation',
  })
})

test('what is new beside a rule that narrows is allowed, and the rule still narrows the rest', () => {
  const rule: BaselineRule = {
    ...{ ...deny, id: 'reads', effect: 'allow' as const },
    ...{ target: {}, operations: ['GET /'] },
  }
  const held: BaselineContent = { ...content(), rules: [rule] }
  const call = observed(edge('a', 'b'), { operations: ['POST /'] })
  const next = acceptDrifts(held, [found(call, held)], ACCEPTING)
  expect(judge(call, next)).toBeNull()
  expect(judge({ ...call, operations: ['DELETE /'] }, next)).toMatchObject({
    kind: 'new_operation',
  })
})

test('an edge that is no longer encrypted may be so once accepted', () => {
  const entry = { ...plainEntry(edge('a', 'b')), isEncrypted: true }
  const call = observed(edge('a', 'b'), { plainCalls: 1 })
  const next = acceptDrifts(content([entry]), [found(call, content([entry]))], ACCEPTING)
  expect(judge(call, next)).toBeNull()
})

test('an expired entry gets a new date or none, and one that has time left keeps its date', () => {
  const ran = { ...plainEntry(edge('a', 'b')), expiresAtMs: NOW_MS - 1 }
  const renewed = acceptDrifts(content([ran]), [drift(edge('a', 'b'))], ACCEPTING)
  expect(renewed.entries[0]?.expiresAtMs).toBeNull()
  const running = { ...ran, expiresAtMs: NOW_MS + DAY_MS }
  const kept = acceptDrifts(content([running]), [drift(edge('a', 'b'))], ACCEPTING)
  expect(kept.entries[0]?.expiresAtMs).toBe(NOW_MS + DAY_MS)
})

test('a quarantined entry is cleared, and a service without edges is named by an entry to itself', () => {
  const learned: BaselineEntry = { ...plainEntry(edge('a', 'b')), quarantine: ['one_trace'] }
  const next = acceptDrifts(
    content([learned]),
    [drift(edge('a', 'b')), drift(edge('x', 'x'), { edge: null, node: service('lone') })],
    ACCEPTING,
  )
  expect(next.entries[0]?.quarantine).toEqual([])
  expect(next.entries[1]).toMatchObject(edge('lone', 'lone'))
})

test('a pattern becomes an allow rule with an id of its own', () => {
  const pattern = { source: { name: 'a*' }, target: {} }
  const once = acceptPattern(content(), pattern, ACCEPTING)
  const twice = acceptPattern(once, pattern, ACCEPTING)
  expect(twice.rules.map((rule) => rule.id)).toEqual(['accepted-1', 'accepted-2'])
  expect(judge(observed(edge('anything', 'b')), once)).toBeNull()
  expect(judge(observed(edge('b', 'a')), once)).not.toBeNull()
})

const NAMES = ['a', 'b', 'c', 'd'] as const
const anyEdge = fc
  .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...NAMES))
  .map(([source, target]) => edge(source, target))
const anyDrifts = fc
  .uniqueArray(anyEdge, { selector: edgeId, maxLength: 6 })
  .map((edges) => edges.map((each) => drift(each)))
const anyContent = fc.uniqueArray(anyEdge, { selector: edgeId }).map((edges) => {
  return content(edges.map((each) => ({ ...plainEntry(each), purpose: 'before' })))
})

test('taken back at once, a step leaves exactly what was there before', () => {
  fc.assert(
    fc.property(anyContent, anyDrifts, fc.boolean(), (before, drifts, byPattern) => {
      const after = byPattern
        ? acceptPattern(before, { source: {}, target: {} }, ACCEPTING)
        : acceptDrifts(before, drifts, ACCEPTING)
      expect(revertStep(after, { before, after })).toEqual({ ok: true, content: before })
    }),
  )
})

test('taken back later, a step leaves alone what others did, or is refused where they did the same', () => {
  fc.assert(
    fc.property(anyContent, anyDrifts, anyDrifts, (before, mine, theirs) => {
      const after = acceptDrifts(before, mine, ACCEPTING)
      const others = { ...ACCEPTING, notes: { ...NOTES, purpose: 'theirs' } }
      const current = acceptDrifts(after, theirs, others)
      const reverted = revertStep(current, { before, after })
      const mineIds = new Set(mine.map((each) => edgeId(each.edge!)))
      const clash = theirs.some((each) => mineIds.has(edgeId(each.edge!)))
      expect(reverted.ok).toBe(!clash)
      if (!reverted.ok) return
      const without = acceptDrifts(before, theirs, others)
      const byId = (of: BaselineContent) => new Map(of.entries.map((each) => [edgeId(each), each]))
      expect(byId(reverted.content)).toEqual(byId(without))
    }),
  )
})
