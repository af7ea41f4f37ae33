// The claim on a data directory: one Strayline each, and what a killed one left is taken over.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { claimDataDir, readRunFile, releaseDataDir, writeRunFile } from '../../cli/run-file.ts'

let dataDir = ''
beforeEach(() => {
  dataDir = path.join(mkdtempSync(path.join(tmpdir(), 'strayline-run-')), 'data')
})
afterEach(() => rmSync(path.dirname(dataDir), { recursive: true, force: true }))

const RUN = { startedAt: '2026-11-01T00:00:00.000Z', childPids: [] }

test('a fresh data directory is made, claimed and released', () => {
  expect(claimDataDir(dataDir)).toEqual({ ok: true, leftover: null })
  expect(readRunFile(dataDir)).toMatchObject({ pid: process.pid })
  releaseDataDir(dataDir)
  expect(readdirSync(dataDir)).toEqual([])
})

test('the claim of a living Strayline is refused and left alone', async () => {
  claimDataDir(dataDir)
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'serve'])
  const run = { ...RUN, pid: other.pid ?? 0, webUrl: 'http://127.0.0.1:3000' }
  writeRunFile(dataDir, run)
  expect(claimDataDir(dataDir)).toEqual({ ok: false, running: run })
  releaseDataDir(dataDir)
  expect(readRunFile(dataDir)).toEqual(run)
  other.kill()
  await new Promise((resolve) => other.once('exit', resolve))
  expect(claimDataDir(dataDir)).toEqual({ ok: true, leftover: run })
})

test('a pid that belongs to another program by now is no Strayline', () => {
  claimDataDir(dataDir)
  writeRunFile(dataDir, { ...RUN, pid: process.ppid })
  expect(claimDataDir(dataDir)).toMatchObject({ ok: true, leftover: { pid: process.ppid } })
})

test('a damaged run file is taken over', () => {
  claimDataDir(dataDir)
  writeFileSync(path.join(dataDir, 'run.json'), '{"pid":')
  expect(claimDataDir(dataDir)).toEqual({ ok: true, leftover: null })
})
