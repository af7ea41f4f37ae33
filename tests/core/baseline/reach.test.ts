// First paths to classified data, against an oracle that shares nothing with the product: a matrix of
// who reaches whom, closed by trying every middle, and the definition read word by word.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BaselineEntry } from '../../../core/baseline/content.ts'
import type { Drift, ObservedEdge } from '../../../core/baseline/drift.ts'
import type { NodeKey } from '../../../core/graph/node.ts'
import { entryOf, ruleOf } from './contents.ts'
import { edge, judge, NOW_MS, node, tell } from './world.ts'

const NODES: readonly NodeKey[] = [
  ...['a', 'b', 'c', 'd', 'e'].map((name) => node(name)),
  node('users', 'database'),
  node('cards', 'database'),
  node('bank', 'external'),
  node('all', 'user'),
  node('queue', 'messaging'),
]
const CLASSES = ['payment', 'pii', 'secrets']

type Ends = readonly [number, number]
type Reach = readonly (readonly boolean[])[]

/** reach[i][j]: j is i, or can be come to from i. */
function close(edges: readonly Ends[]): Reach {
  const reach = NODES.map((_, i) => NODES.map((__, j) => i === j))
  for (const [from, to] of edges) reach[from]![to] = true
  for (const middle of NODES.keys())
    for (const from of NODES.keys())
      for (const to of NODES.keys())
        if (reach[from]![middle] && reach[middle]![to]) reach[from]![to] = true
  return reach
}

type Classes = readonly (readonly string[])[]

function reachesClass(reach: Reach, classes: Classes, from: number, dataClass: string): boolean {
  return NODES.some((_, to) => reach[from]![to] && classes[to]!.includes(dataClass))
}

/** The pairs of an edge that is live and not held, as the definition has them. */
function pairsOf([u, v]: Ends, held: readonly Ends[], live: readonly Ends[], classes: Classes) {
  const overAll = close([...held, ...live])
  const overHeld = close(held)
  return NODES.flatMap((service, s) =>
    CLASSES.filter(
      (dataClass) =>
        service.kind === 'service' &&
        overAll[s]![u] &&
        reachesClass(overAll, classes, v, dataClass) &&
        !reachesClass(overHeld, classes, s, dataClass),
    ).map((dataClass) => `${service.name} ${dataClass}`),
  ).sort()
}

const end = fc.nat(NODES.length - 1)
const ends = (maxLength: number): fc.Arbitrary<Ends[]> =>
  fc.uniqueArray(fc.tuple(end, end), { maxLength, selector: String })
const classes = fc.array(fc.subarray(CLASSES, { maxLength: 2 }), {
  minLength: NODES.length,
  maxLength: NODES.length,
})
/** What becomes of an entry: it holds, is put aside, or has run out. */
const state = fc.constantFrom('holds', 'holds', 'holds', 'aside', 'expired')

function entriesOf(approved: readonly Ends[], states: readonly string[]): BaselineEntry[] {
  return approved.map(([from, to], at) =>
    entryOf(NODES[from]!, NODES[to]!, {
      quarantine: states[at] === 'aside' ? ['one_trace'] : [],
      expiresAtMs: states[at] === 'expired' ? NOW_MS : null,
    }),
  )
}

function liveEdges(live: readonly Ends[]): ObservedEdge[] {
  return live.map(([from, to]) => edge(NODES[from]!, NODES[to]!))
}

function tagsOf(said: Classes) {
  return NODES.map((each, at) => [each, { dataClasses: said[at]! }] as const)
}

function pairsIn({ reaches }: Drift): readonly string[] {
  return reaches.pairs.map(({ service, dataClass }) => `${service.name} ${dataClass}`).sort()
}

