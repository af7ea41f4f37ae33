// Asking with a token: what it may do, and every way in which one is not accepted.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiToken, listApiTokens, revokeApiToken } from '../../storage/api-tokens.ts'
import { type Asked, isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

let world: WebWorld
beforeAll(async () => {
  if (isBuilt) world = await startWebWorld()
})
afterAll(() => world?.end())

let made = 0
const create = (role: 'viewer' | 'analyst', expiresAtMs: number | null = null) =>
  createApiToken(world.owner, { name: `t${++made}`, role, expiresAtMs, actor: 'ada' })
const IMPORT = { fileName: 'x.json', fileBytes: 1, environment: 'import-x' }

test.skipIf(!isBuilt)('a token reads without a cookie, and its use is noted', async () => {
  const token = await create('viewer')
  const name = `t${made}`
  const session = await world.ask('session', { token })
  expect(session.json).toEqual({ kind: 'token', name, email: null, role: 'viewer' })
  expect((await world.ask('graph?environment=prod', { token })).status).toBe(200)
  const listed = await listApiTokens(world.owner)
  expect(listed.find((one) => one.name === name)?.lastUsedAtMs).not.toBeNull()
})

test.skipIf(!isBuilt)('a wrong, an expired and a revoked token are refused alike', async () => {
  const good = await create('viewer')
  const expired = await create('viewer', Date.now() - 1)
  const revoked = await create('viewer')
  expect((await world.ask('session', { token: revoked })).status).toBe(200)
  await revokeApiToken(world.owner, { name: `t${made}`, actor: 'ada' })
  const answers = []
  for (const token of [`${good}x`, expired, revoked, 'strayline_', 'x'.repeat(5000)])
    answers.push(await world.ask('session', { token }))
  for (const headers of [{ authorization: `Basic ${good}` }, { authorization: good }])
    answers.push(await world.ask('session', { cookie: null, headers }))
  for (const answer of answers) {
    expect(answer.status).toBe(401)
    expect(answer.text).toBe(answers[0]?.text)
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
  }
})

test.skipIf(!isBuilt)("a viewer's token cannot write, and no token is an admin's", async () => {
  const viewer = await create('viewer')
  const analyst = await create('analyst')
  const begin = { method: 'POST', body: IMPORT }
  expect((await world.ask('imports', { ...begin, token: viewer })).status).toBe(403)
  // No Origin and no cookie: allowed, and refused only because no collector is known.
  expect((await world.ask('imports', { ...begin, token: analyst })).status).toBe(409)
  for (const route of ['ingest-token', 'events'])
    expect((await world.ask(route, { token: analyst })).status).toBe(403)
})

test.skipIf(!isBuilt)('a token and a cookie in one request are refused', async () => {
  const headers = { authorization: `Bearer ${await create('viewer')}` }
  const cookie = world.cookies.admin
  const mixed = await world.ask('session', { cookie, headers })
  expect(mixed.status).toBe(400)
  expect(mixed.json.detail).toContain('not both')
  // A page elsewhere cannot use the header to get around the Origin check.
  const answer = await fetch(`${world.url}/api/v1/imports`, {
    method: 'POST',
    headers: { ...headers, cookie, origin: 'https://evil.example' },
  })
  expect(answer.status).toBe(403)
})

test.skipIf(!isBuilt)('a token in an address is refused, and none is printed', async () => {
  const token = await create('viewer')
  for (const name of ['access_token', 'token', 'api_key']) {
    const asked = await world.ask(`session?${name}=${token}`, { cookie: null })
    expect(asked.status).toBe(400)
    expect(asked.text).not.toContain(token)
  }
  await world.ask('session', { token })
  expect(world.output()).not.toContain(token.slice(12))
})

test.skipIf(!isBuilt)('a token opens no page and no server action', async () => {
  const authorization = `Bearer ${await create('analyst')}`
  const page = await fetch(`${world.url}/map`, { headers: { authorization }, redirect: 'manual' })
  expect(page.headers.get('location')).toContain('/sign-in')
  const action = await fetch(`${world.url}/map`, { method: 'POST', headers: { authorization } })
  expect(action.status).toBe(403)
})

/** Each minute begins anew, so the flood goes on for as long as a busy machine needs. */
const ROUNDS_MAX = 60
const FLOOD_TIMEOUT_MS = 300_000

test.skipIf(!isBuilt)(
  'a flood of wrong tokens has to wait, signed-in people have not',
  { timeout: FLOOD_TIMEOUT_MS },
  async () => {
    const ask = () => world.ask('session', { token: 'strayline_no' })
    let refused: Asked | undefined
    for (let round = 0; round < ROUNDS_MAX && !refused; round++) {
      const answers = await Promise.all(Array.from({ length: 50 }, ask))
      refused = answers.find(({ status }) => status !== 401)
    }
    expect(refused?.status).toBe(429)
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(refused?.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect((await world.ask('session')).status).toBe(200)
  },
)
