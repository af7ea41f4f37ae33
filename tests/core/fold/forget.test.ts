// Forgetting an environment: what comes after it is as if nothing had come before, others lose nothing, and
// the accounting still adds up.
import { expect, test } from 'vitest'
import { SPAN_CLASSES } from '../../../core/fold/calls.ts'
import {
  advanceFold,
  createFold,
  type Fold,
  foldBatch,
  foldCounters,
  takeDelta,
} from '../../../core/fold/fold.ts'
import { forgetEnvironment } from '../../../core/fold/forget.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../../core/fold/options.ts'
import { batchOf, span, type TestSpan } from '../../support/spans.ts'

const START_MS = 1_760_000_000_000

/** A trace of web -> cart -> database, and a call to a host. */
function traceIn(environment: string, trace: number): TestSpan[] {
  const resource = { 'deployment.environment.name': environment, 'service.version': '1.0.0' }
  const given = { trace, resource }
  return [
    span({ ...given, id: 1, service: 'web', kind: 'client' }),
    span({ ...given, id: 2, service: 'cart', kind: 'server', parent: 1 }),
    span({
      ...{ ...given, id: 3, service: 'cart', kind: 'client', parent: 2 },
      attributes: { 'db.system.name': 'postgresql', 'server.address': 'cart-db' },
    }),
    span({
      ...{ ...given, id: 4, service: 'cart', kind: 'client', parent: 2 },
      attributes: { 'url.full': 'https://api.pay.example/v1', 'server.port': '443' },
    }),
  ]
}

function fold(state: Fold, spans: readonly TestSpan[], nowMs: number): void {
  foldBatch(state, batchOf(spans), nowMs)
  advanceFold(state, nowMs)
}

test('the same traces afterwards give what a new fold gives, new edges at once', () => {
  const used = createFold(DEFAULT_FOLD_OPTIONS)
  fold(used, traceIn('demo', 1), START_MS)
  fold(used, traceIn('demo', 2), START_MS + 29_000)
  advanceFold(used, START_MS + 40_000)
  takeDelta(used)
  forgetEnvironment(used, 'demo')
  expect(takeDelta(used)).toBeNull()
  const fresh = createFold(DEFAULT_FOLD_OPTIONS)
  for (const laterMs of [50_000, 90_000]) {
    if (laterMs === 50_000)
      for (const state of [used, fresh]) fold(state, traceIn('demo', 3), START_MS + laterMs)
    else for (const state of [used, fresh]) advanceFold(state, START_MS + laterMs)
    const delta = takeDelta(used)
    expect(delta?.edges.length).toBeGreaterThan(0)
    expect(delta).toEqual(takeDelta(fresh))
  }
})

test('what others have pending stays, and every span is still in one class', () => {
  const state = createFold(DEFAULT_FOLD_OPTIONS)
  fold(state, [...traceIn('demo', 1), ...traceIn('prod', 2)], START_MS)
  forgetEnvironment(state, 'demo')
  advanceFold(state, START_MS + 60_000)
  const delta = takeDelta(state)
  expect(new Set(delta?.nodes.map((node) => node.environment))).toEqual(new Set(['prod']))
  expect(delta?.edges).toHaveLength(3)
  const counters = foldCounters(state)
  expect(counters.accepted).toBe(8)
  expect(SPAN_CLASSES.reduce((sum, name) => sum + counters[name], counters.pending)).toBe(8)
})
