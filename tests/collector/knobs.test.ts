// What spans mean is part of the fold's settings: the collector reads each, and a state made under another
// value of any is drained, never folded further.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCollectorConfig } from '../../collector/config.ts'
import { restoreFold } from '../../collector/restore.ts'
import { writeSnapshot } from '../../collector/snapshot.ts'
import type { RecordSource } from '../../collector/source.ts'
import { KNOB_SETTINGS } from '../../core/config/knobs.ts'
import { createFold, foldBatch } from '../../core/fold/fold.ts'
import { FOLD_VERSION, type FoldOptions } from '../../core/fold/options.ts'
import { saveFold } from '../../core/fold/snapshot.ts'
import { batchOf, span } from '../support/spans.ts'

const CHANGED = {
  STRAYLINE_STRICT_TRACE_IDS: 'true',
  STRAYLINE_ORPHANS: 'external:unknown',
  STRAYLINE_TRANSPARENT_SERVICES: 'envoy',
  STRAYLINE_SERVICE_IDENTITY: 'name',
  STRAYLINE_REWRITE_HOSTS: 'a => b',
  STRAYLINE_REWRITE_DATABASES: 'a => b',
  STRAYLINE_REWRITE_DESTINATIONS: 'a => b',
  STRAYLINE_PEER_ATTRIBUTES: 'upstream',
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'strayline-knobs-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function optionsOf(variables: Readonly<Record<string, string>>): FoldOptions {
  const COLLECTOR_DATABASE_URL = 'postgres://c:c@127.0.0.1/c'
  const read = readCollectorConfig({
    COLLECTOR_DATABASE_URL,
    ...variables,
  } as unknown as NodeJS.ProcessEnv)
  if (!read.ok) throw new Error(read.problems.join(' '))
  return read.config.foldOptions
}

/** The journal ends where the snapshot was made. */
const NOTHING_MORE: RecordSource = {
  recordsAfter: (offset) => Promise.resolve({ records: [], nextOffset: offset, gapBytes: 0 }),
  close: () => {},
}

async function restart(foldOptions: FoldOptions) {
  const restored = await restoreFold({
    ...{ source: NOTHING_MORE, snapshotFolder: folder, journalId: 'j', firstOffset: 0 },
    ...{ committed: { journalId: 'j', offset: 100n }, foldOptions, isSetAside: () => false },
  })
  const { start, isStateLost } = restored.findings
  return { start, drainedEdges: restored.drained?.edges.length ?? 0, isStateLost }
}

test('every knob is tried here', () => {
  const variables = Object.values(KNOB_SETTINGS).map(({ variable }) => variable)
  expect(Object.keys(CHANGED).sort()).toEqual(variables.sort())
})

test.each(Object.entries(CHANGED))('%s=%s drains what was pending', async (variable, value) => {
  const before = optionsOf({})
  const fold = createFold(before)
  const attributes = { 'server.address': 'x.example' }
  foldBatch(fold, batchOf([span({ id: 1, service: 'web', kind: 'client', attributes })]), 1_000)
  writeSnapshot(folder, {
    ...{ journalId: 'j', offset: 100, nowMs: 1_000, foldVersion: FOLD_VERSION },
    ...{ foldOptions: before, state: saveFold(fold) },
  })
  expect(await restart(optionsOf({}))).toMatchObject({ start: 'continued', drainedEdges: 0 })
  expect(await restart(optionsOf({ [variable]: value }))).toEqual({
    ...{ start: 'drained', drainedEdges: 1, isStateLost: false },
  })
})

test('a state of another version that cannot be finished is lost, loudly, and no crash', async () => {
  const { store, ...rest } = saveFold(createFold(optionsOf({}))) as { store: object }
  writeSnapshot(folder, {
    ...{ journalId: 'j', offset: 100, nowMs: 1_000, foldVersion: FOLD_VERSION + 1 },
    ...{ foldOptions: optionsOf({}), state: { ...rest, storage: store } },
  })
  expect(await restart(optionsOf({}))).toEqual({
    ...{ start: 'drained', drainedEdges: 0, isStateLost: true },
  })
})
