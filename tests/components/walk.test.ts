// Walking the map by keys: from node to edge to node, up and down among siblings, never off the map.
import { expect, test } from 'vitest'
import { type Ground, type Stand, type Step, walk } from '../../components/map/walk.ts'

const PLACES: { readonly [id: string]: { x: number; y: number } } = {
  a: { x: 0, y: 0 },
  b: { x: 300, y: -50 },
  c: { x: 300, y: 50 },
}
const GROUND: Ground = {
  nodeIds: ['c', 'a', 'b'],
  edges: [
    { id: 'ac', sourceId: 'a', targetId: 'c' },
    { id: 'ab', sourceId: 'a', targetId: 'b' },
    { id: 'bb', sourceId: 'b', targetId: 'b' },
  ],
  positionOf: (id) => PLACES[id],
}

function after(...steps: readonly Step[]): Stand | null {
  return steps.reduce<Stand | null>((stand, step) => walk(stand, step, GROUND), null)
}

test('the first step stands on the leftmost node, whatever the key', () => {
  expect(after('down')).toEqual({ kind: 'node', id: 'a' })
  expect(walk(null, 'up', { ...GROUND, nodeIds: [] })).toBeNull()
})

test('right takes the upper edge, right again its target, left goes back', () => {
  expect(after('down', 'right')).toMatchObject({ kind: 'edge', id: 'ab' })
  expect(after('down', 'right', 'right')).toEqual({ kind: 'node', id: 'b' })
  expect(after('down', 'right', 'right', 'left')).toMatchObject({ kind: 'edge', id: 'ab' })
  expect(after('down', 'right', 'left')).toEqual({ kind: 'node', id: 'a' })
})

test('up and down choose among the edges of the node one came from, and stop at the last', () => {
  expect(after('down', 'right', 'down')).toMatchObject({ id: 'ac' })
  expect(after('down', 'right', 'down', 'down')).toMatchObject({ id: 'ac' })
})

test('a node calling itself is walked around, not into a trap', () => {
  const onLoop = after('down', 'right', 'right', 'right')
  expect(onLoop).toMatchObject({ kind: 'edge', id: 'bb' })
  expect(onLoop && walk(onLoop, 'right', GROUND)).toEqual({ kind: 'node', id: 'b' })
})

test('an edge that has gone sends one back to the start', () => {
  expect(walk({ kind: 'edge', id: 'gone', anchorId: 'a' }, 'right', GROUND)).toEqual({
    kind: 'node',
    id: 'a',
  })
})
