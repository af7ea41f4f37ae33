// Commands that the dashboard runs: real child processes, tiny programs in the place of cli/main.ts.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createLineReader, parseCommandLine } from '../../app/commands/command-lines.ts'
import type { CommandState } from '../../app/commands/command-state.ts'
import { readCommands, startCommand, stopCommand } from '../../app/commands/run-command.ts'
import { setWebProcess, type WebProcess } from '../../app/web-process.ts'
import { waitFor } from '../support/process.ts'

const root = mkdtempSync(path.join(tmpdir(), 'strayline-commands-'))
mkdirSync(path.join(root, 'cli'))

beforeEach(() => {
  const config = { childVariables: { PATH: process.env.PATH } } as unknown as WebProcess['config']
  setWebProcess({
    ...{ config, rootDir: root, port: 0, publicUrl: '', authSecret: '', made: new Map() },
    ...{ closeStreams: null, isStopping: false },
    layOutDrawing: () => Promise.reject(new Error('no command draws')),
    backtest: () => Promise.reject(new Error('no command tries anything')),
  })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const TELL = `const tell = (line) => process.stdout.write(JSON.stringify(line) + '\\n');`
const STAY = `process.once('disconnect', () => process.exit(1)); setInterval(() => {}, 1000);`

/** Runs the program as a command to its end. */
function run(program: string, variables: Record<string, string> = {}): Promise<CommandState> {
  return new Promise((resolve) => {
    writeFileSync(path.join(root, 'cli/main.ts'), `${TELL}\n${program}`)
    startCommand({
      ...{ kind: 'import', args: ['replay', 'x'], variables, startedBy: 'ada@example.org' },
      onEnd: resolve,
    })
  })
}

test('a command that is done has its counts, and what could not be read with its place', async () => {
  const state = await run(`
    tell({ type: 'progress', sent: 5, total: 9, note: 'sending', phase: 'a', untilMs: null });
    for (let line = 1; line <= 30; line++)
      tell({ type: 'problem', file: 'x', place: 'line ' + line, reason: 'no JSON' });
    console.log('a word of something else');
    tell({ type: 'done', spans: 9, note: 'left out' });`)
  expect(state).toMatchObject({ status: 'done', sent: 5, total: 9, note: 'sending', message: null })
  expect(state.details).toEqual({ phase: 'a', untilMs: null })
  expect(state.result).toEqual({ spans: 9 })
  expect(state.problems).toHaveLength(20)
  expect(state.problems[0]).toEqual({ place: 'line 1', reason: 'no JSON' })
  expect(state.problemCount).toBe(30)
  expect(state.endedMs).toBeGreaterThanOrEqual(state.startedMs)
})

test.each([
  [
    `tell({ type: 'failed', message: 'The collector refuses.' }); process.exitCode = 1`,
    'The collector refuses.',
  ],
  [`console.error("error: unknown command 'x'"); process.exitCode = 2`, "unknown command 'x'"],
  [
    `console.error('strayline: nothing could be read'); process.exitCode = 2`,
    'nothing could be read',
  ],
  [`throw new Error('a secret place')`, 'The command ended with code 1 and did not say why.'],
  [`process.kill(process.pid, 'SIGKILL')`, 'The command was ended by SIGKILL and did not say why.'],
  [`process.exitCode = 0`, 'The command ended with code 0 and did not say why.'],
])('a command that fails says so in a sentence: %s', async (program, message) => {
  expect(await run(program)).toMatchObject({ status: 'failed', message })
})

test('one of a kind runs at a time, and it can be stopped', async () => {
  const ended = run(`tell({ type: 'progress', sent: 0, total: null, note: 'reading' }); ${STAY}`)
  await waitFor('its first line', () => readCommands().find((one) => one.note === 'reading'))
  const again = { kind: 'import', args: [], variables: {}, startedBy: 'b' } as const
  expect(startCommand(again)).toBeNull()
  expect(stopCommand('demo')).toBe(false)
  expect(stopCommand('import')).toBe(true)
  expect(await ended).toMatchObject({ status: 'stopped', message: null })
  expect(stopCommand('import')).toBe(false)
})

test('a child sees what it is given and nothing else of this process', async () => {
  process.env.STRAYLINE_TEST_SECRET = 'not for children'
  const state = await run(
    `tell({ type: 'failed', message: JSON.stringify([process.env.TOKEN, process.env.STRAYLINE_TEST_SECRET]) })`,
    { TOKEN: 'given' },
  )
  delete process.env.STRAYLINE_TEST_SECRET
  expect(state.message).toBe('["given",null]')
})

test('lines come in any pieces; one without end does not fill the memory', () => {
  const lines: string[] = []
  const read = createLineReader(10, (line) => lines.push(line))
  for (const piece of ['a', 'b\nc\n', 'x'.repeat(50), 'y\nd', '\n']) read(piece)
  expect(lines).toEqual(['ab', 'c', 'd'])
})

test.each(['', 'null', '[]', '{"type":"progress"}', '{"type":"other"}', '{"type":"failed"}', '{'])(
  'what is no line of a command is none: %j',
  (text) => {
    expect(parseCommandLine(text)).toBeNull()
  },
)