describe('first paths', () => {
  test('are those of the definition, for every edge of any graph', () => {
    let [found, denied] = [0, 0]
    const world = fc.record({
      approved: ends(14),
      live: ends(14),
      states: fc.array(state, { minLength: 14, maxLength: 14 }),
      classes,
      /** Allowed by a rule from the one node to the other, denied likewise. */
      rules: fc.record({ allow: fc.tuple(end, end), deny: fc.tuple(end, end) }),
    })
    fc.assert(
      fc.property(world, ({ approved, live, states, classes: said, rules: { allow, deny } }) => {
        const is = (a: Ends) => (b: Ends) => String(a) === String(b)
        const holding = approved.filter((_, at) => states[at] === 'holds')
        const held = [...holding, ...live.filter(is(allow))].filter((each) => !is(deny)(each))
        const drifts = judge({
          entries: entriesOf(approved, states),
          rules: [
            ruleOf('yes', { effect: 'allow', source: match(allow[0]), target: match(allow[1]) }),
            ruleOf('no', { source: match(deny[0]), target: match(deny[1]) }),
          ],
          tags: tagsOf(said),
          live: liveEdges(live),
        })
        const strays = live.filter((each) => !held.some(is(each)))
        expect(drifts.length).toBe(strays.length)
        for (const stray of strays) {
          const pairs = pairsOf(stray, held, live, said)
          const drift = drifts.find(
            ({ edge: key }) =>
              key!.source.name === NODES[stray[0]]!.name &&
              key!.target.name === NODES[stray[1]]!.name,
          )!
          expect(pairsIn(drift)).toEqual(pairs)
          expect(drift.reaches.pairsTotal).toBe(pairs.length)
          const isPlain = !['denied', 'expired'].includes(drift.kind)
          expect(drift.kind === 'first_path').toBe(isPlain && pairs.length > 0)
          found += drift.kind === 'first_path' ? 1 : 0
          denied += drift.kind === 'denied' ? 1 : 0
        }
      }),
      { numRuns: 400 },
    )
    // The worlds are not so poor that this would say nothing.
    expect(found).toBeGreaterThan(100)
    expect(denied).toBeGreaterThan(3)
  })

  test('of one added edge are exactly what could not be reached before', () => {
    fc.assert(
      fc.property(ends(14), fc.tuple(end, end), classes, (approved, added, said) => {
        fc.pre(!approved.some((each) => String(each) === String(added)))
        const [drift] = judge({
          entries: entriesOf(approved, []),
          tags: tagsOf(said),
          live: liveEdges([...approved, added]),
        })
        const [before, after] = [close(approved), close([...approved, added])]
        const gained = NODES.flatMap((service, s) =>
          CLASSES.filter(
            (dataClass) =>
              service.kind === 'service' &&
              after[s]![added[0]] &&
              reachesClass(after, said, s, dataClass) &&
              !reachesClass(before, said, s, dataClass),
          ).map((dataClass) => `${service.name} ${dataClass}`),
        )
        expect(pairsIn(drift!)).toEqual(gained.sort())
      }),
      { numRuns: 300 },
    )
  })

  test('and all classified nodes that an edge lets be reached are told, the nearest first', () => {
    fc.assert(
      fc.property(ends(10), ends(6), classes, (approved, live, said) => {
        const all = close([...approved, ...live])
        for (const drift of judge({
          entries: entriesOf(approved, []),
          tags: tagsOf(said),
          live: liveEdges(live),
        })) {
          const to = NODES.findIndex(({ name }) => name === drift.edge!.target.name)
          const stores = NODES.filter((_, at) => all[to]![at] && said[at]!.length > 0)
          expect(drift.reaches.stores.map((store) => store.node.name).sort()).toEqual(
            stores.map(({ name }) => name).sort(),
          )
          expect(drift.reaches.storesTotal).toBe(stores.length)
        }
      }),
    )
  })

  test('are bounded in number, and counted beyond', () => {
    const gate = node('gate')
    const [cards] = [node('cards', 'database')]
    const callers = Array.from({ length: 50 }, (_, at) => node(`s${at}`))
    const [drift] = judge({
      entries: callers.map((caller) => entryOf(caller, gate)),
      tags: [
        [cards, { dataClasses: ['payment', 'pii'] }],
        [callers[49]!, { exposure: 'public' }],
      ],
      live: [edge(gate, cards)],
    })
    expect(drift?.reaches).toMatchObject({ pairsTotal: 102, storesTotal: 1 })
    expect(drift?.reaches.pairs.length).toBe(20)
    // What the public can call comes first, however far it is.
    expect(drift?.reaches.pairs[0]?.service.name).toBe('s49')
    expect(drift).toMatchObject({ kind: 'first_path', severity: 'critical' })
    expect(drift?.summary).toBe(
      'gate began calling cards, and so s49 can reach “payment” data (and 101 other such paths); baseline version 7 has no such path.',
    )
  })

  test('tell each of very many classes apart', () => {
    const many = Array.from({ length: 70 }, (_, at) => `class${at}`)
    const stores = many.map((_, at) => node(`db${at}`, 'database'))
    const tags = stores.map((store, at) => [store, { dataClasses: [many[at]!] }] as const)
    const live = stores.map((store) => edge(node('a'), store))
    for (const [at, store] of stores.entries()) {
      const known = stores.filter((other) => other !== store)
      const entries = known.map((other) => entryOf(node('a'), other))
      const drifts = judge({ entries, tags, live })
      expect(tell(drifts)).toEqual([`first_path a>db${at}`])
      expect(drifts[0]?.reaches.pairs).toEqual([{ service: node('a'), dataClass: many[at] }])
    }
  })
})

function match(at: number) {
  return { name: NODES[at]!.name }
}
