// The life of one child process: ready, restarted, given up, stopped. Real processes, tiny programs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Child, type ChildOptions, type GiveUpReason, startChild } from '../../cli/child.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'strayline-child-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const READY = `process.send({ type: 'ready', port: 4711 });`
const ENDS_IN_ORDER = `process.once('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);`

type Started = {
  readonly child: Child
  readonly gaveUp: Promise<GiveUpReason>
  readonly spawns: () => number
}

function start(program: string, more: Partial<ChildOptions> = {}): Started {
  const entry = path.join(folder, `${Math.random()}.mjs`)
  writeFileSync(entry, program)
  const gaveUp = Promise.withResolvers<GiveUpReason>()
  let spawns = 0
  const child = startChild({
    name: 'tester',
    entry,
    environment: process.env,
    pin: (ready) => ({ PORT: String(ready.port) }),
    readyWithinMs: 10_000,
    stopWithinMs: 500,
    onSpawn: () => {
      spawns++
    },
    onGiveUp: gaveUp.resolve,
    ...more,
  })
  return { child, gaveUp: gaveUp.promise, spawns: () => spawns }
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 20))
  expect(holds()).toBe(true)
}

test('a child says that it is ready and ends in order', async () => {
  const { child } = start(READY + ENDS_IN_ORDER)
  expect(await child.ready).toMatchObject({ port: 4711 })
  await child.stop()
  expect(child.pid()).toBeUndefined()
})

test('a child that dies is started again, with its port pinned', async () => {
  const file = path.join(folder, 'ports')
  const { child, spawns } = start(
    `import fs from 'node:fs'; fs.appendFileSync(${JSON.stringify(file)}, (process.env.PORT ?? 'any') + ' ');
     ${READY} if (process.env.PORT) { ${ENDS_IN_ORDER} } else setTimeout(() => process.exit(3), 50);`,
  )
  await child.ready
  await until(() => spawns() === 2 && readFileSync(file, 'utf8') === 'any 4711 ')
  await child.stop()
})

test('five deaths within a minute are enough, and are told in one sentence', async () => {
  const { gaveUp, spawns } = start(`${READY} setTimeout(() => process.exit(3), 20);`)
  expect(await gaveUp).toEqual({
    sentence: 'The tester died 5 times in a minute, last with code 3.',
    wasSaid: false,
  })
  expect(spawns()).toBe(5)
})

test('a child that cannot start has said why itself and is not tried again', async () => {
  const { gaveUp, spawns } = start(`process.exit(1);`)
  expect(await gaveUp).toMatchObject({ wasSaid: true })
  expect(spawns()).toBe(1)
})

test('a child killed before it was ready is told by its signal', async () => {
  const { gaveUp } = start(`process.kill(process.pid, 'SIGKILL');`)
  expect(await gaveUp).toEqual({
    sentence: 'The tester ended by signal SIGKILL before it was ready.',
    wasSaid: false,
  })
})

test('a child that is not ready in time is given up', async () => {
  const { child, gaveUp } = start(ENDS_IN_ORDER, { readyWithinMs: 300 })
  expect(await gaveUp).toMatchObject({ sentence: 'The tester was not ready within 0.3 s.' })
  await child.stop()
})

test('a child that does not listen is ended by force after its grace', async () => {
  const { child } = start(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); ${READY}`)
  await child.ready
  const startMs = Date.now()
  await child.stop()
  expect(Date.now() - startMs).toBeGreaterThan(400)
  expect(child.pid()).toBeUndefined()
})

test('a reload starts another process and counts no death', async () => {
  const { child, spawns } = start(READY + ENDS_IN_ORDER)
  await child.ready
  const before = child.pid()
  await child.reload()
  expect(spawns()).toBe(2)
  expect(child.pid()).not.toBe(before)
  await child.stop()
})
