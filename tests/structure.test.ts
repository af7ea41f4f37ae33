// Style as a test: the arrows between folders and the habits of STYLE hold in the whole tree, and the
// checker finds each of them broken in the fixtures (a folder a rule, a small tree each).
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { checkStructure, readTree } from './support/structure.ts'

const ROOT = path.join(import.meta.dirname, '..')
const FIXTURES = path.join(ROOT, 'tests/fixtures/structure')

test('the tree keeps its arrows and habits', () => {
  expect(checkStructure(readTree(ROOT))).toEqual([])
})

/** What each fixture breaks, and nothing else. */
const BROKEN: { readonly [fixture: string]: readonly string[] } = {
  'core-to-storage': ['core/a.ts: arrow: core -> storage (../storage/b.ts)'],
  'core-to-node': ['core/a.ts: core is pure: node:fs'],
  'core-to-package': ['core/a.ts: core is pure: postgres'],
  'storage-to-collector': ['storage/a.ts: arrow: storage -> collector (../collector/b.ts)'],
  'collector-to-notify': ['collector/a.ts: arrow: collector -> notify (../notify/b.ts)'],
  'collector-to-app': ['collector/a.ts: arrow: collector -> app (../app/b.ts)'],
  'notify-to-collector': ['notify/a.ts: arrow: notify -> collector (../collector/b.ts)'],
  'app-to-collector': ['app/a.ts: arrow: app -> collector (../collector/b.ts)'],
  'app-to-cli': ['app/a.ts: arrow: app -> cli (../cli/b.ts)'],
  'cli-to-app': ['cli/a.ts: arrow: cli -> app (../app/b.ts)'],
  'components-to-storage': ['components/a.ts: arrow: components -> storage (../storage/b.ts)'],
  'components-to-app': ['components/a.ts: arrow: components -> app (../app/b.ts)'],
  'worker-by-url': ['collector/a.ts: arrow: collector -> cli (../cli/b.ts)'],
  'client-to-storage': ['app/a.tsx: client reaches storage: app/b.ts -> storage/c.ts'],
  'any-type': ['core/a.ts: banned word: any'],
  'unsafe-sql': ['storage/a.ts: banned word: .unsafe('],
  'environment-read': ['collector/a.ts: banned word: process.env'],
  'default-export': ['core/a.ts: default export: core/a.ts'],
  'no-header': ['core/a.ts: header: a file starts with a comment that says what it is'],
  'too-long': ['core/a.ts: length: 301 lines'],
  'machine-path': [`core/a.ts: machine path: ${['', 'home', 'someone'].join('/')}`],
  'package-host': [`core/a.ts: package host: ${['registry', 'example', 'o'].join('.')}`],
  barrel: ['core/index.ts: barrel: core/index.ts'],
  drawer: ['core/helpers/a.ts: drawer: core/helpers'],
}

test.each(Object.entries(BROKEN))('the checker finds what is broken in %s', (fixture, expected) => {
  const findings = checkStructure(readTree(path.join(FIXTURES, fixture)))
  expect(findings.map(({ file, rule, detail }) => `${file}: ${rule}: ${detail}`)).toEqual(expected)
})

test('every fixture is listed', () => {
  expect(readdirSync(FIXTURES).sort()).toEqual(Object.keys(BROKEN).sort())
})
