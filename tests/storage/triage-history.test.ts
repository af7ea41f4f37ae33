// Whatever people do to alerts and in whatever order: undone act by act, everything is as it was; and at
// no time does the audit's chain break.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBrokenAudit } from '../../storage/audit.ts'
import type { TriageChoice } from '../../storage/triage.ts'
import { PLAIN } from './decide.ts'
import {
  ACCEPT,
  act,
  activeContent,
  BOB,
  COMMENT,
  conditionOf,
  DAY_MS,
  REJECT,
  strangers,
  stray,
  undo,
} from './triage-world.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
  await world.owner`insert into "user" (id, name, email, role, updated_at)
    values ('bob', 'Bob', ${BOB}, 'analyst', now())`
})
afterAll(() => world.end())

const ALERTS = 4
const PATTERN = { source: { name: 'cart' }, target: { name: '*-1' } }

/** Days from the start of the run; a date for an acceptance, a time for a snooze. */
const anyDays = fc.integer({ min: 1, max: 300 })
const anyChoice: fc.Arbitrary<(startMs: number) => TriageChoice> = fc.oneof(
  fc.constant(() => ACCEPT),
  anyDays.map((days) => (startMs: number) => {
    const acceptance = {
      ...PLAIN,
      expiresAtMs: startMs + days * DAY_MS,
      purpose: `for ${days} days`,
    }
    return { action: 'accept' as const, acceptance }
  }),
  fc.constant(() => ({ action: 'accept' as const, acceptance: { ...PLAIN, pattern: PATTERN } })),
  fc.constant(() => REJECT),
  anyDays.map((days) => (startMs: number) => {
    return { action: 'snooze' as const, untilMs: startMs + days * DAY_MS }
  }),
  fc.constantFrom(BOB, null).map((assignee) => () => ({ action: 'assign' as const, assignee })),
  fc.constant(() => COMMENT),
)
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ choice: anyChoice, places: fc.subarray([0, 1, 2, 3]) }) },
  { weight: 1, arbitrary: fc.constant('undo' as const) },
)

type State = { readonly content: unknown; readonly conditions: readonly unknown[] }

async function readState(ids: readonly string[]): Promise<State> {
  const conditions = await Promise.all(ids.map((id) => conditionOf(world, id)))
  return { content: await activeContent(world), conditions }
}

test('undone one by one, any acts leave the baseline and the alerts exactly as they were', async () => {
  const run = fc.asyncProperty(fc.array(anyStep, { maxLength: 9 }), async (steps) => {
    await world.clear()
    const ids = await stray(world, strangers(ALERTS))
    const startMs = Date.now()
    const done: { readonly actId: string; readonly before: State }[] = []
    const takeBack = async () => {
      const last = done.pop()
      if (!last) return
      await undo(world, last.actId, { actor: BOB })
      expect(await readState(ids)).toEqual(last.before)
    }
    for (const step of steps) {
      if (step === 'undo') {
        await takeBack()
        continue
      }
      const before = await readState(ids)
      const choice = step.choice(startMs)
      const { actId } = await act(
        world,
        step.places.map((place) => ids[place] ?? ''),
        choice,
      )
      if (actId !== null && choice.action !== 'comment') done.push({ actId, before })
    }
    while (done.length > 0) await takeBack()
    expect(await findBrokenAudit(world.web)).toBeNull()
  })
  await fc.assert(run, { numRuns: 25 })
}, 180_000)

test('only the newest act on an alert is undone, whoever tries which', async () => {
  const anyActs = fc.array(
    fc.record({ choice: anyChoice, places: fc.subarray([0, 1, 2, 3], { minLength: 1 }) }),
    { minLength: 2, maxLength: 6 },
  )
  const run = fc.asyncProperty(anyActs, fc.nat(), async (acts, pick) => {
    await world.clear()
    const ids = await stray(world, strangers(ALERTS))
    const startMs = Date.now()
    const done: { readonly actId: string; readonly touched: ReadonlySet<string> }[] = []
    for (const { choice, places } of acts) {
      const wanted = choice(startMs)
      const before = await readState(ids)
      const { actId, results } = await act(
        world,
        places.map((place) => ids[place] ?? ''),
        wanted,
      )
      if (actId === null || wanted.action === 'comment') continue
      const after = await readState(ids)
      const asked = results.filter((each) => each.outcome === 'done').map((each) => each.alertId)
      const changed = ids.filter(
        (_, at) => JSON.stringify(before.conditions[at]) !== JSON.stringify(after.conditions[at]),
      )
      done.push({ actId, touched: new Set([...asked, ...changed]) })
    }
    const at = done.length === 0 ? -1 : pick % done.length
    const picked = done[at]
    if (!picked) return
    const later = done.slice(at + 1).some(({ touched }) => !touched.isDisjointFrom(picked.touched))
    const before = await readState(ids)
    if (later) {
      await expect(undo(world, picked.actId)).rejects.toMatchObject({ code: 'ACT_OVERTAKEN' })
      expect(await readState(ids)).toEqual(before)
    } else expect((await undo(world, picked.actId)).actId).not.toBeNull()
    expect(await findBrokenAudit(world.web)).toBeNull()
  })
  await fc.assert(run, { numRuns: 20 })
}, 180_000)
