// scripts/setup.mjs in a checkout of its own, with a stand-in for npm (the package host) that notes each
// call: work once, nothing when warm, again after a half-done run, once for two at the same time.
import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const SCRIPTS = path.join(import.meta.dirname, '../../scripts')
let root = ''

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'strayline-setup-'))
  for (const folder of ['scripts', 'prisma', 'app', 'fake-bin']) mkdirSync(path.join(root, folder))
  for (const file of ['setup.mjs', 'find-chromium.mjs'])
    cpSync(path.join(SCRIPTS, file), path.join(root, 'scripts', file))
  write('package-lock.json', '{"packages":{"":{}}}')
  write('prisma/schema.prisma', 'model A {}')
  write('app/page.tsx', 'one')
  writeProgram('fake-bin/npm', NPM)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(file: string, text: string): void {
  writeFileSync(path.join(root, file), text)
}

function writeProgram(file: string, text: string): void {
  write(file, text)
  chmodSync(path.join(root, file), 0o755)
}

/** Makes node_modules as npm would, slowly enough for two runs to meet; fails when a file says so. */
const NPM = `#!/bin/sh
printf 'npm %s; ' "$1" >> calls
sleep 0.3
if [ -e npm-fails ]; then echo "no network" >&2; exit 1; fi
mkdir -p node_modules/.bin
ln -sf "${process.execPath}" node_modules/.bin/node
for tool in prisma next; do
  printf '%s' "require('fs').appendFileSync('calls', '$tool ' + process.argv[2] + '; ')" \\
    > node_modules/.bin/$tool
done
`

type Outcome = { readonly exitCode: number | null; readonly stderr: string }

function runSetup(...words: readonly string[]): Promise<Outcome> {
  const script = path.join(root, 'scripts/setup.mjs')
  const child: ChildProcess = spawn(process.execPath, [script, ...words], {
    env: { PATH: `${path.join(root, 'fake-bin')}:/usr/bin:/bin` } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, stderr }))
  })
}

function calls(): string[] {
  const file = path.join(root, 'calls')
  return existsSync(file) ? readFileSync(file, 'utf8').split('; ').slice(0, -1) : []
}

test('a warm set-up does nothing and, asked to be quiet, says nothing', async () => {
  expect(await runSetup('quiet', 'build')).toMatchObject({ exitCode: 0 })
  expect(calls()).toEqual(['npm ci', 'prisma generate', 'next build'])
  expect(await runSetup('quiet', 'build')).toEqual({ exitCode: 0, stderr: '' })
  expect(calls()).toHaveLength(3)
})

test('each step is done again when one of its inputs changed, and no other', async () => {
  await runSetup('build')
  write('app/page.tsx', 'two')
  await runSetup('build')
  expect(calls().slice(3)).toEqual(['next build'])
  write('prisma/schema.prisma', 'model B {}')
  await runSetup()
  expect(calls().slice(4)).toEqual(['prisma generate'])
  await runSetup('build')
  expect(calls().slice(5)).toEqual(['next build'])
})

test('a failed step is shown, exits with 1 and is done again', async () => {
  write('npm-fails', '')
  const failed = await runSetup('quiet')
  expect(failed.exitCode).toBe(1)
  expect(failed.stderr).toContain('no network')
  rmSync(path.join(root, 'npm-fails'))
  expect(await runSetup('quiet')).toMatchObject({ exitCode: 0 })
  expect(calls()).toEqual(['npm ci', 'npm ci', 'prisma generate'])
})

test('what reads our exports is installed only when it is asked for, and once', async () => {
  mkdirSync(path.join(root, 'tests/readers'), { recursive: true })
  write('tests/readers/package-lock.json', '{}')
  writeProgram('fake-bin/dot', '#!/bin/sh\n') // else the real one would be installed
  const installs = () => readFileSync(path.join(root, 'tests/readers/calls'), 'utf8')
  await runSetup()
  expect(existsSync(path.join(root, 'tests/readers/calls'))).toBe(false)
  expect(await runSetup('readers')).toMatchObject({ exitCode: 0 })
  expect(await runSetup('readers', 'quiet')).toMatchObject({ exitCode: 0 })
  expect(installs()).toBe('npm ci; ')
})

test('of two at the same time one works and the other waits', async () => {
  const outcomes = await Promise.all([runSetup('build'), runSetup('build')])
  expect(outcomes.map((outcome) => outcome.exitCode)).toEqual([0, 0])
  expect(calls()).toEqual(['npm ci', 'prisma generate', 'next build'])
})

test('the lock of a killed set-up is taken over', async () => {
  write('.strayline-setup.lock', '999999999')
  expect(await runSetup('quiet')).toMatchObject({ exitCode: 0 })
  expect(existsSync(path.join(root, '.strayline-setup.lock'))).toBe(false)
})
