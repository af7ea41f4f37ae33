// The waterfall's order, and what the live wire says.
import { expect, test } from 'vitest'
import { arrangeSpans } from '../../components/map/waterfall.tsx'
import { parsePulse, silentMinutes } from '../../components/shell/pulse.ts'
import type { ExemplarSpan } from '../../core/graph/edge.ts'

function span(spanId: string, parentId: string, startMs: number): ExemplarSpan {
  return {
    spanId,
    parentId,
    startMs,
    kind: 2,
    service: 's',
    operation: 'o',
    durationMs: 1,
    isError: false,
  }
}

const order = (spans: readonly ExemplarSpan[]) =>
  arrangeSpans(spans).map(({ span: { spanId }, depth }) => `${spanId}${depth}`)

test('children follow their parents, siblings by start', () => {
  expect(order([span('c', 'a', 3), span('b', 'a', 2), span('a', '', 1)])).toEqual([
    'a0',
    'b1',
    'c1',
  ])
})

test('a span whose parent is not there is a root, and a cycle ends', () => {
  expect(order([span('b', 'lost', 2)])).toEqual(['b0'])
  expect(order([span('a', 'b', 1), span('b', 'a', 2)])).toEqual(['a0', 'b1'])
  expect(order([span('a', 'a', 1)])).toEqual(['a0'])
})

test('a pulse is read, anything else is none', () => {
  const pulse = { sequence: '12', committedMs: 5, nowMs: 9, openAlerts: 2 }
  expect(parsePulse(JSON.stringify(pulse))).toEqual(pulse)
  for (const text of ['', '{', 'null', '{"nowMs":1}', '[]']) expect(parsePulse(text)).toBeNull()
})

test('a collector is silent two minutes after its last commit, by the clock of the server', () => {
  const pulse = { sequence: '1', committedMs: 0, openAlerts: 0 }
  expect(silentMinutes({ ...pulse, nowMs: 119_000 })).toBeNull()
  expect(silentMinutes({ ...pulse, nowMs: 185_000 })).toBe(3)
  expect(silentMinutes({ ...pulse, committedMs: null, nowMs: 185_000 })).toBeNull()
})
