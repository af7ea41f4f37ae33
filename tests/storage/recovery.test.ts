// Alerts that recover by the clock, come back and flap: in real tables, against a model and by example.
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { GraphDelta } from '../../core/graph/edge.ts'
import { listAlerts, readAlert } from '../../storage/alerts.ts'
import { commitDelta } from '../../storage/commit.ts'
import { changeSettings } from '../../storage/environment-settings.ts'
import { judgeByClock } from '../../storage/judge-clock.ts'
import { entry } from './content.ts'
import { type Call, call, deltaOf, service } from './delta.ts'
import { ANN, activate, happenings, tag, told } from './judged.ts'
import {
  DAY_MS,
  MINUTE_MS,
  type Moment,
  RECOVER_AFTER_MS,
  RecoveryModel,
  SNOOZE_MS,
} from './recovery-model.ts'
import { act } from './triage-world.ts'
import { createWorld, type World } from './world.ts'

const START_MS = Date.now()
let world: World
let nowMs = START_MS
let offset = 0n
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => begin())
afterAll(() => world.end())

async function begin(): Promise<void> {
  await world.clear()
  nowMs = START_MS
  await commit(deltaOf([beat()]))
  await activate(world, [entry(service('web'), service('cart'))])
  const settings = { recoverAfterMs: RECOVER_AFTER_MS }
  await changeSettings(world.web, { environment: 'prod', settings, actor: ANN })
  await judgeByClock(world.collector, nowMs)
}

async function commit(delta: GraphDelta): Promise<void> {
  const position = { journalId: 'recovery', offset: ++offset }
  await commitDelta(world.committer, { delta, position, counters: {}, nowMs })
}

/** The environment speaks. */
const beat = () => call('web', 'cart', { atMs: nowMs })
const strange = (rest: Partial<Call> = {}) => call('cart', 'stranger', { atMs: nowMs, ...rest })
const see = (rest: Partial<Call> = {}) => commit(deltaOf([beat(), strange(rest)]))

/** As if the clock had looked each minute; then it looks. */
async function pass(durationMs: number, meanwhile: () => Promise<void> = speak): Promise<void> {
  nowMs += durationMs
  await world.owner`update environment set watched_at = ${new Date(nowMs)}`
  await meanwhile()
  await judgeByClock(world.collector, nowMs)
}

const speak = () => commit(deltaOf([beat()]))

async function onlyAlert() {
  const alerts = await listAlerts(world.web, { countMax: 2 })
  expect(alerts).toHaveLength(1)
  return alerts[0]!
}

const moment: fc.Arbitrary<Moment> = fc.record({
  minutes: fc.constantFrom(10, 10, 31, 31, 70, 1_500),
  isWatched: fc.constantFrom(true, true, true, true, false),
  isSeen: fc.boolean(),
  decision: fc.constantFrom(null, null, null, null, null, 'reject' as const, 'snooze' as const),
})

test('whatever is seen, missed and decided, an alert is what the model says, told as often', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { minLength: 5, maxLength: 24 }), async (moments) => {
      await begin()
      await see()
      const model = new RecoveryModel(nowMs)
      for (const each of moments) {
        nowMs += each.minutes * MINUTE_MS
        if (each.isWatched)
          await world.owner`update environment set watched_at = ${new Date(nowMs)}`
        await (each.isSeen ? see() : speak())
        await judgeByClock(world.collector, nowMs)
        model.pass(each)
        if (each.decision && model.decide(each.decision)) {
          const choice =
            each.decision === 'snooze'
              ? { action: 'snooze' as const, untilMs: nowMs + SNOOZE_MS }
              : { action: 'reject' as const }
          await act(world, [(await onlyAlert()).id], choice, { nowMs })
        }
      }
      const { id, state, episode } = await onlyAlert()
      expect({ state, episode }).toEqual({ state: model.state, episode: model.episode })
      expect(await happenings(world, BigInt(id))).toEqual(model.events)
      expect(await judgeByClock(world.collector, nowMs)).toEqual({ judged: [], told: 0 })
      expect(await happenings(world, BigInt(id))).toEqual(model.events)
    }),
    { numRuns: 15 },
  )
}, 300_000)

test('what was not seen for long recovers once, says for how long, and seen again is a new episode', async () => {
  await see()
  await pass(RECOVER_AFTER_MS - 1)
  expect(await told(world)).toEqual(['new_service open cart>stranger'])
  await pass(1)
  await pass(MINUTE_MS)
  const { id } = await onlyAlert()
  expect(await readAlert(world.web, id)).toMatchObject({ state: 'recovered', episode: 1 })
  expect((await readAlert(world.web, id))?.events.at(-1)).toMatchObject({
    ...{ action: 'recovered', actor: 'strayline', reason: 'It was not seen for 30 minutes.' },
  })
  await pass(MINUTE_MS, () => see())
  expect(await readAlert(world.web, id)).toMatchObject({ state: 'open', episode: 2 })
  expect(await happenings(world, BigInt(id))).toEqual(['opened', 'recovered', 'reopened'])
})

