// Two baselines side by side: what is told of them makes the one of the other, and nothing else.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareBaselines, type Difference, isSame } from '../../../core/baseline/compare.ts'
import type { BaselineContent } from '../../../core/baseline/content.ts'
import { edgeId } from '../../../core/baseline/drift.ts'
import { moveEnvironment } from '../../../core/baseline/move-environment.ts'
import { compareText, nodeId } from '../../../core/graph/node.ts'
import { anyContent, entryOf, ruleOf, service } from './contents.ts'

const [web, api, stock] = [service('web'), service('api'), service('stock')]

function content(said: Partial<BaselineContent>): BaselineContent {
  return { environment: 'production', entries: [], rules: [], nodes: [], ...said }
}

/** Makes the right list of the left one, by what is told. */
function apply<T>(left: readonly T[], difference: Difference<T>, idOf: (item: T) => string) {
  const items = new Map(left.map((item) => [idOf(item), item]))
  for (const item of difference.removed) expect(items.delete(idOf(item))).toBe(true)
  for (const item of difference.added) {
    expect(items.has(idOf(item))).toBe(false)
    items.set(idOf(item), item)
  }
  for (const { left: former, right, fields } of difference.changed) {
    expect(items.get(idOf(former))).toEqual(former)
    expect(fields.length).toBeGreaterThan(0)
    items.set(idOf(right), { ...former, ...Object.fromEntries(fields.map((f) => [f, right[f]])) })
  }
  return items
}

/** Lists say the same in any order and however often. */
function asSaid(items: Iterable<readonly [string, unknown]>): unknown {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      const texts = value.map((each) => JSON.stringify(sorted(each)))
      return [...new Set(texts)].sort()
    }
    if (typeof value !== 'object' || value === null) return value
    const fields = Object.entries(value).filter(([, each]) => each !== undefined)
    const byName = fields.sort(([a], [b]) => compareText(a, b))
    return Object.fromEntries(byName.map(([key, each]) => [key, sorted(each)]))
  }
  return new Map([...items].map(([id, item]) => [id, sorted(item)]))
}

function keyed<T>(items: readonly T[], idOf: (item: T) => string): [string, T][] {
  return items.map((item) => [idOf(item), item])
}

test('what is told of two baselines makes the right one of the left one', () => {
  fc.assert(
    fc.property(anyContent, anyContent, fc.boolean(), (left, other, isNear) => {
      // Near: the same lists, but for what is dropped, added and said otherwise.
      const right = isNear
        ? {
            ...left,
            entries: [...left.entries.slice(1), ...other.entries].map((each, at) =>
              at % 2 === 0 ? { ...each, purpose: 'other' } : each,
            ),
            rules: [...left.rules.slice(1)].map((each) => ({ ...each, target: {} })),
          }
        : other
      const unique = { ...right, entries: [...new Map(keyed(right.entries, edgeId)).values()] }
      const { entries, rules, nodes } = compareBaselines(left, unique, 'everything')
      const moved = moveEnvironment(left, unique.environment)
      const said = (items: Iterable<readonly [string, unknown]>) => asSaid(items)
      expect(said(apply(moved.entries, entries, edgeId))).toEqual(
        said(keyed(unique.entries, edgeId)),
      )
      expect(said(apply(moved.rules, rules, ({ id }) => id))).toEqual(
        said(keyed(unique.rules, ({ id }) => id)),
      )
      expect(said(apply(moved.nodes, nodes, nodeId))).toEqual(said(keyed(unique.nodes, nodeId)))
    }),
    { numRuns: 300 },
  )
})

test('a baseline is the same as itself, in any order, and the other way round is the reverse', () => {
  fc.assert(
    fc.property(anyContent, anyContent, (left, right) => {
      const reversed = {
        ...left,
        entries: left.entries.toReversed(),
        rules: left.rules.toReversed(),
      }
      expect(isSame(compareBaselines(left, reversed, 'everything'))).toBe(true)
      const there = compareBaselines(
        left,
        { ...right, environment: left.environment },
        'everything',
      )
      const back = compareBaselines({ ...right, environment: left.environment }, left, 'everything')
      expect(back.entries.added).toEqual(there.entries.removed)
      expect(back.rules.removed).toEqual(there.rules.added)
      expect(back.entries.changed.map(({ fields }) => fields)).toEqual(
        there.entries.changed.map(({ fields }) => fields),
      )
    }),
  )
})

test('each difference is told once, in order, with the fields that differ', () => {
  const left = content({
    entries: [entryOf(web, stock), entryOf(web, api, { ports: [1, 2] }), entryOf(api, stock)],
    rules: [ruleOf('b'), ruleOf('a', { effect: 'allow' })],
  })
  const right = content({
    entries: [
      entryOf(api, stock, { owner: 'ann', expiresAtMs: 5, ports: [2] }),
      entryOf(stock, web),
      entryOf(api, web),
      entryOf(web, api, { ports: [2, 1] }),
    ],
    rules: [ruleOf('a', { source: { name: 'x' } }), ruleOf('c')],
    nodes: [{ ...web, owner: 'ann', dataClasses: [], exposure: '', layer: '' }],
  })
  const { entries, rules, nodes } = compareBaselines(left, right, 'everything')
  const ends = (all: readonly { source: { name: string }; target: { name: string } }[]) =>
    all.map(({ source, target }) => `${source.name}>${target.name}`)
  expect(ends(entries.added)).toEqual(['api>web', 'stock>web'])
  expect(ends(entries.removed)).toEqual(['web>stock'])
  expect(entries.changed.map(({ fields }) => fields)).toEqual([['expiresAtMs', 'owner', 'ports']])
  expect(rules.added.map(({ id }) => id)).toEqual(['c'])
  expect(rules.removed.map(({ id }) => id)).toEqual(['b'])
  expect(rules.changed.map(({ fields }) => fields)).toEqual([['effect', 'source']])
  expect(nodes.added.map(({ name }) => name)).toEqual(['web'])
})

test('beside traffic only edges are compared', () => {
  const left = content({ entries: [entryOf(web, api, { owner: 'ann' })], rules: [ruleOf('a')] })
  const live = content({ entries: [entryOf(web, api), entryOf(api, stock)] })
  expect(compareBaselines(left, live, 'edges')).toEqual({
    entries: { added: [entryOf(api, stock)], removed: [], changed: [] },
    rules: { added: [], removed: [], changed: [] },
    nodes: { added: [], removed: [], changed: [] },
  })
})

test('two environments are compared as if they were one', () => {
  const staging = { environment: 'staging' }
  const left = content({ entries: [entryOf(web, api)], rules: [ruleOf('a', { target: staging })] })
  const right = content({
    ...staging,
    entries: [entryOf({ ...web, ...staging }, { ...api, ...staging })],
    rules: [ruleOf('a', { target: staging })],
  })
  expect(isSame(compareBaselines(left, right, 'everything'))).toBe(true)
})
