// Time that jumps: the machine slept, the collector was down. Everything is due at once then, and what is
// linked must still be counted together before either is forgotten.
import { expect, test } from 'vitest'
import {
  advanceFold,
  createFold,
  finishFold,
  foldBatch,
  takeDelta,
} from '../../../core/fold/fold.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../../core/fold/options.ts'
import type { SpanBatch } from '../../../core/span/batch.ts'
import { createRandom, pickBelow } from '../../support/random.ts'
import { addToLedger, createLedger, readLedger } from '../../support/simulation/ledger.ts'
import { createTraffic } from '../../support/simulation/traffic.ts'

const START_MS = 1_760_000_060_000
const OPTIONS = { ...DEFAULT_FOLD_OPTIONS, holdMs: 3_000, quietMs: 200, pendingSpansMax: 10_000 }

test('a jump past the late window counts what is linked as if it had not happened', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed)
    const batches = createTraffic(random, 'apart')
    const waits = batches.map(() => [50, 250, 4_000][pickBelow(random, 3)]!)
    expect(fold(batches, waits), `seed ${seed}`).toEqual(fold(batches, null))
  }
})

/** waits: ms after each batch, and a long jump at the end; null: everything is final at once. */
function fold(batches: readonly SpanBatch[], waits: readonly number[] | null) {
  const state = createFold(OPTIONS)
  let nowMs = START_MS
  batches.forEach((batch, at) => {
    foldBatch(state, batch, nowMs)
    if (!waits) return
    advanceFold(state, nowMs)
    nowMs += waits[at]!
    advanceFold(state, nowMs)
  })
  if (waits) advanceFold(state, nowMs + 2 * OPTIONS.lateWindowMs)
  finishFold(state)
  const ledger = createLedger()
  const delta = takeDelta(state)
  if (delta) addToLedger(ledger, delta)
  return readLedger(ledger)
}
