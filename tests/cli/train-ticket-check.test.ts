// The gate over a real system: of train-ticket's 55 edges each in turn is cut from the learned baseline, and the
// check names exactly that one; three of them through a collector as well. Skips where ../shared is absent.
import { existsSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type LoadedBaseline, readBaselineText } from '../../cli/baseline-source.ts'
import { readEvidence } from '../../cli/captured-baseline.ts'
import { holdAgainst } from '../../cli/check.ts'
import { readKnobs } from '../../cli/knob-flags.ts'
import type { BaselineContent } from '../../core/baseline/content.ts'
import type { Evidence } from '../../core/baseline/evidence.ts'
import { printBaselineFile } from '../../core/baseline/file/print.ts'
import { learnBaseline } from '../../core/baseline/learn.ts'
import { moveEnvironment } from '../../core/baseline/move-environment.ts'
import { listAlerts } from '../../storage/alerts.ts'
import { approveVersion, createDraft } from '../../storage/baseline-drafts.ts'
import { type OpenCollector, openCollector } from '../support/open-collector.ts'
import { call, captureOf, makeFolder } from './gate.ts'
import { ROOT, runStrayline } from './run-command.ts'

const CAPTURE = path.join(ROOT, '../shared/traces/train-ticket/2023-01-29.otlp.jsonl.gz')
const isThere = existsSync(CAPTURE)
const EDGES = 55

const folder = makeFolder()
afterAll(folder.remove)

let running: OpenCollector
afterAll(() => running?.close())

let evidence: Evidence
let whole: BaselineContent
beforeAll(async () => {
  if (!isThere) return
  const knobs = readKnobs({})
  if (!knobs.ok) throw new Error(knobs.problems.join('\n'))
  const read = await readEvidence({
    files: [CAPTURE],
    knobs: knobs.knobs,
    wanted: null,
    chosen: null,
  })
  if (!read.ok) throw new Error(read.problems.join('\n'))
  evidence = read.value.evidence
  const pins = { protocols: false, operations: false, ports: false }
  whole = learnBaseline(evidence, { environment: read.value.environment, window: null, pins })
})

/** As the command reads it: through the text of its file. */
function loaded(content: BaselineContent): LoadedBaseline {
  const of = { name: 'baseline.yaml', uri: 'baseline.yaml', version: null }
  const read = readBaselineText(printBaselineFile(content), of)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return read.value
}

function without(at: number): BaselineContent {
  return { ...whole, entries: whole.entries.toSpliced(at, 1) }
}

test.skipIf(!isThere)(
  `with any one of the ${EDGES} edges cut, the check names it and no other (needs ../shared)`,
  () => {
    const options = { isStrict: false, failOn: null, nowMs: 1_790_000_000_000 }
    const held = holdAgainst(loaded(whole), { evidence }, options)
    expect(held).toMatchObject({ hasFailed: false, findings: [], unseen: [] })
    expect(held.edges).toHaveLength(EDGES)
    expect(whole.entries).toHaveLength(EDGES)
    for (const [at, { source, target }] of whole.entries.entries()) {
      const report = holdAgainst(loaded(without(at)), { evidence }, options)
      expect(report.findings.map(({ drift }) => drift.edge)).toEqual([{ source, target }])
      expect(report.hasFailed).toBe(true)
      expect(report.findings[0]?.drift.kind).toMatch(/^new_(edge|service|database|external)$/)
      expect(report.findings[0]?.drift.examples.length).toBeGreaterThan(0)
    }
  },
)

test.skipIf(!isThere)(
  'the command: exit 0 with the whole baseline, exit 1 with one edge cut (needs ../shared)',
  async () => {
    const file = folder.write('whole.yaml', printBaselineFile(whole))
    const startMs = performance.now()
    const passed = await runStrayline(['check', CAPTURE, '--baseline', file])
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
    console.log(`strayline check of 321,068 spans: ${seconds} s`)
    expect(passed).toMatchObject({ exitCode: 0, stderr: '' })
    expect(passed.stdout).toMatch(/^no drift in 55 edges of default/)
    const cut = folder.write('cut.yaml', printBaselineFile(without(7)))
    const failed = await runStrayline(['check', CAPTURE, '--baseline', cut, '--format', 'json'])
    expect(failed.exitCode).toBe(1)
    const { drift } = JSON.parse(failed.stdout) as { readonly drift: readonly object[] }
    const { source, target } = whole.entries[7]!
    expect(drift).toHaveLength(1)
    expect(drift[0]).toMatchObject({ source: { name: source.name }, target: { name: target.name } })
  },
)

/** What the collector makes of captures; `-` is what is given. */
async function replay(environment: string, file: string, stdin = ''): Promise<void> {
  const args = ['--to', running.collector.httpUrl, '--environment', environment, '--wait']
  const outcome = await runStrayline(['replay', file, ...args], { stdin })
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
}

/** Makes the content the active baseline of a new environment, which one of its edges brings to life. */
async function approve(environment: string, content: BaselineContent): Promise<void> {
  const { source, target } = content.entries[0]!
  await replay(environment, '-', captureOf(call(1, source.name, target.name)))
  const actor = 'ada@shop.example'
  const drafted = await createDraft(running.sql, {
    ...{ environment, actor, title: 'a cut', reason: 'to see what is told' },
    source: { from: 'content', content: moveEnvironment(content, environment) },
  })
  const act = { environment, version: drafted.version, expectedRevision: null }
  const decided = { actor: 'bob@shop.example', reason: 'to see', selfApproval: 'allowed' } as const
  expect(await approveVersion(running.sql, { ...act, ...decided })).toMatchObject({
    state: 'active',
  })
}

test.skipIf(!isThere)(
  'three of the cuts through a collector: the replay raises exactly one alert each (needs ../shared)',
  async () => {
    running = await openCollector({ STRAYLINE_HOLD: '3s', STRAYLINE_QUIET: '500ms' })
    for (const at of [3, 28, 54]) {
      const environment = `cut-${at}`
      await approve(environment, without(at))
      await replay(environment, CAPTURE)
      const states = ['open', 'accepted', 'rejected', 'withdrawn'] as const
      const alerts = await listAlerts(running.sql, { environment, states, countMax: 10 })
      const { source, target } = whole.entries[at]!
      expect(alerts.map((alert) => [alert.source.name, alert.target?.name])).toEqual([
        [source.name, target.name],
      ])
    }
  },
  400_000,
)
