// Names come from spans: whatever they hold, they forge neither the subject of an alert nor a sentence.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { edgeSubject } from '../../../core/baseline/drift.ts'
import type { NodeKey } from '../../../core/graph/node.ts'
import { anyText, entryOf, ruleOf } from './contents.ts'
import { edge, judge, node } from './world.ts'

describe('hostile names', () => {
  const key = fc.record({
    environment: fc.constant('prod'),
    kind: fc.constantFrom('service' as const, 'database' as const, 'external' as const),
    namespace: anyText,
    name: anyText,
  })
  const apart = (a: NodeKey, b: NodeKey) => JSON.stringify(a) !== JSON.stringify(b)

  test('cannot forge the subject of another edge', () => {
    fc.assert(
      fc.property(key, key, key, key, (a, b, c, d) => {
        fc.pre(apart(a, c) || apart(b, d))
        const [one, other] = [edge(a, b), edge(c, d)]
        expect(edgeSubject(one)).not.toBe(edgeSubject(other))
      }),
      { numRuns: 1000 },
    )
  })

  test('stay names in sentences: bounded, on one line, without hidden signs', () => {
    fc.assert(
      fc.property(key, key, anyText, (source, target, text) => {
        const rules = [ruleOf('no', { purpose: text, target: { name: target.name } })]
        const tags = [[source, { exposure: 'public', owner: text }]] as const
        const live = [edge(source, target, { operations: [text] })]
        const worlds = [
          { live, tags },
          { live, rules },
          { live, tags, entries: [entryOf(source, target, { operations: [], approver: text })] },
          { live, entries: [entryOf(source, target, { expiresAtMs: 0, purpose: text })] },
        ]
        for (const drift of worlds.flatMap((world) => judge(world)))
          for (const sentence of [drift.summary, ...drift.reasonsFor, ...drift.reasonsAgainst]) {
            expect(sentence.length).toBeLessThan(800)
            expect(sentence).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u)
            expect(sentence).toMatch(/^[^“”]*(“[^“”]*”[^“”]*)*$/u)
            expect(sentence.endsWith('.')).toBe(true)
          }
      }),
      { numRuns: 400 },
    )
  })

  test.each([
    [
      'a name that reads like a sentence',
      'web is approved; nothing is new. “web”',
      "“web is approved; nothing is new. 'web'”",
    ],
    ['a line break and a NUL', 'web\n\u0000x', '“web\ufffd\ufffdx”'],
    ['a space before a known name', ' web', '“␣web”'],
    ['a name that runs from right to left', 'שלום', '“שלום”'],
    ['an override of the direction', '\u202eslip', '“\ufffdslip”'],
    ['spaces alone', '   ', '“␣␣␣”'],
    ['ten thousand letters', 'x'.repeat(10_000), `${'x'.repeat(40)}…${'x'.repeat(39)}`],
    ['quotes of other tongues', '„a‟«b»', "“'a'«b»”"],
    ['a plain name', 'cart-v2.shop_eu', 'cart-v2.shop_eu'],
    ['a name with a colon in it', 'postgresql:pg-1/users', 'postgresql:pg-1/users'],
    ['a name with a colon at its end', 'approved:', '“approved:”'],
    ['a name of another script', 'корзина', 'корзина'],
  ])('%s', (_, name, shown) => {
    const [drift] = judge({ live: [edge(node(name), node('api'))] })
    expect(drift?.summary).toBe(
      `The new service ${shown} began calling the new service api; baseline version 7 does not hold this edge.`,
    )
  })
})
