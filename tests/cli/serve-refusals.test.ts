// What `serve` refuses, each with one clear sentence a problem and exit code 1, before anything starts.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runStrayline } from './run-command.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'strayline-serve-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function refuse(settings: { readonly [variable: string]: string }) {
  const environment = { STRAYLINE_DATA_DIR: path.join(folder, 'data'), ...settings }
  return runStrayline(['serve'], { environment })
}

test('every wrong variable is told at once, and nothing is made', async () => {
  const { exitCode, stderr } = await refuse({
    STRAYLINE_HOLD: 'soon',
    STRAYLINE_WEB_PORT: '99999',
    DATABASE_URL: 'mysql://root:hunter2@db/x',
  })
  expect(exitCode).toBe(1)
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringContaining('DATABASE_URL is a value that is not accepted'),
    expect.stringContaining('STRAYLINE_WEB_PORT is "99999"'),
    expect.stringContaining('STRAYLINE_HOLD is "soon": it must be a duration from 100ms to 10m'),
  ])
  expect(stderr).not.toContain('hunter2')
  expect(existsSync(path.join(folder, 'data'))).toBe(false)
})

test('beyond loopback the web needs its URL and the collector its token', async () => {
  const open = { STRAYLINE_WEB_HOST: '0.0.0.0', STRAYLINE_COLLECTOR_HOST: '0.0.0.0' }
  const { exitCode, stderr } = await refuse(open)
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/STRAYLINE_URL must be set[\s\S]*STRAYLINE_INGEST_TOKEN must be set/)
})

test('a database that cannot be reached is one sentence without its password', async () => {
  const { exitCode, stderr } = await refuse({
    DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/strayline',
  })
  expect({ exitCode, lines: stderr.trim().split('\n').length }).toEqual({ exitCode: 1, lines: 1 })
  expect(stderr).toContain('127.0.0.1:1/strayline cannot be reached')
  expect(stderr).not.toContain('hunter2')
})

test('a key of secrets that is none is one sentence that does not show it', async () => {
  const dataDir = path.join(folder, 'bad-key')
  mkdirSync(dataDir)
  writeFileSync(path.join(dataDir, 'secrets.key'), 'torn-key')
  const { exitCode, stderr } = await refuse({ STRAYLINE_DATA_DIR: dataDir })
  expect({ exitCode, lines: stderr.trim().split('\n').length }).toEqual({ exitCode: 1, lines: 1 })
  expect(stderr).toMatch(/secrets\.key holds no key of 32 bytes .*Put back the one that was there/)
  expect(stderr).not.toContain('torn-key')
  expect(existsSync(path.join(dataDir, 'run.json'))).toBe(false)
})

test('a data directory that cannot be made is one sentence', async () => {
  const file = path.join(folder, 'file')
  writeFileSync(file, '')
  const { exitCode, stderr } = await refuse({ STRAYLINE_DATA_DIR: path.join(file, 'data') })
  expect({ exitCode, lines: stderr.trim().split('\n').length }).toEqual({ exitCode: 1, lines: 1 })
  expect(stderr).toContain('STRAYLINE_DATA_DIR=')
})

test('settings may come from a named file, and the environment wins', async () => {
  const file = path.join(folder, 'settings')
  writeFileSync(file, 'STRAYLINE_HOLD=never\nSTRAYLINE_QUIET=1s\n')
  const args = ['--settings', file, 'doctor']
  const { exitCode, stdout } = await runStrayline(args)
  expect(exitCode).toBe(1)
  expect(stdout).toContain('STRAYLINE_HOLD is "never"')
  const overruled = await runStrayline(args, { environment: { STRAYLINE_HOLD: '3s' } })
  expect(overruled.stdout).toContain('all accepted')
})

test('doctor works when everything is down, and says so', async () => {
  const ports = {
    STRAYLINE_WEB_PORT: '1',
    STRAYLINE_OTLP_HTTP_PORT: '1',
    STRAYLINE_OTLP_GRPC_PORT: '1',
  }
  const environment = { STRAYLINE_DATA_DIR: path.join(folder, 'none'), ...ports }
  const { exitCode, stdout } = await runStrayline(['doctor'], { environment })
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^serve +not running$/m)
  expect(stdout).toMatch(/^database +embedded, not running$/m)
  expect(stdout).toMatch(/^collector +gRPC 127\.0\.0\.1:1: not listening$/m)
})
