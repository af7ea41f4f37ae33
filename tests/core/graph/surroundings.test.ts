// What lies around an edge: everything one hop away and nothing further, bounded in turn, with true counts.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type NodeKey, nodeId } from '../../../core/graph/node.ts'
import { type NearEdge, surroundingsOf } from '../../../core/graph/surroundings.ts'

const node = (name: string): NodeKey => ({
  ...{ environment: 'prod', kind: 'service', namespace: '', name },
})
const edge = (text: string): NearEdge => {
  const [source = '', target = ''] = text.split('>')
  return { id: text, source: node(source), target: node(target), lastSeenMs: 1 }
}
const around = (edges: readonly string[], nodesMax = 6) =>
  surroundingsOf({ source: node('s'), target: node('t') }, edges.map(edge), nodesMax)
const names = (keys: readonly NodeKey[]) => keys.map(({ name }) => name).join(' ')

test('callers of both ends stand between those of one', () => {
  const found = around(['t>z', 's>t', 'c>t', 'b>s', 'a>s', 'b>t', 's>x', 's>y', 't>y'])
  expect(found.edge?.id).toBe('s>t')
  expect([names(found.callers), names(found.callees)]).toEqual(['a b c', 'x y z'])
  expect(found.edges.map(({ id }) => id)).toEqual('a>s b>s b>t c>t s>x s>y t>y t>z'.split(' '))
})

test('what both calls and is called is a caller, with its edges of either way', () => {
  const found = around(['s>t', 'a>s', 's>a', 't>s', 's>s'])
  expect([names(found.callers), names(found.callees)]).toEqual(['a', ''])
  expect(found.edges.map(({ id }) => id)).toEqual(['a>s', 's>a', 's>s', 't>s'])
})

test('a bound takes from each part in turn and is told', () => {
  const found = around(['a>s', 'b>s', 'c>s', 'd>t', 'e>t', 'f>s', 'f>t'], 4)
  expect(names(found.callers)).toBe('a b f d')
  expect(found.callersTotal).toBe(6)
  expect(found.edges.map(({ id }) => id)).toEqual(['a>s', 'b>s', 'd>t', 'f>s', 'f>t'])
})

test('an edge that is gone has its surroundings all the same', () => {
  const found = around(['a>s', 't>b'])
  expect(found.edge).toBeNull()
  expect([names(found.callers), names(found.callees)]).toEqual(['a', 'b'])
})

test('an edge of a node to itself has one end', () => {
  const found = surroundingsOf(
    { source: node('s'), target: node('s') },
    ['s>s', 'a>s'].map(edge),
    6,
  )
  expect([found.edge?.id, names(found.callers), found.edges.length]).toEqual(['s>s', 'a', 1])
})

test('in any graph: every neighbour is counted once, the bound holds, and no other edge is shown', () => {
  const name = fc.constantFrom(...'stabcdefg')
  const graph = fc.uniqueArray(
    fc.tuple(name, name).map(([a, b]) => `${a}>${b}`),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(graph, fc.integer({ min: 0, max: 8 }), (texts, nodesMax) => {
      const found = around(texts, nodesMax)
      const edges = texts.map(edge)
      const isEnd = ({ name: own }: NodeKey) => own === 's' || own === 't'
      const callers = new Set(
        edges.filter((e) => isEnd(e.target) && !isEnd(e.source)).map((e) => e.source.name),
      )
      const callees = new Set(
        edges
          .filter((e) => isEnd(e.source) && !isEnd(e.target) && !callers.has(e.target.name))
          .map((e) => e.target.name),
      )
      expect([found.callersTotal, found.calleesTotal]).toEqual([callers.size, callees.size])
      expect(found.callers).toHaveLength(Math.min(nodesMax, callers.size))
      expect(found.callees).toHaveLength(Math.min(nodesMax, callees.size))
      const shown = new Set([...found.callers, ...found.callees].map(nodeId))
      expect(shown.size).toBe(found.callers.length + found.callees.length)
      const isShown = (key: NodeKey) => isEnd(key) || shown.has(nodeId(key))
      const expected = edges
        .filter((e) => isEnd(e.source) || isEnd(e.target))
        .filter((e) => isShown(e.source) && isShown(e.target) && e.id !== 's>t')
      expect(found.edges.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort())
    }),
  )
})
