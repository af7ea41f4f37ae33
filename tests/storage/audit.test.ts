// Reading the audit record: by who, what and when, page by page.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AuditPage, appendAudit, listAudit } from '../../storage/audit.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
  for (const [actor, action, subject] of [
    ['ada', 'baseline.approved', 'prod version 1'],
    ['bob', 'alert.rejected', 'alert 7'],
    ['ada', 'token.created', 'token prod_ci'],
  ] as const)
    await world.web.begin((tx) => appendAudit(tx, { actor, action, subject, detail: {} }))
})
afterAll(() => world.end())

const seqs = async (page: Partial<AuditPage>) =>
  (await listAudit(world.web, { limit: 10, ...page })).map((record) => Number(record.seq))

test('records are found by actor, act, subject and time', async () => {
  expect(await seqs({})).toEqual([3, 2, 1])
  expect(await seqs({ actor: 'ada' })).toEqual([3, 1])
  expect(await seqs({ action: 'alert.rejected' })).toEqual([2])
  expect(await seqs({ action: 'baseline' })).toEqual([1])
  expect(await seqs({ action: 'base' })).toEqual([])
  expect(await seqs({ subject: 'prod' })).toEqual([3, 1])
  // What a pattern would take for any letter is itself.
  expect(await seqs({ subject: 'prod_' })).toEqual([3])
  const [newest] = await listAudit(world.web, { limit: 1 })
  const atMs = newest?.atMs ?? 0
  expect(await seqs({ fromMs: atMs })).toContain(3)
  expect(await seqs({ toMs: atMs })).not.toContain(3)
  expect(await seqs({ fromMs: atMs + 60_000 })).toEqual([])
})

test('a page begins after the last of the one before', async () => {
  expect(await seqs({ limit: 2 })).toEqual([3, 2])
  expect(await seqs({ limit: 2, after: '2' })).toEqual([1])
  expect(await seqs({ limit: 2, after: '1' })).toEqual([])
})
