// A baseline file that people keep in Git is revised in place: what they wrote beside the content stays, and a
// diff shows what changed and nothing else.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BaselineContent, BaselineEntry } from '../../../core/baseline/content.ts'
import { parseBaselineFile } from '../../../core/baseline/file/parse.ts'
import { printBaselineFile } from '../../../core/baseline/file/print.ts'
import { anyContent, anyText, entryOf, ruleOf, service } from './contents.ts'

const FORMER = `# yaml-language-server: $schema=../baseline.schema.json
# Ours. Ask team-platform before you change it.
strayline: baseline/v1
environment: production   # the real one

entries:
  # --- orders ---
  - source: gateway         # the only way in
    target: shop/checkout
    # asked for in SEC-12
    purpose: "places orders"
    operations:
      - GET /orders         # list
      - POST /orders        # place

  # checkout keeps its orders here
  - target: database postgresql:orders
    source: shop/checkout
    expires: 2027-01-31     # see SEC-13

  - { source: shop/checkout, target: mailer }   # short

  # --- end of orders ---

rules:
    - id: no-skipping
      effect: deny
      source: any
      target:
          kind: database
          name: billing-*
# that is all
`

function read(text: string): BaselineContent {
  const parsed = parseBaselineFile(text)
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.problems)}\n${text}`)
  return parsed.content
}

const BEFORE = read(FORMER)

/** The former text with one entry changed, by the name of its target. */
function withEntry(name: string, change: Partial<BaselineEntry>): string {
  const entries = BEFORE.entries.map((entry) =>
    entry.target.name === name ? { ...entry, ...change } : entry,
  )
  return printBaselineFile({ ...BEFORE, entries }, FORMER)
}

test('what did not change is the same text', () => {
  expect(printBaselineFile(BEFORE, FORMER)).toBe(FORMER)
  const reversed = { ...BEFORE, entries: BEFORE.entries.toReversed() }
  expect(printBaselineFile(reversed, FORMER)).toBe(FORMER)
})

test('a changed field is changed in its place, a new one stands where it would be looked for', () => {
  expect(withEntry('checkout', { purpose: 'places and cancels orders' })).toBe(
    FORMER.replace('"places orders"', 'places and cancels orders'),
  )
  expect(withEntry('checkout', { owner: 'team-shop' })).toBe(
    FORMER.replace('"places orders"\n', '"places orders"\n    owner: team-shop\n'),
  )
  expect(withEntry('postgresql:orders', { expiresAtMs: Date.UTC(2028, 0, 1) })).toBe(
    FORMER.replace('expires: 2027-01-31 ', 'expires: 2028-01-01 '),
  )
  expect(withEntry('mailer', { owner: 'team-shop' })).toBe(
    FORMER.replace(
      '- { source: shop/checkout, target: mailer }',
      '- source: shop/checkout\n    target: mailer\n    owner: team-shop',
    ),
  )
})

test('a removed field goes with its line', () => {
  expect(withEntry('postgresql:orders', { expiresAtMs: null })).toBe(
    FORMER.replace('    expires: 2027-01-31     # see SEC-13\n', ''),
  )
  expect(withEntry('checkout', { operations: null })).toBe(
    FORMER.replace(/ {4}operations:\n.*\n.*\n/, ''),
  )
})

test('a removed entry goes with the comment directly above it, but the head of the list stays', () => {
  const without = (name: string) =>
    printBaselineFile(
      { ...BEFORE, entries: BEFORE.entries.filter(({ target }) => target.name !== name) },
      FORMER,
    )
  expect(without('postgresql:orders')).toBe(
    FORMER.replace(/\n {2}# checkout keeps[\s\S]*?# see SEC-13\n/, ''),
  )
  expect(without('mailer')).toBe(
    FORMER.replace('\n  - { source: shop/checkout, target: mailer }   # short\n', ''),
  )
  expect(without('checkout')).toContain('entries:\n  # --- orders ---\n\n  # checkout keeps')
  const none = printBaselineFile({ ...BEFORE, entries: [] }, FORMER)
  expect(none).toContain('entries:\n  # --- orders ---\n')
  expect(none).toContain('  # --- end of orders ---\n')
  expect(read(none).entries).toEqual([])
})

test('a new entry stands after the one that comes before it, spaced as the others are', () => {
  const added = entryOf(service('checkout', { namespace: 'shop' }), service('audit'))
  const entries = BEFORE.entries.toSpliced(2, 0, added)
  expect(printBaselineFile({ ...BEFORE, entries }, FORMER)).toBe(
    FORMER.replace(
      '# see SEC-13\n',
      '# see SEC-13\n\n  - source: shop/checkout\n    target: audit\n',
    ),
  )
  const first = printBaselineFile({ ...BEFORE, entries: [added, ...BEFORE.entries] }, FORMER)
  expect(first).toContain(
    'entries:\n  - source: shop/checkout\n    target: audit\n\n  # --- orders',
  )
})

test('rules and nodes come where there were none, in the layout that is there', () => {
  const nodes = [{ ...service('mailer'), owner: 'x', dataClasses: [], exposure: '', layer: '' }]
  const rules = [...BEFORE.rules, ruleOf('more')]
  const text = printBaselineFile({ ...BEFORE, rules, nodes }, FORMER)
  expect(text).toContain('          name: billing-*\n    - id: more\n      effect: deny\n')
  expect(text).toContain('nodes:\n  - node: mailer\n    owner: x\n# that is all\n')
  const empty = FORMER.replace(/rules:[\s\S]*/, 'rules: []   # none yet\nnodes:\n')
  const filled = printBaselineFile({ ...BEFORE, rules: [ruleOf('more')], nodes }, empty)
  expect(filled).toContain('rules:   # none yet\n  - id: more\n')
  expect(filled).toContain('nodes:\n  - node: mailer\n')
})

test('another environment renames what stated none, and nothing else moves', () => {
  const entries = BEFORE.entries.map(({ source, target, ...rest }) => ({
    ...rest,
    source: { ...source, environment: 'staging' },
    target: { ...target, environment: 'staging' },
  }))
  expect(printBaselineFile({ ...BEFORE, environment: 'staging', entries }, FORMER)).toBe(
    FORMER.replace('environment: production ', 'environment: staging '),
  )
})

test('lines may end as on Windows', () => {
  const windows = FORMER.replaceAll('\n', '\r\n')
  const entries = BEFORE.entries.map((entry) => ({ ...entry, owner: 'team-shop' }))
  const revised = printBaselineFile({ ...BEFORE, entries }, windows)
  expect(revised.replaceAll('\r\n', '\n')).toBe(printBaselineFile({ ...BEFORE, entries }, FORMER))
  expect(revised).not.toMatch(/[^\r]\n/)
})

test('a former text that cannot be read counts as none', () => {
  expect(printBaselineFile(BEFORE, 'entries: [')).toBe(printBaselineFile(BEFORE))
})

/** A content, and one that shares some of its items, some of them changed. */
const twoContents = fc
  .tuple(anyContent, anyContent, fc.infiniteStream(fc.nat(3)), anyText)
  .map(([one, other, choices, text]): readonly [BaselineContent, BaselineContent] => {
    const next = () => choices.next().value
    const keep = <Item>(items: readonly Item[], change: (item: Item) => Item) =>
      items.flatMap((item) => [[], [item], [item], [change(item)]][next()] ?? [])
    const rules = keep(one.rules, (rule) => ({ ...rule, purpose: text, ports: [80], source: {} }))
    const ids = new Set(rules.map(({ id }) => id))
    const entries = keep(one.entries, (entry) => ({ ...entry, owner: text, expiresAtMs: null }))
    const held = entries.map((entry) => ({
      ...entry,
      exceptionTo: entry.exceptionTo.filter((id) => ids.has(id)),
    }))
    const nodes = keep(one.nodes, (node) => ({ ...node, layer: text, dataClasses: ['pii'] }))
    const revised = { environment: one.environment, entries: held, rules, nodes }
    return [one, next() === 0 ? other : revised]
  })

test('whatever the former text was, the revised one says the content, and again is the same', () => {
  const sorted = (content: BaselineContent) => ({
    environment: content.environment,
    lists: [content.entries, content.rules, content.nodes].map((list) =>
      list.map((item) => JSON.stringify(item)).sort(),
    ),
  })
  fc.assert(
    fc.property(twoContents, ([before, after]) => {
      const former = printBaselineFile(before)
      const revised = printBaselineFile(after, former)
      expect(sorted(read(revised))).toEqual(sorted(read(printBaselineFile(after))))
      expect(printBaselineFile(read(revised), revised)).toBe(revised)
    }),
    { numRuns: 100 },
  )
}, 240_000)

test('comments above what stays are never lost', () => {
  fc.assert(
    fc.property(twoContents, ([before, after]) => {
      let number = 0
      const former = printBaselineFile(before).replace(
        /^ {2}- /gm,
        () => `  # note ${number++}\n\n  # own ${number}\n  - `,
      )
      const revised = printBaselineFile(after, former)
      for (let at = 0; at < number; at++) expect(revised).toContain(`# note ${at}\n`)
    }),
    { numRuns: 100 },
  )
}, 240_000)
