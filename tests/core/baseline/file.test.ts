// Baselines as files: what is written is read back as it was, whatever is in the names, and looks as a person
// would write it.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import type { BaselineContent } from '../../../core/baseline/content.ts'
import { edgeId } from '../../../core/baseline/drift.ts'
import { parseBaselineFile } from '../../../core/baseline/file/parse.ts'
import { printBaselineFile } from '../../../core/baseline/file/print.ts'
import { baselineJsonSchema } from '../../../core/baseline/file/schema.ts'
import { anyContent, entryOf, ruleOf, service } from './contents.ts'

const ROOT = path.join(import.meta.dirname, '../../..')

function read(text: string): BaselineContent {
  const parsed = parseBaselineFile(text)
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.problems)}\n${text}`)
  return parsed.content
}

test('whatever is written is read back as it was, and written again is the same text', () => {
  fc.assert(
    fc.property(anyContent, (content) => {
      const text = printBaselineFile(content)
      expect(read(text)).toEqual(content)
      expect(printBaselineFile(read(text))).toBe(text)
      expect(printBaselineFile(content, text)).toBe(text)
    }),
    { numRuns: 100 },
  )
}, 240_000)

test('no name can hide in a file: what is invisible or breaks lines stands there escaped', () => {
  fc.assert(
    fc.property(anyContent, (content) => {
      const hidden = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00a0\u2800]/u
      expect(hidden.exec(printBaselineFile(content))).toBeNull()
    }),
    { numRuns: 100 },
  )
}, 240_000)

test('readers of YAML 1.1 see the same texts, but for bare dates', () => {
  fc.assert(
    fc.property(anyContent, (content) => {
      const text = printBaselineFile(content).replace(/expires: (\d\S+)/g, 'expires: "$1"')
      const options = { version: '1.1', merge: false } as const
      expect(parseYaml(text, options)).toEqual(parseYaml(text, { merge: false }))
    }),
    { numRuns: 100 },
  )
}, 240_000)

const SHOP: BaselineContent = {
  environment: 'production',
  entries: [
    entryOf(service('gateway'), service('checkout', { namespace: 'shop' }), {
      purpose: 'places orders',
      owner: 'team-shop',
      ticket: 'SEC-12',
      approver: 'ada@shop.example',
      expiresAtMs: Date.UTC(2027, 0, 31),
      protocols: ['http', 'grpc'],
      operations: ['GET /orders/{id}'],
      ports: [443],
      isEncrypted: true,
      exceptionTo: ['no-skipping'],
      quarantine: ['one_trace', 'last_hour'],
    }),
    entryOf(
      service('checkout', { namespace: 'shop' }),
      service('postgresql:orders', { kind: 'database' }),
    ),
    entryOf(service('checkout', { namespace: 'shop' }), service('a b', { environment: 'staging' })),
  ],
  rules: [
    ruleOf('no-skipping', {
      source: { kind: 'user' },
      target: { except: [{ name: 'gateway' }, { layer: 'edge' }] },
      expiresAtMs: Date.UTC(2027, 0, 31, 12, 30),
    }),
    ruleOf('012', { effect: 'allow', target: { name: 'metrics-*' } }),
  ],
  nodes: [
    {
      ...service('postgresql:orders', { kind: 'database' }),
      ...{
        owner: 'team-shop',
        dataClasses: ['pii', 'payment'],
        exposure: 'internal',
        layer: 'data',
      },
    },
  ],
}

const SHOP_TEXT = `strayline: baseline/v1
environment: production

entries:
  - source: gateway
    target: shop/checkout
    purpose: places orders
    owner: team-shop
    ticket: SEC-12
    approver: ada@shop.example
    expires: 2027-01-31
    protocols: [http, grpc]
    operations: ["GET /orders/{id}"]
    ports: [443]
    encrypted: true
    exceptionTo: [no-skipping]
    quarantine: [one_trace, last_hour]
  - source: shop/checkout
    target: database postgresql:orders
  - source: shop/checkout
    target: { name: a b, environment: staging }

rules:
  - id: no-skipping
    effect: deny
    source: { kind: user }
    target: { except: [{ name: gateway }, { layer: edge }] }
    expires: 2027-01-31T12:30:00Z
  - id: "012"
    effect: allow
    source: any
    target: { name: metrics-* }

nodes:
  - node: database postgresql:orders
    owner: team-shop
    dataClasses: [pii, payment]
    exposure: internal
    layer: data
`

test('a file says what somebody decided and nothing else', () => {
  expect(printBaselineFile(SHOP)).toBe(SHOP_TEXT)
})

test('a list that is too long for its line stands an item a line', () => {
  const operations = Array.from({ length: 9 }, (_, at) => `GET /orders/items/${at}`)
  const text = printBaselineFile({
    ...SHOP,
    ...{ entries: [entryOf(service('a'), service('b'), { operations })], rules: [], nodes: [] },
  })
  expect(text).toContain(
    '    operations:\n      - GET /orders/items/0\n      - GET /orders/items/1\n',
  )
})

test('lines of entries and rules are told', () => {
  const parsed = parseBaselineFile(SHOP_TEXT)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems))
  expect(parsed.content).toEqual(SHOP)
  expect(SHOP.entries.map((entry) => parsed.lines.entries.get(edgeId(entry)))).toEqual([5, 18, 20])
  expect(SHOP.rules.map(({ id }) => parsed.lines.rules.get(id))).toEqual([24, 29])
})

test('a person may write it by hand in other ways', () => {
  const text = `
    # by hand
    environment: "production"
    strayline: 'baseline/v1'
    entries: [{ source: {kind: service, name: gateway}, target: service shop/checkout }]
    rules:
    nodes: null
  `.replaceAll('\n    ', '\n')
  expect(read(text)).toEqual({
    environment: 'production',
    entries: [entryOf(service('gateway'), service('checkout', { namespace: 'shop' }))],
    rules: [],
    nodes: [],
  })
  const moments = ['2027-01-31T12:30Z', '2027-01-31T13:30:00+01:00', '2027-01-31T12:30:00.000Z']
  for (const moment of moments) {
    const [entry] = read(SHOP_TEXT.replace('2027-01-31\n', `${moment}\n`)).entries
    expect(entry?.expiresAtMs).toBe(Date.UTC(2027, 0, 31, 12, 30))
  }
})

test('the published JSON Schema is the one that files are read by', () => {
  const published = readFileSync(path.join(ROOT, 'public/baseline.schema.json'), 'utf8')
  expect(JSON.parse(published)).toEqual(JSON.parse(JSON.stringify(baselineJsonSchema())))
})
