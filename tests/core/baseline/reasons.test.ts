// What speaks for and against an alert: true sentences, each only where its cause is there.
import { describe, expect, test } from 'vitest'
import { nodeId } from '../../../core/graph/node.ts'
import { entryOf, ruleOf } from './contents.ts'
import { edge, judge, NOW_MS, node, type World } from './world.ts'

const [web, api, cart] = [node('web'), node('api'), node('cart')]
const users = node('users', 'database')
const bank = node('bank.example', 'external')
const MINUTE_MS = 60_000

function reasons(world: World) {
  const [drift] = judge(world)
  return [drift?.reasonsFor, drift?.reasonsAgainst]
}

describe('for an alert speaks', () => {
  test('that its ends are in no entry, and that it is the first database', () => {
    expect(reasons({ live: [edge(web, users)] })).toEqual([
      [
        'The baseline has no other database access by web.',
        'No entry of the baseline names web.',
        'No entry of the baseline names users.',
      ],
      [],
    ])
    const entries = [entryOf(web, node('cards', 'database')), entryOf(api, users)]
    expect(reasons({ entries, live: [edge(web, users)] })).toEqual([
      [],
      ['The baseline has 1 other caller of users.'],
    ])
  })

  test('that a domain was never seen', () => {
    const entries = [entryOf(web, api)]
    expect(reasons({ entries, live: [edge(web, bank)] })[0]).toEqual([
      'No entry of the baseline names bank.example.',
    ])
  })

  test('what the rule says that denies it', () => {
    const rules = [ruleOf('no-db', { purpose: 'Only billing may', target: { kind: 'database' } })]
    const entries = [entryOf(api, users)]
    expect(reasons({ entries, rules, live: [edge(api, users)] })[0]).toEqual([
      'The rule “no-db” says: “Only billing may”.',
    ])
  })

  test('how much was in the clear', () => {
    const entries = [entryOf(web, api, { isEncrypted: true })]
    const live = [edge(web, api, { calls: 40, tlsCalls: 20, plainCalls: 12 })]
    expect(reasons({ entries, live })).toEqual([['12 of 40 calls were in the clear.'], []])
  })

  test('which classified data it lets be reached, and that the public can call its source', () => {
    const entries = [entryOf(api, users), entryOf(web, cart)]
    const tags = [
      [users, { dataClasses: ['pii', 'payment'] }],
      [web, { exposure: 'public' }],
    ] as const
    expect(reasons({ entries, tags, live: [edge(web, api)] })[0]).toEqual([
      'Over this edge classified data can be reached: users (“payment” and “pii”).',
      'web is exposed to the public.',
    ])
  })

  test('why learning put it aside', () => {
    const entries = [
      entryOf(web, api, { quarantine: ['one_trace', 'last_hour'] }),
      entryOf(api, web),
    ]
    expect(reasons({ entries, live: [edge(web, api)] })[0]).toEqual([
      'Learning put this edge aside, and nobody has approved it: it was seen in one trace only and it was seen in the last hour of learning only.',
    ])
  })

  test('that no version of its source began near it', () => {
    const rollouts = new Map([[nodeId(web), { version: '1.4', sinceMs: NOW_MS - 62 * MINUTE_MS }]])
    const entries = [entryOf(api, web), entryOf(cart, api)]
    expect(reasons({ entries, rollouts, live: [edge(web, api)] })).toEqual([
      ['No version of web began near its first call: “1.4” is seen since 2026-11-22 10:58 UTC.'],
      ['The baseline has 1 other caller of api.'],
    ])
  })
})

