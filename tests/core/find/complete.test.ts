// What is offered at a place of an unfinished query, and that taking it leads on.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { completeFind } from '../../../core/find/complete.ts'
import { parseFind } from '../../../core/find/parse.ts'
import { anyGraph, edge, graph, node } from './graphs.ts'

const owned = (owner: string) => ({ tags: { ...node('x').tags, owner } })
const SHOP = graph(
  [node('web', owned('Team A')), node('cart', owned('ops')), node('cart-db', { kind: 'database' })],
  [edge('web>cart', { operations: ['GET /items'] })],
)
/** `|` is the cursor. */
const offered = (text: string) => {
  const cursor = text.indexOf('|')
  const { items } = completeFind(text.replace('|', ''), cursor, SHOP)
  return items.map((item) => item.text)
}

test.each([
  ['ki|', ['kind', 'source.kind', 'target.kind']],
  [
    'own|',
    [
      'owner',
      'unknowncallers',
      'known',
      'source.owner',
      'target.owner',
      'source.unknowncallers',
      'target.unknowncallers',
    ],
  ],
  ['kind |', ['=', '!=', '~', 'startswith', 'endswith']],
  ['calls |', ['>', '<', '>=', '<=', '=', '!=']],
  ['kind = |', ['service', 'database', 'messaging', 'external', 'user', 'none']],
  ['kind=da|', ['database']],
  ['owner = |', ['"Team A"', 'ops', 'none']],
  ['owner = "te|', ['"Team A"']],
  ['operation contains |', ['"GET /items"', 'none']],
  ['tls = |', ['yes', 'no', 'mixed', 'unknown', 'none']],
  ['firstseen < |', ['1h', '24h', '7d']],
  ['car|', ['cart', 'cart-db']],
  ['reach(car|', ['cart', 'cart-db']],
  ['pat|', ['path(']],
])('%s', (text, expected) => {
  expect(offered(text)).toEqual(expected)
})

test('a node named as an operand is offered in quotes, so that its name is found', () => {
  const { items } = completeFind('ne', 2, graph([node('new'), node('newsletter')], []))
  const names = items.filter(({ note }) => note === 'name')
  expect(names.map(({ text }) => text)).toEqual(['"new"', 'newsletter'])
})

test('after a condition its joints come first, at the start they do not', () => {
  expect(offered('new |').slice(0, 2)).toEqual(['and', 'or'])
  expect(offered('kind = user |').slice(0, 2)).toEqual(['and', 'or'])
  expect(offered('|')[0]).toBe('name')
  expect(offered('new and |')).not.toContain('or')
  expect(offered('has |')).not.toContain('or')
})

test('at any place of any text nothing throws, and an item never breaks what was whole', () => {
  const words = fc.constantFrom(
    ...'kind = user and new ( ) calls > 5 path(a, " or ~ owner'.split(' '),
  )
  fc.assert(
    fc.property(anyGraph, fc.array(words, { maxLength: 12 }), fc.nat(60), (any, parts, place) => {
      const text = parts.join(' ')
      const cursor = Math.min(place, text.length)
      const { from, to, items } = completeFind(text, cursor, any)
      expect([from <= to, to]).toEqual([true, cursor])
      expect(items.length).toBeLessThanOrEqual(10)
    }),
  )
  for (const text of ['', 'new and ', 'kind = ', 'owner != '])
    for (const { text: item } of completeFind(text, text.length, SHOP).items.slice(0, 3))
      expect(parseFind(`${text}${item}`), `${text}${item}`).toMatchObject({ ok: true })
})
