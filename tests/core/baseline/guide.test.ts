// docs/guide/baseline.md is true: its examples are baselines that mean what it says, its kinds and severities are
// those of the judge, and so are the doubts of learning.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { QUARANTINE_REASONS } from '../../../core/baseline/content.ts'
import { DRIFT_KINDS, NOTHING_REACHED } from '../../../core/baseline/drift.ts'
import { parseBaselineFile } from '../../../core/baseline/file/parse.ts'
import { severityOf } from '../../../core/baseline/severity.ts'
import type { NodeKey } from '../../../core/graph/node.ts'
import { TAG_ATTRIBUTES } from '../../../core/graph/tags.ts'

const ROOT = path.join(import.meta.dirname, '../../..')
const guide = readFileSync(path.join(ROOT, 'docs/guide/baseline.md'), 'utf8')
const examples = [...guide.matchAll(/```yaml\n(.*?)```/gs)].map((match) => match[1] ?? '')

/** Worked examples leave out the first two lines of a file. */
function wholeFile(example: string): string {
  if (example.startsWith('strayline:')) return example
  return `strayline: baseline/v1\nenvironment: production\n${example}`
}

test('every example is a baseline file', () => {
  expect(examples.length).toBeGreaterThanOrEqual(7)
  for (const example of examples)
    expect(parseBaselineFile(wholeFile(example))).toMatchObject({ ok: true })
})

test('kinds and severities are those of the judge, in its order', () => {
  const rows = [...guide.matchAll(/^\| `(\w+)` \| (critical|high|medium|low) \|/gm)]
  const node: NodeKey = { environment: '', kind: 'service', namespace: '', name: '' }
  const severity = (kind: (typeof DRIFT_KINDS)[number]) =>
    severityOf(kind, { source: node, target: node }, { tags: new Map(), reaches: NOTHING_REACHED })
  expect(rows.map(([, kind, level]) => [kind, level])).toEqual(
    DRIFT_KINDS.map((kind) => [kind, severity(kind)]),
  )
})

test('the doubts of learning and the tags are all there', () => {
  const doubts = [...guide.matchAll(/^\| `(one_\w+|last_\w+)` \|/gm)].map((match) => match[1])
  expect(doubts).toEqual([...QUARANTINE_REASONS])
  const edges = readFileSync(path.join(ROOT, 'docs/guide/edges.md'), 'utf8')
  for (const attribute of Object.values(TAG_ATTRIBUTES))
    expect(edges).toContain(`| \`${attribute}\``)
})
