// When an alert recovers by itself, and when it flaps.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  durationOf,
  FLAPS_MIN,
  flapWindowMs,
  hasRecovered,
  quietNeededMs,
  stateOnReturn,
} from '../../../core/baseline/recovery.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const NOW_MS = Date.UTC(2026, 7, 1, 12)

const recoverAfter = fc.integer({ min: 60_000, max: 30 * DAY_MS })
const state = fc.constantFrom('open' as const, 'snoozed' as const, 'flapping' as const)

test('it recovers exactly when all of sight, change, watch and the environment allow it', () => {
  const ago = fc.double({ min: 0, max: 3, noNaN: true })
  fc.assert(
    fc.property(recoverAfter, state, fc.tuple(ago, ago, ago, ago), (ms, of, agos) => {
      const neededMs = quietNeededMs(of, ms)
      const [seenMs, changedMs, watchedSinceMs, newestMs] = agos.map((times) =>
        Math.floor(NOW_MS - times * neededMs),
      ) as [number, number, number, number]
      const watch = { recoverAfterMs: ms, watchedSinceMs, newestMs, nowMs: NOW_MS }
      const isLongAgo = (at: number) => NOW_MS - at >= neededMs
      expect(hasRecovered({ state: of, seenMs, changedMs }, watch)).toBe(
        [seenMs, changedMs, watchedSinceMs].every(isLongAgo) && newestMs - seenMs >= neededMs,
      )
    }),
    { numRuns: 1000 },
  )
})

test('what is not watched, or an environment that fell silent as a whole, is not quiet', () => {
  const long = NOW_MS - 30 * DAY_MS
  const alert = { state: 'open', seenMs: long, changedMs: long } as const
  const watch = {
    recoverAfterMs: 7 * DAY_MS,
    watchedSinceMs: long,
    newestMs: NOW_MS,
    nowMs: NOW_MS,
  }
  expect(hasRecovered(alert, watch)).toBe(true)
  expect(hasRecovered(alert, { ...watch, watchedSinceMs: NOW_MS - 6 * DAY_MS })).toBe(false)
  expect(hasRecovered(alert, { ...watch, newestMs: long + 6 * DAY_MS })).toBe(false)
})

test('three rounds of going and coming back fit into the window, and only then it flaps', () => {
  fc.assert(
    fc.property(recoverAfter, (ms) => {
      expect(flapWindowMs(ms)).toBeGreaterThan(FLAPS_MIN * ms)
      expect(quietNeededMs('flapping', ms)).toBe(flapWindowMs(ms))
      expect(quietNeededMs('snoozed', ms)).toBe(ms)
    }),
  )
  expect(flapWindowMs(HOUR_MS)).toBe(DAY_MS)
  expect([0, 1, 2, 3, 4].map(stateOnReturn)).toEqual([
    ...['open', 'open', 'open', 'flapping', 'flapping'],
  ])
})

test.each([
  [7 * DAY_MS, '7 days'],
  [DAY_MS, '1 day'],
  [36 * HOUR_MS, '36 hours'],
  [90 * 60_000, '90 minutes'],
  [61_000, '1 minute'],
])('%i ms are %s', (ms, words) => {
  expect(durationOf(ms)).toBe(words)
})
