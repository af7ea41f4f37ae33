// Rules and patterns: who wins where a deny rule, an allow rule and an entry meet, and what a pattern
// matches.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NodePattern, Tags } from '../../../core/baseline/content.ts'
import { compilePattern } from '../../../core/baseline/pattern.ts'
import { isHeld } from '../../../core/baseline/prepare.ts'
import type { NodeKey } from '../../../core/graph/node.ts'
import { tagsFrom } from '../../../core/graph/tags.ts'
import { entryOf, ruleOf } from './contents.ts'
import { edge, judge, NOW_MS, node, prepare, tell } from './world.ts'

const [web, api, gateway] = [node('web'), node('api'), node('gateway')]
const users = node('users', 'database')
const allow = (said = {}) =>
  ruleOf('allow-api', { effect: 'allow', target: { name: 'api' }, ...said })
const deny = (said = {}) => ruleOf('deny-api', { effect: 'deny', target: { name: 'api' }, ...said })
const past = { expiresAtMs: NOW_MS }
const future = { expiresAtMs: NOW_MS + 1 }
const excepted = entryOf(web, api, { exceptionTo: ['deny-api'] })

describe('of an entry, an allow rule and a deny rule', () => {
  test.each([
    ['nothing', [], [], ['new_service web>api']],
    ['an entry', [entryOf(web, api)], [], []],
    ['an allow rule', [], [allow()], []],
    ['a deny rule', [], [deny()], ['denied web>api']],
    ['an entry and an allow rule', [entryOf(web, api)], [allow()], []],
    ['an entry and a deny rule', [entryOf(web, api)], [deny()], ['denied web>api']],
    ['an allow rule and a deny rule', [], [allow(), deny()], ['denied web>api']],
    ['all three', [entryOf(web, api)], [allow(), deny()], ['denied web>api']],
    ['an exception', [excepted], [deny()], []],
    [
      'an exception to another rule',
      [{ ...excepted, exceptionTo: ['x'] }],
      [deny()],
      ['denied web>api'],
    ],
    [
      'an exception to one of two',
      [excepted],
      [deny(), deny({ id: 'deny-2' })],
      ['denied web>api'],
    ],
    ['an exception that ran out', [{ ...excepted, ...past }], [deny()], ['denied web>api']],
    ['an exception that runs out soon', [{ ...excepted, ...future }], [deny()], []],
    [
      'an exception in quarantine',
      [{ ...excepted, quarantine: ['one_trace'] as const }],
      [deny()],
      ['denied web>api'],
    ],
    ['a deny rule that ran out', [entryOf(web, api)], [deny(past)], []],
    ['a deny rule that runs out soon', [entryOf(web, api)], [deny(future)], ['denied web>api']],
    ['an entry that ran out', [entryOf(web, api, past)], [], ['expired web>api']],
    ['an entry that ran out, and an allow rule', [entryOf(web, api, past)], [allow()], []],
    ['an allow rule that ran out', [], [allow(past)], ['expired web>api']],
    [
      'an entry in quarantine',
      [entryOf(web, api, { quarantine: ['last_hour'] })],
      [],
      ['new_service web>api'],
    ],
  ])('%s', (_, entries, rules, expected) => {
    const live = [edge(web, api)]
    expect(tell(judge({ entries, rules, live }))).toEqual(expected)
    const { baseline, moment } = prepare({ entries, rules })
    expect(isHeld(edge(web, api), baseline, moment)).toBe(expected.length === 0)
  })
})

test('an allow rule that ran out explains only edges that were there while it held', () => {
  const rules = [allow({ expiresAtMs: NOW_MS - 1000 })]
  const seen = (firstSeenMs: number) => judge({ rules, live: [edge(web, api, { firstSeenMs })] })[0]
  expect(seen(NOW_MS - 1001)).toMatchObject({ kind: 'expired', ruleId: 'allow-api' })
  expect(seen(NOW_MS - 1000)).toMatchObject({ kind: 'new_service', ruleId: null })
})

test('of several deny rules that match the first by id is named, in whatever order they stand', () => {
  const rules = [deny({ id: 'c' }), deny({ id: 'a' }), deny({ id: 'b' })]
  for (const order of [rules, rules.toReversed()])
    expect(judge({ rules: order, live: [edge(web, api)] })[0]?.ruleId).toBe('a')
})

test('rules know tags, and follow them', () => {
  const rules = [
    ruleOf('pii', {
      effect: 'deny',
      target: { dataClass: 'PII' },
      source: { except: [{ owner: 'billing' }] },
    }),
  ]
  const tags = [
    [users, { dataClasses: ['pii', 'x'] }],
    [api, { owner: 'billing' }],
  ] as const
  const entries = [entryOf(web, users), entryOf(api, users)]
  const live = [edge(web, users), edge(api, users)]
  expect(tell(judge({ entries, rules, tags, live }))).toEqual(['denied web>users'])
  expect(judge({ entries, rules, live })).toEqual([])
})

test('"only the gateway may be called by users" finds what goes around it', () => {
  const user = node('user', 'user')
  const rules = [
    ruleOf('front-door', {
      effect: 'deny',
      source: { kind: 'user' },
      target: { except: [{ name: 'gateway' }] },
    }),
  ]
  const entries = [entryOf(user, gateway), entryOf(gateway, api), entryOf(user, api)]
  const drifts = judge({
    entries,
    rules,
    live: entries.map(({ source, target }) => edge(source, target)),
  })
  expect(tell(drifts)).toEqual(['denied user>api'])
  expect(drifts[0]?.summary).toBe(
    'A user called api, which rule “front-door” of baseline version 7 denies.',
  )
})

