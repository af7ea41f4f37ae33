// EDGES.md, executable: every case, in every order of arrival the suite asks for.
import { describe, expect, test } from 'vitest'
import { SPAN_CLASSES } from '../../core/fold/calls.ts'
import { foldCounters } from '../../core/fold/fold.ts'
import {
  asGiven,
  type ConformanceCase,
  type Delivery,
  foldDeliveries,
  readCases,
  reversed,
  spanBySpan,
  sumEdges,
  twice,
} from '../support/cases.ts'

const ORDERS: Record<string, (given: ConformanceCase) => Delivery[]> = {
  'as given': asGiven,
  reversed: (given) => reversed(asGiven(given)),
  'one span a request': (given) => spanBySpan(given, false),
  'one span a request, reversed': (given) => reversed(spanBySpan(given, false)),
  'the hold between any two spans': (given) => spanBySpan(given, true),
  'the hold between any two spans, reversed': (given) => reversed(spanBySpan(given, true)),
  'everything again after the hold': (given) => twice(asGiven(given)),
}

for (const [order, deliver] of Object.entries(ORDERS)) {
  describe(order, () => {
    test.each(readCases().map((given) => [given.name, given] as const))('%s', (_, given) => {
      const { deltas, fold } = foldDeliveries(deliver(given))
      const actual = sumEdges(deltas)
      const { edges } = given.expect
      const comparable = actual.map((edge, i) =>
        edges[i]?.protocol ? edge : { ...edge, protocol: undefined },
      )
      expect(comparable, given.description).toEqual(
        edges.map((edge) => ({ ...edge, protocol: edge.protocol })),
      )
      const counters = foldCounters(fold)
      const final = SPAN_CLASSES.reduce((sum, name) => sum + counters[name], 0)
      expect(counters.pending).toBe(0)
      expect(counters.accepted).toBe(counters.duplicate + final)
    })
  })
}
