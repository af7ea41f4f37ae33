// A backtest that computes for minutes holds up nobody: pages answer meanwhile, few wait, who goes away ends it, and it
// has an end by itself.
import { expect, onTestFinished, test } from 'vitest'
import { waitFor } from '../support/process.ts'
import { createDocumentChecker } from './document-checker.ts'
import { commitTraffic } from './traffic.ts'
import { isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

const SERVICES = 32
const RULES = 1000
const PATIENCE_MS = 240_000
const WAIT_MS = 60_000

/** About a thousand edges. */
async function startWorld(timeMax: string): Promise<WebWorld> {
  const world = await startWebWorld({ STRAYLINE_BACKTEST_TIME_MAX: timeMax })
  onTestFinished(() => world.end())
  const names = Array.from({ length: SERVICES }, (_, place) => `service-${place}`)
  await commitTraffic(
    world,
    names.flatMap((source) =>
      names.filter((target) => target !== source).map((target) => [source, target] as const),
    ),
  )
  return world
}

/** Each rule runs out at a time of its own, and each edge is judged at each of these times: minutes. */
function makeLong() {
  const untilMs = Date.now() - 10_000
  const rules = Array.from({ length: RULES }, (_, place) => ({
    ...{ id: `deny-${place}`, effect: 'deny', source: { name: 'service-*' }, target: {} },
    expiresAtMs: untilMs - place,
  }))
  const content = { environment: 'prod', entries: [], rules }
  return { what: 'baseline', baseline: { from: 'content', content } }
}
const SHORT = { what: 'settings', settings: {} }

async function createAsk(world: WebWorld) {
  const checker = createDocumentChecker((await world.ask('openapi.json')).json)
  return async (body: unknown, leave?: AbortSignal) => {
    const asking = { method: 'POST', cookie: world.cookies.viewer, body } as const
    const answer = await world.ask('environments/prod/backtest', {
      ...asking,
      ...(leave ? { leave } : {}),
    })
    expect(checker.check('backtest', answer)).toBeNull()
    return answer
  }
}

async function waitForConnections(world: WebWorld, count: number): Promise<void> {
  const read = async () => {
    const rows = await world.owner`
      select from pg_stat_activity
      where datname = current_database() and application_name = 'strayline-web backtest'`
    return rows.length === count ? true : undefined
  }
  await waitFor(`${count} connections of backtests`, read, WAIT_MS)
}

test.skipIf(!isBuilt)(
  'others are answered while one computes, a fourth is refused, and who leaves ends it',
  { timeout: PATIENCE_MS },
  async () => {
    const world = await startWorld('5m')
    const ask = await createAsk(world)
    const leaving = new AbortController()
    let answers = 0
    const long = makeLong()
    const asked = Array.from({ length: 4 }, async () => {
      const answer = await ask(long, leaving.signal)
      answers++
      return answer
    })
    const refused = await Promise.race(asked)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.json.detail).toContain('Try again in a moment.')
    await waitForConnections(world, 1)
    for (let round = 0; round < 20; round++) {
      expect((await fetch(`${world.url}/healthz`)).status).toBe(200)
      expect((await world.ask('environments')).status).toBe(200)
    }
    expect(answers).toBe(1)
    await waitForConnections(world, 1)

    leaving.abort()
    const left = await Promise.allSettled(asked)
    expect(left.filter(({ status }) => status === 'rejected')).toHaveLength(3)
    const next = await waitFor(
      'room for another',
      async () => {
        const given = await ask(SHORT)
        return given.status === 429 ? undefined : given
      },
      WAIT_MS,
    )
    expect(next.status).toBe(200)
    await waitForConnections(world, 0)
  },
)

test.skipIf(!isBuilt)('one that takes too long is ended', { timeout: PATIENCE_MS }, async () => {
  const world = await startWorld('1s')
  const ask = await createAsk(world)
  const { status, json } = await ask(makeLong())
  expect(status).toBe(409)
  expect(json.detail).toBe('It took longer than 1 s: choose a shorter window.')
  expect((await fetch(`${world.url}/healthz`)).status).toBe(200)
  await waitForConnections(world, 0)
})
