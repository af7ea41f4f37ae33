// Whose an environment is: claimed for a demo or an import, or observed, and never both.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { claimEnvironment, readEnvironments } from '../../storage/environments.ts'
import { call, deltaOf, service } from './delta.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

test('a new name can be claimed, and claimed again for the same', async () => {
  await claimEnvironment(world.web, { name: 'capture', origin: 'import' })
  await claimEnvironment(world.web, { name: 'capture', origin: 'import' })
  expect(await readEnvironments(world.web)).toEqual([
    { name: 'capture', origin: 'import', recentEdges: 0, lastSeenMs: null, activeVersion: null },
  ])
})

test('an environment of real traces, or of something else, cannot be claimed', async () => {
  await world.commit(deltaOf([call('web', 'cart')]))
  await claimEnvironment(world.web, { name: 'demo', origin: 'demo' })
  for (const name of ['prod', 'demo'])
    await expect(claimEnvironment(world.web, { name, origin: 'import' })).rejects.toMatchObject({
      code: 'ENVIRONMENT_TAKEN',
    })
})

test('spans that come into a claimed environment leave it claimed', async () => {
  await claimEnvironment(world.web, { name: 'capture', origin: 'import' })
  const inCapture = (name: string) => service(name, { environment: 'capture' })
  const atMs = Date.now()
  await world.commit(deltaOf([call(inCapture('web'), inCapture('cart'), { atMs })]))
  expect(await readEnvironments(world.web)).toEqual([
    { name: 'capture', origin: 'import', recentEdges: 1, lastSeenMs: atMs, activeVersion: null },
  ])
})
