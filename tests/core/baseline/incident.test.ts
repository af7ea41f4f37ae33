// Which incident an alert belongs to, and the sentence that tells it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DRIFT_KINDS } from '../../../core/baseline/drift.ts'
import {
  type Cause,
  causeKey,
  causeOf,
  sinceOf,
  takesMore,
  tellIncident,
} from '../../../core/baseline/incident.ts'
import type { NodeKey } from '../../../core/graph/node.ts'
import { anyText } from './contents.ts'
import { node } from './world.ts'

const MINUTE_MS = 60_000
const NOON_MS = Date.UTC(2026, 7, 1, 12)
const cart = node('cart')
const pay = node('pay')
const evil = node('evil.example', 'external')

describe('the cause', () => {
  const rollout = { version: '2.0', sinceMs: NOON_MS }
  const near = fc.integer({ min: -10 * MINUTE_MS, max: 10 * MINUTE_MS })
  const far = fc
    .integer({ min: 10 * MINUTE_MS + 1, max: 1e12 })
    .chain((ms) => fc.constantFrom(ms, -ms))
  const target = fc.constantFrom(pay, evil, null)

  test('is the deploy of the caller when the edge began within ten minutes of it', () => {
    fc.assert(
      fc.property(near, target, (ms, to) => {
        const cause = causeOf({ source: cart, target: to, sinceMs: NOON_MS + ms, rollout })
        expect(cause).toEqual({ kind: 'deploy', node: cart, version: '2.0', sinceMs: NOON_MS })
      }),
    )
  })

  test('else is the external domain, whoever calls it; else the caller, whatever it calls', () => {
    fc.assert(
      fc.property(far, fc.constantFrom(rollout, null), (ms, known) => {
        const sinceMs = NOON_MS + ms
        for (const source of [cart, pay]) {
          const at = { source, sinceMs, rollout: known }
          expect(causeOf({ ...at, target: evil })).toEqual({ kind: 'domain', node: evil })
          for (const to of [node('db', 'database'), cart, null])
            expect(causeOf({ ...at, target: to })).toEqual({ kind: 'caller', node: source })
        }
      }),
    )
  })

  test('two services that are deployed in the same minute have one each', () => {
    const keys = [cart, pay].map((source) =>
      causeKey(causeOf({ source, target: evil, sinceMs: NOON_MS, rollout })),
    )
    expect(new Set(keys).size).toBe(2)
  })

  test('of an edge counts its first sight, of more over an approved edge when it is noticed', () => {
    const seen = { firstSeenMs: 1, lastSeenMs: 2 }
    const later = DRIFT_KINDS.filter((kind) => sinceOf(kind, { ...seen, isBack: false }) === 2)
    expect(later).toEqual(['downgraded', 'new_protocol', 'new_port', 'new_operation'])
    for (const kind of DRIFT_KINDS) expect(sinceOf(kind, { ...seen, isBack: true })).toBe(2)
  })
})

const anyNode: fc.Arbitrary<NodeKey> = fc.record({
  environment: fc.constantFrom('prod', 'staging'),
  kind: fc.constantFrom('service' as const, 'database' as const, 'external' as const),
  namespace: anyText,
  name: anyText,
})
const anyCause: fc.Arbitrary<Cause> = fc.oneof(
  fc.record({
    kind: fc.constant('deploy' as const),
    node: anyNode,
    version: anyText,
    sinceMs: fc.nat(),
  }),
  fc.record({ kind: fc.constantFrom('domain' as const, 'caller' as const), node: anyNode }),
)

test('no two causes have one key, whatever the names', () => {
  fc.assert(
    fc.property(anyCause, anyCause, (a, b) => {
      const plain = (cause: Cause) => JSON.parse(JSON.stringify(cause))
      expect(causeKey(a) === causeKey(b)).toBe(
        JSON.stringify(sorted(plain(a))) === JSON.stringify(sorted(plain(b))),
      )
    }),
    { numRuns: 1000 },
  )
})

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort()
    .map(([key, of]) => [key, sorted(of)])
}

test('a deploy takes its alerts however late; a caller and a domain until a pause', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1000, max: 100 * 24 * 60 }), (minutes) => {
      const when = { lastAtMs: NOON_MS, nowMs: NOON_MS + minutes * MINUTE_MS }
      expect(takesMore('deploy', when)).toBe(true)
      expect(takesMore('caller', when)).toBe(minutes < 60)
      expect(takesMore('domain', when)).toBe(minutes < 24 * 60)
    }),
  )
})

describe('the sentence', () => {
  const told = (kind: (typeof DRIFT_KINDS)[number], ...others: readonly NodeKey[]) => {
    return { kind, others, total: others.length }
  }
  const db = node('users', 'database')

  test.each([
    [
      'a deploy says its version and what came with it',
      {
        cause: { kind: 'deploy', node: cart, version: '2.0', sinceMs: NOON_MS },
        kinds: [told('new_database', db), told('new_edge', pay, node('stock'))],
      },
      'Version “2.0” of cart came with a first access to the database users; new calls to pay and stock.',
    ],
    [
      'a caller says what it did, the rest in short',
      {
        cause: { kind: 'caller', node: cart },
        kinds: [
          { kind: 'denied', others: [pay, db, evil], total: 9 },
          ...[told('downgraded', pay), told('new_port', pay), told('new_operation', pay)],
        ],
      },
      'cart made calls to pay, users, evil.example and 6 more that a rule denies; calls to pay in the clear; calls to pay on a new port; and drift of 1 other kind.',
    ],
    [
      'a domain says who called it',
      { cause: { kind: 'domain', node: evil }, kinds: [told('new_external', cart, pay)] },
      'cart and pay called the external destination evil.example.',
    ],
    [
      'a service alone is new',
      { cause: { kind: 'caller', node: cart }, kinds: [] },
      'cart is a new service without edges.',
    ],
    [
      'a caller that is a person is one',
      {
        cause: { kind: 'caller', node: node('', 'user') },
        kinds: [told('new_edge', pay)],
      },
      'A user made new calls to pay.',
    ],
  ] as const)('%s', (_, story, sentence) => {
    expect(tellIncident(story)).toBe(sentence)
  })

  test('is one sentence of bounded length in which no name passes for words of ours', () => {
    const anyKinds = fc.uniqueArray(
      fc.record({
        kind: fc.constantFrom(...DRIFT_KINDS),
        others: fc.array(anyNode, { minLength: 1, maxLength: 3 }),
        total: fc.integer({ min: 3, max: 9 }),
      }),
      { selector: ({ kind }) => kind },
    )
    fc.assert(
      fc.property(anyCause, anyKinds, (cause, kinds) => {
        const sentence = tellIncident({ cause, kinds })
        expect(sentence.length).toBeLessThan(1300)
        expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u)
        expect(sentence).toMatch(/^[^“”]*(“[^“”]*”[^“”]*)*$/u)
        expect(sentence.endsWith('.')).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