test('the third time it comes back within a day it flaps, is told so once, and rests after a quiet day', async () => {
  await see()
  for (let round = 0; round < 6; round++) {
    await pass(RECOVER_AFTER_MS)
    await pass(MINUTE_MS, () => see())
  }
  const { id } = await onlyAlert()
  const rounds = ['recovered', 'reopened', 'recovered', 'reopened', 'recovered', 'flapping']
  expect(await happenings(world, BigInt(id))).toEqual(['opened', ...rounds])
  expect(await readAlert(world.web, id)).toMatchObject({ state: 'flapping', episode: 4 })
  expect((await readAlert(world.web, id))?.events.at(-1)?.reason).toBe(
    'It recovered and came back 3 times within 1 day; it is not told again until it stays away for as long.',
  )
  await pass(DAY_MS)
  await pass(MINUTE_MS, () => see())
  expect(await happenings(world, BigInt(id))).toEqual([
    'opened',
    ...rounds,
    'recovered',
    'reopened',
  ])
})

test('while no clock looked, or the environment was silent, nothing recovers', async () => {
  await see()
  nowMs += DAY_MS
  await speak()
  await judgeByClock(world.collector, nowMs) // after a day without a clock
  await pass(RECOVER_AFTER_MS - 1, async () => {})
  expect(await told(world)).toEqual(['new_service open cart>stranger'])
  await pass(1)
  expect(await told(world)).toEqual(['new_service recovered cart>stranger'])
  await pass(MINUTE_MS, () => see())
  await pass(DAY_MS, async () => {})
  expect(await told(world)).toEqual(['new_service open cart>stranger'])
})

test('what an activation or a tag brings up again was not seen again', async () => {
  await see()
  await pass(RECOVER_AFTER_MS)
  await activate(world, [entry(service('web'), service('cart')), entry(service('a'), service('b'))])
  await tag(world, service('stranger'), { dataClasses: ['pii'] })
  expect(await told(world)).toEqual(['first_path recovered cart>stranger'])
  const { id } = await onlyAlert()
  expect(await happenings(world, BigInt(id))).toEqual(['opened', 'recovered'])
})

describe('what counts as seen', () => {
  test('of a downgrade, calls in the clear alone', async () => {
    await commit(deltaOf([beat(), strange({ tlsCalls: 1 })]))
    const held = entry(service('cart'), service('stranger'), { isEncrypted: true })
    await activate(world, [entry(service('web'), service('cart')), held])
    await pass(MINUTE_MS, () => see({ plainCalls: 1 }))
    expect(await told(world)).toContain('downgraded open cart>stranger')
    for (let minutes = 10; minutes <= 40; minutes += 10)
      await pass(10 * MINUTE_MS, () => see({ tlsCalls: 1 }))
    expect(await told(world)).toContain('downgraded recovered cart>stranger')
    await pass(MINUTE_MS, () => see({ tlsCalls: 1 }))
    expect(await told(world)).toContain('downgraded recovered cart>stranger')
    await pass(MINUTE_MS, () => see({ plainCalls: 1 }))
    expect(await told(world)).toContain('downgraded open cart>stranger')
  })

  test('of a service without edges, the service', async () => {
    const lone = () => commit({ ...deltaOf([beat()], () => true, [service('lone')]) })
    await lone()
    await world.owner`update node set first_seen = ${new Date(nowMs - DAY_MS)},
      last_seen = ${new Date(nowMs)} where name = 'lone'`
    await pass(MINUTE_MS)
    expect(await told(world)).toEqual(['new_service open lone>'])
    await pass(RECOVER_AFTER_MS)
    expect(await told(world)).toEqual(['new_service recovered lone>'])
    await pass(MINUTE_MS)
    expect(await told(world)).toEqual(['new_service recovered lone>'])
    await world.owner`update node set last_seen = ${new Date(nowMs)} where name = 'lone'`
    await pass(MINUTE_MS)
    expect(await told(world)).toEqual(['new_service open lone>'])
    expect((await onlyAlert()).episode).toBe(2)
  })
})

test('an alert of a service without edges stands when the service is silent for a day', async () => {
  const settings = { recoverAfterMs: 7 * DAY_MS }
  await changeSettings(world.web, { environment: 'prod', settings, actor: ANN })
  await commit(deltaOf([beat()], () => true, [service('lone')]))
  await world.owner`update node set first_seen = ${new Date(nowMs - DAY_MS)},
    last_seen = ${new Date(nowMs)} where name = 'lone'`
  await pass(MINUTE_MS)
  for (let days = 1; days <= 6; days++) await pass(DAY_MS)
  expect(await told(world)).toEqual(['new_service open lone>'])
  await pass(DAY_MS)
  expect(await told(world)).toEqual(['new_service recovered lone>'])
})
