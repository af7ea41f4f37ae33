// API tokens: shown once, stored as a hash, in force until they expire or are revoked, and audited.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  createApiToken,
  listApiTokens,
  revokeApiToken,
  spendApiToken,
} from '../../storage/api-tokens.ts'
import { listAudit } from '../../storage/audit.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.end())
beforeEach(async () => {
  await world.clear()
  await world.owner`truncate api_token`
})

const DAY_MS = 86_400_000
const create = (name: string, expiresAtMs: number | null = null) =>
  createApiToken(world.owner, { name, role: 'viewer', expiresAtMs, actor: 'ada' })

test('a token is known by its hash alone, to the role of the web process', async () => {
  const token = await create('ci')
  expect(token).toMatch(/^strayline_[\w-]{43}$/)
  expect(await spendApiToken(world.web, token)).toEqual({
    id: expect.any(String),
    name: 'ci',
    role: 'viewer',
  })
  const rows = await world.owner`select api_token::text as row from api_token`
  expect(JSON.stringify(rows)).not.toContain(token.slice(10))
  for (const wrong of ['', token.slice(0, -1), `${token}x`, token.slice(10), 'strayline_'])
    expect(await spendApiToken(world.web, wrong)).toBeNull()
})

test('an expired token and a revoked one are none', async () => {
  const expired = await create('old', Date.now() - 1)
  const lasting = await create('young', Date.now() + DAY_MS)
  expect(await spendApiToken(world.web, expired)).toBeNull()
  expect(await spendApiToken(world.web, lasting)).toMatchObject({ name: 'young' })
  await revokeApiToken(world.owner, { name: 'young', actor: 'ada' })
  expect(await spendApiToken(world.web, lasting)).toBeNull()
  await expect(revokeApiToken(world.owner, { name: 'young', actor: 'ada' })).rejects.toMatchObject({
    code: 'TOKEN_UNKNOWN',
  })
})

test('a name is given once, so that the audit record means one token by it', async () => {
  await create('ci')
  await revokeApiToken(world.owner, { name: 'ci', actor: 'bob' })
  await expect(create('ci')).rejects.toMatchObject({ code: 'TOKEN_NAME_TAKEN' })
  const acts = (await listAudit(world.owner, { limit: 10 })).map(({ actor, action, subject }) => {
    return `${actor} ${action} ${subject}`
  })
  expect(acts).toEqual(['bob token.revoked token ci', 'ada token.created token ci'])
})

test('the last use is noted, and not on every request', async () => {
  const token = await create('ci')
  const lastUsed = async () => (await listApiTokens(world.owner))[0]?.lastUsedAtMs ?? null
  expect(await lastUsed()).toBeNull()
  await spendApiToken(world.web, token)
  const first = await lastUsed()
  expect(first).not.toBeNull()
  await spendApiToken(world.web, token)
  expect(await lastUsed()).toBe(first)
  await world.owner`update api_token set last_used_at = last_used_at - interval '2 minutes'`
  await spendApiToken(world.web, token)
  expect(await lastUsed()).toBeGreaterThanOrEqual(first ?? 0)
})

test('the web process may note a use and nothing else', async () => {
  await create('ci')
  const { web } = world
  for (const write of [
    web`update api_token set role = 'analyst'`,
    web`update api_token set revoked_at = null`,
    web`insert into api_token (name, token_hash, role, created_by) values ('x', 'x', 'viewer', 'x')`,
    web`delete from api_token`,
  ])
    await expect(write).rejects.toMatchObject({ code: '42501' })
})
