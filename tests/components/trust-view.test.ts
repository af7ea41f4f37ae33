// How an edge is judged in words, rule by rule, and what a user is told to fix.
import { expect, test } from 'vitest'
import { judgeTrust, TRUST_WORDS, type TrustEnd } from '../../components/map/trust-view.ts'
import { TRUST_RULES, type TrustRule } from '../../core/graph/edge.ts'
import type { NodeKind } from '../../core/graph/node.ts'
import { trust } from './views.ts'

const end = (name: string, kind: NodeKind = 'service', isObserved = kind === 'service') => {
  const made: TrustEnd = { kind, name, isObserved }
  return made
}
const WEB = end('web')
const CART = end('cart')

function fixOf(rule: TrustRule, source: TrustEnd, target: TrustEnd): string | null {
  const { fix } = judgeTrust(trust(rule), source, target)
  return fix && `${fix.before}${fix.name}${fix.after}`
}

test('an edge that both sides report has nothing to fix', () => {
  expect(judgeTrust(trust('paired'), WEB, CART)).toEqual({
    ...{ verdict: 'Both sides have reported every call.', fix: null },
  })
  const mixed = { ...trust('paired'), clientOnly: 3 }
  expect(judgeTrust(mixed, WEB, CART).verdict).toBe('Both sides have reported some of the calls.')
})

test('what cannot send spans is no fault of anybody', () => {
  expect(fixOf('clientOnly', WEB, end('pg', 'database'))).toBe(null)
  expect(fixOf('clientOnly', WEB, end('api.example', 'external'))).toBe(null)
  expect(fixOf('messaging', WEB, end('orders', 'messaging'))).toBe(null)
  expect(fixOf('link', end('orders', 'messaging'), WEB)).toBe(null)
  expect(fixOf('serverOnly', end('user', 'user'), WEB)).toBe(null)
})

test.each([
  [
    'clientOnly',
    WEB,
    end('pay', 'service', false),
    'Instrument pay, or check that its exporter works.',
  ],
  ['peer', WEB, end('pay', 'service', false), 'Instrument pay, or check that its exporter works.'],
  ['peer', end('old', 'service', false), CART, 'Instrument old, or check that its exporter works.'],
  ['peer', WEB, CART, 'Check that traceparent reaches cart: a proxy or an old client may drop it.'],
  [
    'serverOnly',
    WEB,
    CART,
    'Instrument the outgoing calls of web: its HTTP, gRPC or database client.',
  ],
  ['hop', WEB, CART, 'Instrument the incoming requests of cart.'],
] as const)('%s', (rule, source, target, expected) => {
  expect(fixOf(rule, source, target)).toBe(expected)
})

test('callers that nobody reports, and messages without a queue, say what is missing', () => {
  expect(fixOf('serverOnly', end('unknown', 'external'), CART)).toContain(
    'parent spans never arrive',
  )
  expect(fixOf('messaging', WEB, CART)).toContain('messaging.destination.name')
})

test('every rule has words', () => {
  for (const rule of TRUST_RULES) expect(TRUST_WORDS[rule].length).toBeGreaterThan(10)
})
