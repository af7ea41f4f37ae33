// Undo: what an act changed is given back, once, as one, and only while nothing newer builds on it; and
// acceptances that only propose, because nobody may approve their own.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { listAlerts, readAlert } from '../../storage/alerts.ts'
import { approveVersion } from '../../storage/baseline-drafts.ts'
import { listBaselines } from '../../storage/baselines.ts'
import { claimEnvironment } from '../../storage/environments.ts'
import { judgeByClock } from '../../storage/judge-clock.ts'
import { removeEnvironment } from '../../storage/remove-environment.ts'
import type { TriageChoice } from '../../storage/triage.ts'
import { PLAIN } from './decide.ts'
import { deltaOf, service } from './delta.ts'
import { refused } from './drafting.ts'
import {
  ACCEPT,
  ANN,
  act,
  activeContent,
  BOB,
  COMMENT,
  conditionOf,
  DAY_MS,
  HOUR_MS,
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
beforeEach(() => world.clear())
afterAll(() => world.end())

const snooze = (): TriageChoice => ({ action: 'snooze', untilMs: Date.now() + DAY_MS })
const give = (assignee: string | null): TriageChoice => ({ action: 'assign', assignee })
const versions = async (environment = 'prod') =>
  (await listBaselines(world.web, environment)).map(({ version, state }) => `${version} ${state}`)

test('undo gives back the former state, also a snooze, a person and the time of it', async () => {
  const ids = await stray(world, strangers(1))
  const [id = ''] = ids
  await act(world, ids, give(BOB))
  await act(world, ids, snooze())
  const before = await conditionOf(world, id)
  const rejected = await act(world, ids, REJECT, { nowMs: Date.now() + HOUR_MS })
  await undo(world, rejected.actId, { actor: BOB })
  expect(await conditionOf(world, id)).toEqual(before)
  const given = await act(world, ids, give(null))
  await act(world, ids, COMMENT)
  await undo(world, given.actId)
  expect(await conditionOf(world, id)).toEqual(before)
})

test('an act is undone once, a comment and an undo never, and what is not there not at all', async () => {
  const ids = await stray(world, strangers(1))
  const rejected = await act(world, ids, REJECT)
  const undone = await undo(world, rejected.actId)
  await refused(undo(world, rejected.actId), 'ACT_UNDONE')
  await refused(undo(world, undone.actId), 'ACT_KEPT')
  await refused(undo(world, (await act(world, ids, COMMENT)).actId), 'ACT_KEPT')
  for (const actId of ['999999', 'x', '', '9'.repeat(40)])
    await refused(undo(world, actId), 'ACT_UNKNOWN')
})

test('of two who undo the same act at once, one does', async () => {
  const ids = await stray(world, strangers(1))
  const { actId } = await act(world, ids, ACCEPT)
  const both = await Promise.allSettled([undo(world, actId), undo(world, actId, { actor: BOB })])
  expect(both.map((each) => each.status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(await versions()).toEqual(['3 active', '2 superseded', '1 superseded'])
})

test('an act that something newer builds on is not undone, and the sentence says what', async () => {
  const ids = await stray(world, strangers(2))
  const [first = '', second = ''] = ids
  const both = await act(world, ids, REJECT)
  const accepted = await act(world, [first], ACCEPT)
  await expect(undo(world, both.actId)).rejects.toMatchObject({
    code: 'ACT_OVERTAKEN',
    message: expect.stringContaining(`Alert ${first} was acted on again`),
  })
  expect(await conditionOf(world, second)).toMatchObject({ state: 'rejected' })
  await undo(world, accepted.actId)
  await undo(world, both.actId)
  expect(await conditionOf(world, first)).toMatchObject({ state: 'open' })
})

test('an acceptance is undone beside later ones, which stay', async () => {
  const [first = '', second = ''] = await stray(world, strangers(2))
  const one = await act(world, [first], ACCEPT)
  await act(world, [second], ACCEPT)
  await undo(world, one.actId)
  const targets = (await activeContent(world))?.entries.map((entry) => entry.target.name)
  expect(targets?.sort()).toEqual(['cart', 'stock', 'stranger-1'])
  expect(await conditionOf(world, second)).toMatchObject({ state: 'accepted' })
})

test('where nobody approves their own, accepting proposes a version, and the alert waits', async () => {
  const ids = await stray(world, strangers(1))
  const [id = ''] = ids
  const outcome = await act(world, ids, ACCEPT, { selfApproval: 'forbidden' })
  expect(outcome).toMatchObject({
    results: [{ outcome: 'proposed', state: 'open' }],
    versions: [{ version: 2, state: 'in_review' }],
  })
  const approval = { environment: 'prod', version: 2, expectedRevision: null, reason: 'yes' }
  const approve = (actor: string) =>
    approveVersion(world.web, { ...approval, actor, selfApproval: 'forbidden' })
  await refused(approve(ANN), 'SELF_APPROVAL_FORBIDDEN')
  expect(await conditionOf(world, id)).toMatchObject({ state: 'open' })
  await approve(BOB)
  expect(await conditionOf(world, id)).toMatchObject({ state: 'accepted' })
  expect((await activeContent(world))?.entries.at(-1)).toMatchObject({ approver: BOB })
  await refused(undo(world, outcome.actId, { selfApproval: 'forbidden' }), 'ACT_OVERTAKEN')
})

test('acts on alerts of an environment that was removed are gone, and nobody stumbles over them', async () => {
  await claimEnvironment(world.web, { name: 'import-a', origin: 'import' })
  const ids = await stray(world, strangers(2, 'import-a'), 'import-a')
  const kept = await stray(world, strangers(1))
  const { actId } = await act(world, ids, REJECT)
  const both = await act(world, [...ids, ...kept], COMMENT)
  expect(both.results).toHaveLength(3)
  const mixed = await act(world, [...ids, ...kept], ACCEPT)
  await removeEnvironment(world.web, { environment: 'import-a', actor: ANN })
  await refused(undo(world, actId), 'ACT_UNKNOWN')
  const [id = ''] = kept
  expect(await conditionOf(world, id)).toMatchObject({ state: 'accepted' })
  await undo(world, mixed.actId)
  expect(await conditionOf(world, id)).toMatchObject({ state: 'open' })
})

test('a service without edges is accepted by itself, never by a pattern, and given back', async () => {
  await stray(world, [])
  await world.commit(deltaOf([], () => true, [service('lone')]))
  await world.owner`update node set last_seen = now() where name = 'lone'`
  await judgeByClock(world.collector, Date.now())
  const [alert] = await listAlerts(world.web, { countMax: 9 })
  expect(alert).toMatchObject({ kind: 'new_service', source: { name: 'lone' }, target: null })
  const ids = [alert?.id ?? '']
  const acceptance = { ...PLAIN, pattern: { source: {}, target: {} } }
  const byPattern = await act(world, ids, { action: 'accept', acceptance })
  expect(byPattern.results).toMatchObject([{ outcome: 'refused', code: 'ALERT_NOT_HELD' }])
  const { actId, results } = await act(world, ids, ACCEPT)
  expect(results).toMatchObject([{ outcome: 'done', state: 'accepted' }])
  expect((await activeContent(world))?.entries).toContainEqual(
    expect.objectContaining({ source: service('lone'), target: service('lone') }),
  )
  await undo(world, actId)
  expect(await conditionOf(world, ids[0] ?? '')).toMatchObject({ state: 'open', episode: 1 })
})

test('a proposal is undone by withdrawing its version', async () => {
  const ids = await stray(world, strangers(1))
  const outcome = await act(world, ids, ACCEPT, { selfApproval: 'forbidden' })
  await undo(world, outcome.actId, { selfApproval: 'forbidden' })
  expect(await versions()).toEqual(['1 active'])
  const events = (await readAlert(world.web, ids[0] ?? ''))?.events.map((event) => event.action)
  expect(events).toEqual(['opened', 'proposed', 'undone'])
})
