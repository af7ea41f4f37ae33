// The judge compares states: edges planted into any graph are told exactly, each once, in whatever
// order and pieces they come and go, and across versions, tags and time.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type {
  BaselineContent,
  BaselineEntry,
  BaselineRule,
} from '../../../core/baseline/content.ts'
import { type Drift, edgeId, edgeSubject, type ObservedEdge } from '../../../core/baseline/drift.ts'
import { inventoryOf } from '../../../core/baseline/inventory.ts'
import { judgeEdge, judgeGraph, needsPaths } from '../../../core/baseline/judge.ts'
import { type Baseline, prepareBaseline } from '../../../core/baseline/prepare.ts'
import type { NodeKey } from '../../../core/graph/node.ts'
import { tagsFrom } from '../../../core/graph/tags.ts'
import { entryOf, ruleOf } from './contents.ts'
import { edge, judge, NOW_MS, node } from './world.ts'

const NODES: readonly NodeKey[] = [
  ...['a', 'b', 'c', 'd'].map((name) => node(name)),
  node('a', 'service', 'shop'),
  node('users', 'database'),
  node('bank', 'external'),
  node('queue', 'messaging'),
  node('all', 'user'),
  { ...node('a'), environment: 'lab' },
]
const SOURCES = NODES.length - 2
const ends = fc.tuple(fc.nat(SOURCES), fc.nat(NODES.length - 1))
const someEnds = (maxLength: number) =>
  fc.uniqueArray(ends, { maxLength, selector: ([from, to]) => `${from} ${to}` })

describe('planted edges', () => {
  test('are told exactly, each once, in any graph and order', () => {
    fc.assert(
      fc.property(someEnds(30), fc.nat(), (all, cut) => {
        const at = all.length === 0 ? 0 : cut % all.length
        const edges = all.map(([from, to]) => edge(NODES[from]!, NODES[to]!))
        const [planted, known] = [edges.slice(0, at), edges.slice(at)]
        const entries = known.map(({ source, target }) => entryOf(source, target))
        const live = [...edges].sort((a, b) => (edgeId(a) < edgeId(b) ? 1 : -1))
        const drifts = judge({ entries, live })
        expect(drifts.map(({ subject }) => subject).sort()).toEqual(planted.map(edgeSubject).sort())
        for (const { kind, edge: told } of drifts) expect(kind).toBe(kindOf(told!, entries))
        expect(judge({ entries, live: edges })).toEqual(drifts)
      }),
      { numRuns: 300 },
    )
  })
})

/** The table of kinds for an edge that no entry holds, where nothing is denied, expired or classified. */
function kindOf(
  { source, target }: { source: NodeKey; target: NodeKey },
  entries: BaselineEntry[],
) {
  if (target.environment !== source.environment) return 'cross_environment'
  if (target.kind === 'external') return 'new_external'
  if (target.kind === 'database') return 'new_database'
  const named = entries
    .flatMap((entry) => [entry.source, entry.target])
    .map((key) => JSON.stringify(key))
  const isNew = (key: NodeKey) => key.kind === 'service' && !named.includes(JSON.stringify(key))
  return isNew(source) || isNew(target) ? 'new_service' : 'new_edge'
}

/** What a server keeps: live edges, and the drift of each subject. */
type Server = {
  content: BaselineContent
  baseline: Baseline
  classes: readonly string[][]
  nowMs: number
  readonly live: Map<string, ObservedEdge>
  readonly told: Map<string, Drift>
}

type Step =
  | { readonly step: 'commit'; readonly seen: readonly ObservedEdge[] }
  | { readonly step: 'vanish'; readonly picks: readonly number[] }
  | { readonly step: 'activate'; readonly content: BaselineContent }
  | { readonly step: 'tag'; readonly classes: readonly string[][] }
  | { readonly step: 'wait'; readonly ms: number }

const DAY_MS = 86_400_000
const expiry = fc.constantFrom(null, null, NOW_MS, NOW_MS + DAY_MS)
const ports = fc.subarray([1, 2])
const observed: fc.Arbitrary<ObservedEdge> = fc
  .record({ ends, ports, operations: fc.subarray(['x', 'y']), plainCalls: fc.constantFrom(0, 1) })
  .map(({ ends: [from, to], ...seen }) => edge(NODES[from]!, NODES[to]!, seen))
const entry: fc.Arbitrary<BaselineEntry> = fc
  .record({
    ends,
    expiresAtMs: expiry,
    ports: fc.option(ports),
    isEncrypted: fc.boolean(),
    quarantine: fc.constantFrom<BaselineEntry['quarantine']>([], [], [], ['one_trace']),
    exceptionTo: fc.subarray(['r0', 'r1']),
  })
  .map(({ ends: [from, to], ...said }) => entryOf(NODES[from]!, NODES[to]!, said))
const patternOf = fc.constantFrom(
  {},
  { name: 'a' },
  { kind: 'service' },
  { dataClass: '*' },
  { except: [{ name: 'b' }] },
)
const rule: fc.Arbitrary<Omit<BaselineRule, 'id'>> = fc
  .record({
    effect: fc.constantFrom('allow', 'deny'),
    source: patternOf,
    target: patternOf,
    expiresAtMs: expiry,
    ports: fc.option(ports),
  })
  .map((said) => ruleOf('', said))
