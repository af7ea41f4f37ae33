// The guides name settings and metrics that exist, with the defaults they have.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { TRUST_WORDS } from '../../../components/map/trust-view.ts'
import { SETTINGS } from '../../../core/config/settings.ts'
import { DEFAULT_FOLD_OPTIONS } from '../../../core/fold/options.ts'

const ROOT = path.join(import.meta.dirname, '../../..')
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const GUIDES = readdirSync(path.join(ROOT, 'docs/guide')).filter((file) => file.endsWith('.md'))
const DEFAULTS = new Map(
  Object.values(SETTINGS).map((setting) => [setting.variable, setting.default]),
)

test.each(GUIDES)('%s names settings that exist', (guide) => {
  const named = read(`docs/guide/${guide}`).match(/STRAYLINE_[A-Z_]+/g) ?? []
  for (const name of named) expect([name, DEFAULTS.has(name)]).toEqual([name, true])
})

test.each(GUIDES)('%s names metrics that exist', (guide) => {
  const metrics = read('collector/metrics.ts')
  const named = read(`docs/guide/${guide}`).match(/strayline_[a-z_]+/g) ?? []
  for (const name of named) expect(metrics).toContain(`'${name.slice('strayline_'.length)}'`)
})

test('the guide to edges gives the limits and times as they are', () => {
  const guide = read('docs/guide/edges.md')
  const limits = [...guide.matchAll(/^\| `(STRAYLINE_\w+)`[^|]*\| (\d+) \|/gm)]
  expect(limits).toHaveLength(6)
  for (const [, name, value] of limits) expect([name, DEFAULTS.get(name!)]).toEqual([name, value])
  const times = [...guide.matchAll(/\(`(STRAYLINE_\w+)`, (\w+)\)/g)]
  expect(times).toHaveLength(3)
  for (const [, name, value] of times) expect([name, DEFAULTS.get(name!)]).toEqual([name, value])
  expect(guide).toContain(`| distinct span shapes | ${DEFAULT_FOLD_OPTIONS.shapesMax} |`)
})

test('the guide to edges names each rule as the panel of an edge does', () => {
  const guide = read('docs/guide/edges.md')
  for (const [rule, words] of Object.entries(TRUST_WORDS))
    expect(guide).toContain(`| ${words} | \`${rule}\` |`)
})