describe('against an alert speaks', () => {
  test.each([
    [-7 * MINUTE_MS, '7 minutes before'],
    [-1 * MINUTE_MS, '1 minute before'],
    [0, 'at the time of'],
    [3 * MINUTE_MS, '3 minutes after'],
  ])('a version that began %i ms beside its first call', (offsetMs, when) => {
    const live = [edge(web, api)]
    const sinceMs = live[0]!.firstSeenMs + offsetMs
    const rollouts = new Map([[nodeId(web), { version: '1.5', sinceMs }]])
    const entries = [entryOf(api, web)]
    expect(reasons({ entries, rollouts, live })).toEqual([
      [],
      [`Version “1.5” of web was first seen ${when} its first call.`],
    ])
  })

  test('that others call the target too, those of its namespace counted', () => {
    const shop = (name: string) => node(name, 'service', 'shop')
    const entries = ['a', 'b', 'c'].map((name) => entryOf(shop(name), users))
    const known = [...entries, entryOf(web, users), entryOf(web, shop('d'))]
    const callers = (source: typeof web) =>
      reasons({ entries: known, live: [edge(source, users)] })[1]
    expect(callers(shop('d'))).toEqual([
      'The baseline has 4 other callers of users, 3 of them in namespace “shop” like shop/d.',
    ])
    expect(callers(api)).toEqual(['The baseline has 4 other callers of users.'])
  })

  test('that one team owns both ends', () => {
    const tags = [web, api].map((key) => [key, { owner: 'payments' }] as const)
    const entries = [entryOf(web, web), entryOf(api, api)]
    expect(reasons({ entries, tags, live: [edge(web, api)] })[1]).toEqual([
      'web and api have one owner, “payments”.',
    ])
  })

  test('that it was approved once, by whom, for what and until when', () => {
    const said = { approver: 'ann@example.org', purpose: 'nightly sync' }
    const expired = entryOf(web, api, { ...said, expiresAtMs: NOW_MS - MINUTE_MS })
    expect(reasons({ entries: [expired], live: [edge(web, api)] })[1]).toEqual([
      'This edge was approved by “ann@example.org” for “nightly sync”, until 2026-11-22 11:59 UTC.',
    ])
    const rules = [ruleOf('no', { target: { name: 'api' } })]
    const entries = [entryOf(web, api, said)]
    expect(reasons({ entries, rules, live: [edge(web, api)] })[1]).toEqual([
      'This edge was approved by “ann@example.org” for “nightly sync”.',
    ])
  })
})

describe('an alert is', () => {
  const severity = (world: World) => judge(world)[0]?.severity
  const entries = [entryOf(web, api), entryOf(api, cart), entryOf(cart, users)]
  const pii = [users, { dataClasses: ['pii'] }] as const
  const exposed = [web, { exposure: 'Public' }] as const

  test.each<[string, World, string]>([
    ['medium for an edge between known services', { entries, live: [edge(web, cart)] }, 'medium'],
    [
      'high when the public can call its source',
      { entries, tags: [exposed], live: [edge(web, cart)] },
      'high',
    ],
    [
      'low for what is done anew over a known edge',
      { entries: [entryOf(web, api, { ports: [1] })], live: [edge(web, api, { ports: [2] })] },
      'low',
    ],
    ['medium for a new service', { entries, live: [edge(web, node('new'))] }, 'medium'],
    ['medium for a database', { entries, live: [edge(web, users)] }, 'medium'],
    [
      'high for a database whose classified data could be reached before',
      { entries, tags: [pii], live: [edge(web, users)] },
      'high',
    ],
    [
      'high for a first path',
      { entries: entries.slice(1), tags: [pii], live: [edge(web, api)] },
      'high',
    ],
    [
      'critical for one from the public',
      { entries: entries.slice(1), tags: [pii, exposed], live: [edge(web, api)] },
      'critical',
    ],
    [
      'critical for one that a public service gains farther away',
      { entries: [entries[0]!, entries[2]!], tags: [pii, exposed], live: [edge(api, cart)] },
      'critical',
    ],
    [
      'critical for one to the data itself',
      { entries: entries.slice(0, 2), tags: [pii], live: [edge(cart, users)] },
      'critical',
    ],
    ['high where it is denied', { entries, rules: [ruleOf('no')], live: [edge(web, api)] }, 'high'],
    [
      'critical where it is denied and opens a path',
      {
        entries,
        rules: [ruleOf('no', { target: { name: 'cart' } })],
        tags: [pii],
        live: [edge(web, cart)],
      },
      'critical',
    ],
    [
      'medium for a downgrade',
      {
        entries: [entryOf(web, api, { isEncrypted: true })],
        live: [edge(web, api, { plainCalls: 1 })],
      },
      'medium',
    ],
    [
      'high for a downgrade to classified data',
      {
        entries: [entryOf(web, users, { isEncrypted: true })],
        tags: [pii],
        live: [edge(web, users, { plainCalls: 1 })],
      },
      'high',
    ],
  ])('%s', (_, world, expected) => {
    expect(severity(world)).toBe(expected)
  })
})