const content: fc.Arbitrary<BaselineContent> = fc.record({
  environment: fc.constant('prod'),
  entries: fc.uniqueArray(entry, { maxLength: 15, selector: edgeId }),
  rules: fc
    .array(rule, { maxLength: 2 })
    .map((rules) => rules.map((each, at) => ({ ...each, id: `r${at}` }))),
  nodes: fc.constant([]),
})
const classes = fc.array(fc.subarray(['payment', 'pii'], { maxLength: 1 }), {
  minLength: NODES.length,
  maxLength: NODES.length,
})
const seenEdges = fc.uniqueArray(observed, { minLength: 1, maxLength: 6, selector: edgeId })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: seenEdges.map((seen): Step => ({ step: 'commit', seen })) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.nat(), { maxLength: 3 })
      .map((picks): Step => ({ step: 'vanish', picks })),
  },
  { weight: 1, arbitrary: content.map((next): Step => ({ step: 'activate', content: next })) },
  { weight: 1, arbitrary: classes.map((next): Step => ({ step: 'tag', classes: next })) },
  { weight: 1, arbitrary: fc.nat(2 * DAY_MS).map((ms): Step => ({ step: 'wait', ms })) },
)

function momentOf({ classes: said, nowMs }: Pick<Server, 'classes' | 'nowMs'>) {
  const tags = inventoryOf(
    NODES.map((key, at) => ({ ...key, ...tagsFrom([]), dataClasses: said[at] ?? [] })),
  )
  return { tags, nowMs, rollouts: new Map() }
}

function judgeAll(server: Server): readonly Drift[] {
  const edges = [...server.live.values()]
  return judgeGraph({ edges, nodes: [] }, server.baseline, momentOf(server))
}

function rejudge(server: Server): void {
  server.told.clear()
  for (const drift of judgeAll(server)) server.told.set(drift.subject, drift)
}

/** As a commit does: few edges one by one, all only where the judge asks for them. */
function judgeChanged(server: Server, changed: readonly ObservedEdge[]): 'few' | 'all' {
  const moment = momentOf(server)
  if (needsPaths(changed, server.baseline, moment)) {
    rejudge(server)
    return 'all'
  }
  for (const each of changed) {
    const isLive = server.live.has(edgeId(each))
    const drift = isLive ? judgeEdge(each, server.baseline, { ...moment, paths: null }) : null
    if (drift) server.told.set(drift.subject, drift)
    else server.told.delete(edgeSubject(each))
  }
  return 'few'
}

function take(server: Server, each: Step): 'few' | 'all' {
  switch (each.step) {
    case 'commit':
      for (const seen of each.seen) server.live.set(edgeId(seen), seen)
      return judgeChanged(server, each.seen)
    case 'vanish': {
      const live = [...server.live.values()]
      const gone = live.filter((_, at) => each.picks.some((pick) => pick % live.length === at))
      for (const edgeGone of gone) server.live.delete(edgeId(edgeGone))
      return judgeChanged(server, gone)
    }
    case 'activate':
      server.content = each.content
      server.baseline = prepareBaseline(each.content, { version: 7, holdsQuarantined: false })
      break
    case 'tag':
      server.classes = each.classes
      break
    case 'wait':
      server.nowMs += each.ms
  }
  rejudge(server)
  return 'all'
}

describe('judging piece by piece', () => {
  test('tells after every step what judging all at once tells', () => {
    const paths = { few: 0, all: 0 }
    const kinds = new Set<string>()
    fc.assert(
      fc.property(content, classes, fc.array(step, { maxLength: 15 }), (first, said, steps) => {
        const server: Server = {
          ...{ content: first, classes: said, nowMs: NOW_MS - DAY_MS },
          baseline: prepareBaseline(first, { version: 7, holdsQuarantined: false }),
          ...{ live: new Map(), told: new Map() },
        }
        for (const each of steps) {
          paths[take(server, each)]++
          const all = judgeAll(server)
          expect(server.told.size).toBe(all.length)
          for (const drift of all) expect(server.told.get(drift.subject)).toEqual(drift)
          for (const drift of all) kinds.add(drift.kind)
        }
      }),
      { numRuns: 150 },
    )
    // Both ways were gone, and most kinds met.
    expect(paths.few).toBeGreaterThan(50)
    expect(paths.all).toBeGreaterThan(50)
    expect(kinds.size).toBeGreaterThan(9)
  })

  test('tells the same whatever order the entries, rules and edges are in', () => {
    fc.assert(
      fc.property(content, classes, seenEdges, (one, said, seen) => {
        const other = {
          ...one,
          entries: one.entries.toReversed(),
          rules: one.rules.toReversed(),
        }
        const moment = momentOf({ classes: said, nowMs: NOW_MS })
        const drifts = [
          [one, seen],
          [other, seen.toReversed()],
        ] as const
        const [a, b] = drifts.map(([each, edges]) =>
          judgeGraph(
            { edges, nodes: [] },
            prepareBaseline(each, { version: 7, holdsQuarantined: false }),
            moment,
          ),
        )
        expect(b).toEqual(a)
      }),
    )
  })
})
