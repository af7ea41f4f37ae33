// Patterns and rewrite rules: what they match, what stars capture, and that no pattern is slow.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matchesAny, matchGlob, parseGlob, rewriteName } from '../../../core/graph/glob.ts'

const match = (pattern: string, text: string) => matchGlob(parseGlob(pattern), text)

test.each([
  ['envoy', 'envoy', []],
  ['envoy', 'envoy-1', null],
  ['envoy*', 'envoy', ['']],
  ['*', 'x', ['x']],
  ['db-*.*', 'db-1.eu', ['1', 'eu']],
  ['*-*', 'a-b-c', ['a', 'b-c']],
  ['*a*', 'banana', ['b', 'nana']],
  ['ab*ba', 'aba', null],
  ['*.eu', 'db.us', null],
  ['a.c', 'abc', null],
  ['(a+)+*', '(a+)+!', ['!']],
] as const)('%s against %s', (pattern, text, captures) => {
  expect(match(pattern, text)).toEqual(captures)
})

test('what a star stands for, put back, is the text', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 6 })
  fc.assert(
    fc.property(pattern, letters, (given, text) => {
      const captures = match(given, text)
      const source = given.split('*').map((part) => part.replaceAll('.', '\\.'))
      expect(captures !== null).toBe(new RegExp(`^${source.join('.*')}$`).test(text))
      if (captures === null) return
      const glob = parseGlob(given)
      expect(glob.map((literal, at) => literal + (captures[at] ?? '')).join('')).toBe(text)
    }),
  )
})

test('a pattern made to be slow looks at no more than stars times text', () => {
  const text = 'a'.repeat(100_000)
  expect(match(`${'*a'.repeat(9)}b`, text)).toBe(null)
  expect(matchesAny([parseGlob(`${'a*'.repeat(9)}c`)], text)).toBe(false)
})

test('the first rule that matches names, with its stars', () => {
  const rules = [
    { glob: parseGlob('*-ro-*.db'), name: '$2-replica' },
    { glob: parseGlob('*.db'), name: '$1 costs $$1' },
    { glob: parseGlob('x*'), name: '$1' },
  ]
  expect(rewriteName(rules, 'a-ro-orders.db')).toBe('orders-replica')
  expect(rewriteName(rules, 'orders.db')).toBe('orders costs $1')
  expect(rewriteName(rules, 'orders')).toBe('orders')
  // A name is never empty.
  expect(rewriteName(rules, 'x')).toBe('x')
})
