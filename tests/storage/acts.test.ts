// The small stores around the stream: audit chain, setup link, collector lock, notifications,
// failures.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appendAudit, findBrokenAudit } from '../../storage/audit.ts'
import { listenSequence } from '../../storage/events.ts'
import { isRetryable, StorageError } from '../../storage/failure.ts'
import { holdProcessLock } from '../../storage/process-lock.ts'
import {
  createSetupLink,
  hasAccounts,
  isSetupTokenValid,
  useSetupToken,
} from '../../storage/setup-link.ts'
import { call, deltaOf } from './delta.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.end())

async function until(isTrue: () => boolean, withinMs = 5_000): Promise<void> {
  for (let waitedMs = 0; !isTrue() && waitedMs < withinMs; waitedMs += 20) await sleep(20)
  expect(isTrue()).toBe(true)
}

test('acts at the same time make one chain without gaps', async () => {
  const act = (index: number) => ({
    ...{ actor: 'ann', action: 'test.acted', subject: `<script>"'${index}` },
    detail: { b: index, a: [1.5, null, { z: 1e21, y: 'ü' }] },
  })
  await Promise.all(
    Array.from({ length: 12 }, (_, index) => world.web.begin((tx) => appendAudit(tx, act(index)))),
  )
  const rows = await world.web<{ seq: bigint }[]>`select seq from audit order by seq`
  expect(rows.map((row) => Number(row.seq))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(await findBrokenAudit(world.web)).toBeNull()
})

test('a row that a superuser changed or removed breaks the chain, and is named', async () => {
  await world.owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update audit set actor = 'eve' where seq = 5`
  })
  expect(await findBrokenAudit(world.web)).toBe(5n)
  await world.owner.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update audit set actor = 'ann' where seq = 5`
    await tx`delete from audit where seq = 8`
  })
  expect(await findBrokenAudit(world.web)).toBe(9n)
})

const addUser = async () => {
  await world.web`
    insert into "user" (id, name, email, updated_at)
    values (${randomBytes(8).toString('hex')}, 'Ann', ${`${randomBytes(4).toString('hex')}@x`}, now())`
}

test('a setup link works once, the newest only, and a failed account leaves it usable', async () => {
  const first = (await createSetupLink(world.database.ownerUrl)) ?? ''
  const token = (await createSetupLink(world.database.ownerUrl)) ?? ''
  expect(await isSetupTokenValid(world.web, first)).toBe(false)
  expect(await isSetupTokenValid(world.web, token)).toBe(true)
  const [stored] = await world.owner<{ token_hash: string }[]>`select token_hash from setup_token`
  expect(stored?.token_hash).not.toContain(token)
  const failing = useSetupToken(world.web, token, () => Promise.reject(new Error('weak password')))
  await expect(failing).rejects.toThrow('weak password')
  const uses = Array.from({ length: 3 }, () => useSetupToken(world.web, token, addUser))
  expect((await Promise.all(uses)).filter(Boolean)).toHaveLength(1)
  expect(await isSetupTokenValid(world.web, token)).toBe(false)
  expect(await useSetupToken(world.web, token, addUser)).toBe(false)
  expect(await hasAccounts(world.web)).toBe(true)
  expect(await createSetupLink(world.database.ownerUrl)).toBeNull()
})

test('an expired setup link does not work', async () => {
  await world.owner`delete from "user"`
  const token = (await createSetupLink(world.database.ownerUrl)) ?? ''
  await world.owner`update setup_token set expires_at = now() - interval '1 second'`
  expect(await isSetupTokenValid(world.web, token)).toBe(false)
  expect(await useSetupToken(world.web, token, addUser)).toBe(false)
  expect(await hasAccounts(world.web)).toBe(false)
})

test('a second collector is refused in a sentence, and the lock is free after release', async () => {
  const options = {
    url: world.database.collectorUrl,
    holder: 'collector' as const,
    onTaken: () => {},
  }
  const lock = await holdProcessLock(options)
  expect(lock.isHeld()).toBe(true)
  await expect(holdProcessLock(options)).rejects.toMatchObject({ code: 'COLLECTOR_RUNNING' })
  await lock.release()
  expect(lock.isHeld()).toBe(false)
  const next = await holdProcessLock(options)
  await next.release()
}, 15_000)

const dropLockConnections = () => world.owner`
  select pg_terminate_backend(pid) from pg_stat_activity
  where application_name = 'strayline-collector-lock' and datname = current_database()`

test('a lost connection loses the lock, and it is taken again', async () => {
  const taken: StorageError[] = []
  const onTaken = (error: StorageError) => void taken.push(error)
  const lock = await holdProcessLock({
    url: world.database.collectorUrl,
    holder: 'collector' as const,
    onTaken,
  })
  await dropLockConnections()
  await until(() => !lock.isHeld())
  await until(() => lock.isHeld())
  expect(taken).toEqual([])
  await dropLockConnections()
  const other = await holdProcessLock({
    url: world.database.collectorUrl,
    holder: 'collector' as const,
    onTaken: () => {},
  })
  await until(() => taken.length === 1)
  expect(taken[0]?.code).toBe('COLLECTOR_RUNNING')
  expect(lock.isHeld()).toBe(false)
  await Promise.all([lock.release(), other.release()])
}, 20_000)

test('a commit is heard as its sequence, and after a lost connection again', async () => {
  const heard: bigint[] = []
  const listening = await listenSequence(world.web, (sequence) => heard.push(sequence))
  await world.commit(deltaOf([call('web', 'cart')]))
  await until(() => heard.includes(1n))
  await world.owner`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen%'`
  await world.commit(deltaOf([call('web', 'cart')]))
  await until(() => heard.includes(2n))
  await world.commit(deltaOf([call('web', 'cart')]))
  await until(() => heard.includes(3n))
  await listening.stop()
}, 20_000)

test('what is worth another try is decided by the code', () => {
  const withCode = (code: string) => Object.assign(new Error('whatever it says'), { code })
  for (const code of ['40001', '40P01', '57P01', '57P03', 'ECONNREFUSED', 'CONNECTION_CLOSED'])
    expect(isRetryable(withCode(code)), code).toBe(true)
  for (const code of ['22P02', '23505', '42501', 'ENOENT'])
    expect(isRetryable(withCode(code)), code).toBe(false)
  expect(isRetryable(new StorageError('X', 'x', withCode('40001')))).toBe(true)
  expect(isRetryable('40001')).toBe(false)
})