describe('allowances', () => {
  const seen = edge(web, api, { protocol: 'grpc', ports: [1, 2], operations: ['A', 'B'] })

  test.each([
    ['an entry that leaves all open', [entryOf(web, api)], [], []],
    [
      'an entry that allows just that',
      [entryOf(web, api, { ports: [1, 2], operations: ['B', 'A', 'C'], protocols: ['grpc'] })],
      [],
      [],
    ],
    ['an entry that allows nothing', [entryOf(web, api, { ports: [] })], [], [1, 2]],
    [
      'an entry and a rule that allow one each',
      [entryOf(web, api, { ports: [1] })],
      [allow({ ports: [2] })],
      [],
    ],
    [
      'an entry that allows one, a rule that leaves open',
      [entryOf(web, api, { ports: [1] })],
      [allow()],
      [],
    ],
    ['a rule alone', [], [allow({ ports: [2] })], [1]],
    [
      'a rule that ran out beside an entry',
      [entryOf(web, api, { ports: [1] })],
      [allow({ ports: [2], ...past })],
      [2],
    ],
  ])('of %s', (_, entries, rules, ports) => {
    const drifts = judge({ entries, rules, live: [seen] })
    expect(drifts.map(({ kind, news }) => [kind, news.ports])).toEqual(
      ports.length > 0 ? [['new_port', ports]] : [],
    )
  })

  test('all that is beyond them is told, by the most specific kind', () => {
    const narrow = entryOf(web, api, { protocols: ['http'], ports: [2], operations: ['A'] })
    expect(judge({ entries: [narrow], live: [seen] })[0]).toMatchObject({
      kind: 'new_protocol',
      news: { protocols: ['grpc'], ports: [1], operations: ['B'] },
    })
  })
})

/** A name that peers stated and the service of that name, approved apart, become one node. */
describe('two entries of one edge', () => {
  const downgrade = edge(web, api, { plainCalls: 1, ports: [1, 2] })
  const told = (...entries: readonly ReturnType<typeof entryOf>[]) =>
    [entries, entries.toReversed()].map((each) => tell(judge({ entries: each, live: [downgrade] })))

  test('hold it when one of them does', () => {
    const [held, aside] = [entryOf(web, api), entryOf(web, api, { quarantine: ['one_trace'] })]
    expect(told(held, aside)).toEqual([[], []])
    expect(told(aside, entryOf(web, api, past))).toEqual([['expired web>api'], ['expired web>api']])
  })

  test('allow what either allows, and know of encryption only together', () => {
    const [one, two] = [entryOf(web, api, { ports: [1] }), entryOf(web, api, { ports: [2] })]
    expect(told(one, two)).toEqual([[], []])
    const encrypted = entryOf(web, api, { isEncrypted: true })
    expect(told(encrypted, entryOf(web, api))).toEqual([[], []])
    expect(told(encrypted, encrypted)).toEqual([['downgraded web>api'], ['downgraded web>api']])
  })
})

/** Written from the words of content.ts, without globs: patterns here are `*`, a literal, or a prefix. */
function matches(pattern: NodePattern, key: NodeKey, tags: Tags): boolean {
  const fits = (text: string | undefined, value: string) => {
    if (text === undefined || text === '*') return true
    return text.endsWith('*') ? value.startsWith(text.slice(0, -1)) : value === text
  }
  return (
    fits(pattern.environment, key.environment) &&
    fits(pattern.kind, key.kind) &&
    fits(pattern.namespace, key.namespace) &&
    fits(pattern.name, key.name) &&
    fits(pattern.owner, tags.owner) &&
    (pattern.dataClass === undefined ||
      tags.dataClasses.some((each) => fits(pattern.dataClass, each))) &&
    fits(pattern.exposure, tags.exposure) &&
    fits(pattern.layer, tags.layer) &&
    (pattern.except ?? []).every((each) => !matches(each, key, tags))
  )
}

describe('a pattern', () => {
  const text = fc.constantFrom('', 'a', 'ab', 'b')
  const glob = fc.oneof(text, fc.constantFrom('*', 'a*', 'b*'))
  const field = {
    environment: glob,
    kind: fc.constantFrom('service', 'data*', '*'),
    namespace: glob,
  }
  const said = { ...field, name: glob, owner: glob, dataClass: glob, exposure: glob, layer: glob }
  const optional = { requiredKeys: [] }
  const except = (inner: fc.Arbitrary<NodePattern>): fc.Arbitrary<NodePattern> =>
    fc.record({ ...said, except: fc.array(inner, { maxLength: 2 }) }, optional)
  const pattern = except(except(fc.record(said, optional)))
  const key = fc.record({
    environment: text,
    kind: fc.constantFrom('service' as const, 'database' as const),
    namespace: text,
    name: text,
  })
  const tagged = fc.record({
    owner: text,
    dataClasses: fc.subarray(['a', 'ab']),
    exposure: text,
    layer: text,
  })

  test('matches what its words say, exceptions of exceptions included', () => {
    fc.assert(
      fc.property(pattern, key, tagged, (one, at, tags) => {
        expect(compilePattern(one)(at, tags)).toBe(matches(one, at, tags))
      }),
      { numRuns: 2000 },
    )
  })

  test('that says nothing matches anything, and a class by a star asks for some class', () => {
    expect(compilePattern({})(web, tagsFrom([]))).toBe(true)
    expect(compilePattern({ dataClass: '*' })(web, tagsFrom([]))).toBe(false)
    expect(compilePattern({ owner: '' })(web, tagsFrom([]))).toBe(true)
    expect(compilePattern({ except: [{}] })(web, tagsFrom([]))).toBe(false)
  })
})
