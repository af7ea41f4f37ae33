// Names from spans as they are shown: bounded, readable, and never what they are not.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { displayName, displayProse, wrapLabel } from '../../../core/graph/label.ts'

const LIMITS = { lineCharsMax: 22, linesMax: 3 }

test('control, bidi and invisible characters become visible', () => {
  expect(displayName('a\u202Eb\u0000c\u200Bd\ne')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde')
})

test.each([
  ['a variation selector', 'payments\ufe0f'],
  ['a tag character', 'payments\u{e0041}'],
  ['a Hangul filler', 'pay\u3164ments'],
  ['a joiner of hieroglyphs', 'pay\u{13430}ments'],
  ['a joiner of graphemes', 'pay\u034fments'],
  ['a space at the end', 'payments '],
  ['a space at the start', ' payments'],
])('%s does not make two names look like one', (_, name) => {
  expect(displayName(name)).not.toBe(name)
  expect(displayName(name).replace(/[\ufffd\u2423]/g, '')).toBe('payments')
})

test('spaces that are no plain ones, or more than one, can be seen', () => {
  expect(displayName('a b')).toBe('a b')
  expect(displayName('a  b')).not.toBe('a b')
  expect(displayName('a\u00a0b')).toBe('a\u2423b')
})

test('what a person wrote over several lines is one line of text', () => {
  expect(displayProse(' Known.\r\n\nTicket  12\u202e ')).toBe('Known. Ticket 12\ufffd')
})

test('markup and letters of any script stay as they are', () => {
  expect(displayName('<script>alert(1)</script>')).toBe('<script>alert(1)</script>')
  expect(displayName('مرحبا-service-日本')).toBe('مرحبا-service-日本')
})

test('piled accents are cut to two', () => {
  expect(displayName('Z\u0300\u0301\u0302\u0303\u0304x')).toBe('Z\u0300\u0301x')
})

test('a short name is one line, a longer one breaks at its joints', () => {
  expect(wrapLabel('cart', LIMITS)).toEqual(['cart'])
  expect(wrapLabel('payment-authorisation-gateway', LIMITS)).toEqual([
    'payment-authorisation-',
    'gateway',
  ])
})

test('a name that does not fit is cut in the middle, so that both ends are read', () => {
  const lines = wrapLabel(`${'a'.repeat(200)}-end-of-name`, LIMITS)
  expect(lines).toHaveLength(3)
  expect(lines.join('')).toMatch(/^a+…a*.*end-of-name$/)
})

test('whatever the name, lines and their lengths are bounded', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
      const lines = wrapLabel(displayName(name), LIMITS)
      expect(lines.length).toBeLessThanOrEqual(3)
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(22)
    }),
  )
})
