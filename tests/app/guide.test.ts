// docs/guide/api.md: its examples, run as they stand there, against a running product.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiToken } from '../../storage/api-tokens.ts'
import { commitTraffic } from './traffic.ts'
import { isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

const GUIDE = readFileSync(path.join(import.meta.dirname, '../../docs/guide/api.md'), 'utf8')
const hasCurl = spawnSync('curl', ['--version']).status === 0
const folder = mkdtempSync(path.join(tmpdir(), 'strayline-guide-'))

let world: WebWorld
let token: string
beforeAll(async () => {
  if (!isBuilt || !hasCurl) return
  world = await startWebWorld()
  await commitTraffic(world, [
    ['web', 'billing'],
    ['billing', 'ledger'],
  ])
  await approveFirst()
  const make = { name: 'ci', role: 'analyst', expiresAtMs: null, actor: 'ada' } as const
  token = await createApiToken(world.owner, make)
})
afterAll(async () => {
  await world?.end()
  rmSync(folder, { recursive: true, force: true })
})

async function approveFirst(): Promise<void> {
  const body = { environment: 'prod', reason: 'x', source: { from: 'window' } }
  const { json, headers } = await world.ask('baselines', { method: 'POST', body })
  const approved = await world.ask(`baselines/${json.version}/approve?environment=prod`, {
    ...{ method: 'POST', body: { reason: 'x' } },
    headers: { 'if-match': headers.get('etag') ?? '' },
  })
  expect(approved.status).toBe(200)
}

test.skipIf(!isBuilt || !hasCurl)('every example of the guide runs', { timeout: 120_000 }, () => {
  const examples = [...GUIDE.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text]) => text)
  expect(examples.length).toBeGreaterThan(6)
  const script = `set -euo pipefail\n${examples.join('echo\n')}`
  const run = spawnSync('bash', ['--norc', '-c', script], {
    cwd: folder,
    env: { PATH: process.env.PATH, URL: world.url, TOKEN: token } as unknown as NodeJS.ProcessEnv,
    encoding: 'utf8',
  })
  expect([run.status, run.stderr]).toEqual([0, ''])
  for (const said of ['"role":"analyst"', 'only-billing', '"state":"in_review"', '"isIntact":true'])
    expect(run.stdout + readFileSync(path.join(folder, 'draft.json'), 'utf8')).toContain(said)
})
