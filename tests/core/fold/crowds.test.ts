// Ids that many spans or traces share, chosen or by a broken generator: bounded, counted, never quadratic.
// Each case took minutes to hours before the bounds; the test's own timeout is the check of time.
import { expect, test } from 'vitest'
import { SPAN_CLASSES } from '../../../core/fold/calls.ts'
import {
  advanceFold,
  createFold,
  type Fold,
  finishFold,
  foldBatch,
  foldCounters,
} from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../../core/fold/options.ts'
import type { SpanBatch } from '../../../core/span/batch.ts'
import { batchOf, span } from '../../support/spans.ts'

const START_MS = 1_760_000_000_000
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i + 1)

function foldAll(batch: SpanBatch): Fold {
  const fold = createFold(DEFAULT_FOLD_OPTIONS)
  foldBatch(fold, batch, START_MS)
  advanceFold(fold, START_MS)
  advanceFold(fold, START_MS + 3_000)
  advanceFold(fold, START_MS + 40_000)
  expectIdentity(fold, batch.count)
  return fold
}

function expectIdentity(fold: Fold, accepted: number): void {
  const counters = foldCounters(fold)
  const final = SPAN_CLASSES.reduce((sum, name) => sum + counters[name], 0)
  expect(counters.accepted).toBe(accepted)
  expect(counters.duplicate + counters.pending + final).toBe(accepted)
}

test('trace ids that share their low half are each counted, the first of a crowd early', () => {
  const traces = numbers(10_000).map((i) => `${hex(i, 16)}${'7'.repeat(16)}`)
  const fold = foldAll(
    batchOf(traces.map((trace, i) => span({ trace, id: i + 1, service: 'shop', kind: 'server' }))),
  )
  const counters = foldCounters(fold)
  expect(counters.entry).toBe(10_000)
  expect(counters.evictedEarly).toBeGreaterThan(0)
  finishFold(fold)
  expect(fold.store.traces.size).toBe(0)
})

test('links to trace ids that share their low half are cut and counted', () => {
  const targets = numbers(5_000).map((i) => ({ trace: `${hex(i, 16)}${'7'.repeat(16)}`, id: 1 }))
  const spans = numbers(100).map((i) => {
    const links = targets.slice(50 * i - 50, 50 * i)
    return span({ trace: i, id: i, service: 'shop', kind: 'consumer', links })
  })
  const fold = foldAll(batchOf(spans))
  expect(foldCounters(fold).linksCut).toBeGreaterThan(4_900)
  finishFold(fold)
  expect([fold.store.traces.size, fold.store.links.size]).toEqual([0, 0])
})

test('one span id in one trace for ten thousand services is counted for each of them', () => {
  const spans = numbers(10_000).map((i) =>
    span({ trace: 1, id: 5, parent: 6, service: `shop-${i}`, kind: i % 2 ? 'server' : 'client' }),
  )
  const fold = foldAll(batchOf(spans))
  const counters = foldCounters(fold)
  expect(counters.duplicate).toBe(0)
  expect(counters.evictedEarly).toBeGreaterThan(0)
})

test('span ids that differ in their upper half only are as quick as any', () => {
  const batch = batchOf(
    numbers(30_000).map((i) =>
      span({ trace: 1, id: i, parent: i - 1, service: 'shop', kind: 'internal' }),
    ),
  )
  // The words of each id changed places: the counter is in the upper one.
  for (const ids of [batch.spanIds, batch.parentIds]) {
    const words = new DataView(ids.buffer, ids.byteOffset, ids.byteLength)
    for (let at = 0; at < ids.length; at += 8) {
      words.setUint32(at, words.getUint32(at + 4))
      words.setUint32(at + 4, 0)
    }
  }
  expect(foldCounters(foldAll(batch)).internal).toBe(30_000)
})

test('long attribute values fill the shape table by their length, not by their number alone', () => {
  const keys = ['rpc.service', 'rpc.method', 'db.namespace', 'db.operation', 'db.collection.name']
  const long = (i: number) => `${i}`.padEnd(500, 'x')
  const spans = numbers(2_000).map((i) => {
    const attributes = Object.fromEntries(keys.map((key) => [key, long(i)]))
    return span({ trace: i, id: 1, service: 'shop', kind: 'client', attributes })
  })
  const fold = createFold({ ...DEFAULT_FOLD_OPTIONS, shapesMax: 1_000 })
  foldBatch(fold, batchOf(spans), START_MS)
  const chars = [...fold.table.shapeByKey.keys()].reduce((sum, key) => sum + key.length, 0)
  expect(chars).toBeLessThan(1_000 * 1_000)
  expect(foldCounters(fold).overflowedShapes).toBeGreaterThan(1_000)
  finishFold(fold)
  expectIdentity(fold, 2_000)
})
