// Acts of triage, one at a time and many at once, as the web's role does them: what becomes of the
// alerts and the baseline, what is refused, what the history and the audit say, and what undo restores.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type BaselineRule, plainEntry } from '../../core/baseline/content.ts'
import type { NodeKey } from '../../core/graph/node.ts'
import { listAlerts, readAlert } from '../../storage/alerts.ts'
import { findBrokenAudit, listAudit } from '../../storage/audit.ts'
import { approveVersion, changeDraft, createDraft } from '../../storage/baseline-drafts.ts'
import { listBaselines } from '../../storage/baselines.ts'
import type { TriageChoice } from '../../storage/triage.ts'
import { PLAIN } from './decide.ts'
import { deltaOf, external, service } from './delta.ts'
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
  now,
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

const untilMs = () => Date.now() + DAY_MS
const snooze = (): TriageChoice => ({ action: 'snooze', untilMs: untilMs() })
const give = (assignee: string | null): TriageChoice => ({ action: 'assign', assignee })
const versions = async (environment = 'prod') =>
  (await listBaselines(world.web, environment)).map(({ version, state }) => `${version} ${state}`)

test('each act leaves its state, a line of history and a record with before and after', async () => {
  const [id = ''] = await stray(world, strangers(1))
  const choice = snooze()
  await act(world, [id], give(BOB), { reason: '' })
  await act(world, [id], COMMENT, { reason: 'who knows of this?' })
  await act(world, [id], choice, { reason: 'until the release' })
  expect(await conditionOf(world, id)).toMatchObject({
    ...{ state: 'snoozed', assignee: BOB, episode: 1 },
    snoozedUntilMs: choice.action === 'snooze' && choice.untilMs,
  })
  await act(world, [id], REJECT, { reason: 'not ours' })
  expect(await conditionOf(world, id)).toMatchObject({ state: 'rejected', snoozedUntilMs: null })
  await act(world, [id], ACCEPT, { reason: 'ours after all' })
  const alert = await readAlert(world.web, id)
  expect(alert?.events.map(({ action, actor, reason }) => [action, actor, reason])).toEqual([
    ['opened', 'strayline', ''],
    ['assigned', ANN, ''],
    ['commented', ANN, 'who knows of this?'],
    ['snoozed', ANN, 'until the release'],
    ['rejected', ANN, 'not ours'],
    ['accepted', ANN, 'ours after all'],
  ])
  const records = await listAudit(world.web, { limit: 3 })
  expect(records.map((record) => record.action)).toEqual([
    ...['alert.accepted', 'baseline.approved', 'alert.rejected'],
  ])
  expect(records[2]).toMatchObject({
    ...{ actor: ANN, subject: `alert ${id}` },
    detail: {
      reason: 'not ours',
      alerts: [{ id, before: { state: 'snoozed' }, after: { state: 'rejected' } }],
    },
  })
  expect(await findBrokenAudit(world.web)).toBeNull()
})

test('accepted until a date with notes, the entry says so, and the edge is quiet', async () => {
  const strange = strangers(1)
  const ids = await stray(world, strange)
  const expiresAtMs = untilMs()
  const notes = { purpose: 'the sale', owner: 'team-a', ticket: 'S-1', expiresAtMs }
  const outcome = await act(world, ids, { action: 'accept', acceptance: { ...PLAIN, ...notes } })
  expect(outcome.versions).toEqual([{ environment: 'prod', from: 1, version: 2, state: 'active' }])
  expect((await activeContent(world))?.entries.at(-1)).toMatchObject({
    ...{ ...notes, approver: ANN, target: { name: 'stranger-0' } },
  })
  expect(await world.commit(deltaOf(strange))).toEqual([])
})

test('a pattern becomes a rule that accepts every alert it holds, and refuses what it does not', async () => {
  const other = now('web', external('example.com'))
  const ids = await stray(world, [...strangers(3), other])
  const pattern = { source: { name: 'cart' }, target: { name: 'stranger-*' } }
  const alertIds = [ids[0] ?? '', ids[3] ?? '']
  const outcome = await act(world, alertIds, {
    action: 'accept',
    acceptance: { ...PLAIN, pattern, purpose: 'strangers of cart' },
  })
  expect(outcome.results).toMatchObject([
    { alertId: ids[0], outcome: 'done', state: 'accepted' },
    { alertId: ids[3], outcome: 'refused', code: 'ALERT_NOT_HELD' },
  ])
  const states = await Promise.all(ids.map((id) => conditionOf(world, id)))
  expect(states.map((each) => each?.state)).toEqual(['accepted', 'accepted', 'accepted', 'open'])
  expect((await activeContent(world))?.rules).toMatchObject([
    { effect: 'allow', source: pattern.source, target: pattern.target, approver: ANN },
  ])
  await undo(world, outcome.actId)
  expect((await activeContent(world))?.rules).toEqual([])
  const again = await Promise.all(ids.map((id) => conditionOf(world, id)))
  expect(again.map((each) => `${each?.state} ${each?.episode}`)).toEqual(ids.map(() => 'open 1'))
})

test('a pattern that holds none of the alerts makes no version', async () => {
  const ids = await stray(world, strangers(1))
  const pattern = { source: { name: 'web' }, target: {} }
  const acceptance = { ...PLAIN, pattern }
  const outcome = await act(world, ids, { action: 'accept', acceptance })
  expect(outcome).toMatchObject({ actId: null, versions: [], results: [{ outcome: 'refused' }] })
  expect(await versions()).toEqual(['1 active'])
  expect(await listAudit(world.web, { limit: 10 })).toHaveLength(1)
})

test('an edge that is excepted from a rule under a stated name is accepted under its own', async () => {
  const pay = service('pay', { namespace: 'shop' })
  const isObserved = (node: NodeKey) => node.name !== 'pay' || node.namespace !== ''
  await world.commit(deltaOf([now('web', 'pay')], isObserved))
  await stray(world, [])
  const draft = { environment: 'prod', actor: ANN, title: '', reason: 'narrower' }
  const source = { from: 'version', version: 1 } as const
  const { version } = await createDraft(world.web, { ...draft, source })
  const edge = { source: service('web'), target: service('pay') }
  const change = { exceptionTo: ['r'], operations: ['GET /'] }
  const rule: BaselineRule = {
    ...{ ...plainEntry(edge), id: 'r', effect: 'deny' as const },
    ...{ source: { name: 'web' }, target: { name: 'pay' } },
  }
  const made = { environment: 'prod', version, expectedRevision: null, actor: ANN }
  const edits = [
    { edit: 'putRule', rule },
    { edit: 'changeEntry', edge, change },
  ] as const
  await changeDraft(world.web, { ...made, edits })
  await approveVersion(world.web, { ...made, reason: 'so', selfApproval: 'allowed' })
  const post = { ...now('web', 'pay'), operation: 'POST /' }
  await world.commit(deltaOf([now(pay, 'stock'), post], isObserved))
  const [alert] = await listAlerts(world.web, { kinds: ['new_operation'], countMax: 9 })
  expect(alert).toMatchObject({ target: pay, news: { operations: ['POST /'] } })
  const { results } = await act(world, [alert?.id ?? ''], ACCEPT)
  expect(results).toMatchObject([{ outcome: 'done', state: 'accepted' }])
})

test('500 alerts of one environment are accepted as one version, one act and one record', async () => {
  const ids = await stray(world, strangers(500))
  expect(ids).toHaveLength(500)
  const outcome = await act(world, ids, ACCEPT)
  expect(outcome.results.filter(({ outcome: each }) => each === 'done')).toHaveLength(500)
  expect(await versions()).toEqual(['2 active', '1 superseded'])
  expect(await listAudit(world.web, { limit: 10 })).toHaveLength(3)
  const before = await activeContent(world)
  expect(before?.entries).toHaveLength(502)
  await undo(world, outcome.actId)
  expect((await activeContent(world))?.entries).toHaveLength(2)
  expect(await conditionOf(world, ids[499] ?? '')).toMatchObject({ state: 'open', episode: 1 })
  expect(await findBrokenAudit(world.web)).toBeNull()
})

test('alerts of two environments are one act and a version each, undone as one', async () => {
  const prod = await stray(world, strangers(2))
  const staging = await stray(world, strangers(1, 'staging'), 'staging')
  const outcome = await act(world, [...prod, ...staging, '999999'], ACCEPT)
  expect(outcome.results.at(-1)).toMatchObject({ outcome: 'refused', code: 'ALERT_UNKNOWN' })
  expect(outcome.versions.map(({ environment, version }) => `${environment} ${version}`)).toEqual([
    ...['prod 2', 'staging 2'],
  ])
  const undone = await undo(world, outcome.actId)
  expect(undone.versions.map(({ environment, version }) => `${environment} ${version}`)).toEqual([
    ...['prod 3', 'staging 3'],
  ])
  for (const id of [...prod, ...staging])
    expect(await conditionOf(world, id)).toMatchObject({ state: 'open', episode: 1 })
})

test('what does not fit an alert is refused by itself, and the rest is done', async () => {
  const [first = '', second = ''] = await stray(world, strangers(2))
  await act(world, [first], REJECT)
  const outcome = await act(world, [first, second, second, 'x', "1' or 1=1"], REJECT)
  expect(outcome.results).toMatchObject([
    { alertId: first, outcome: 'refused', code: 'ALERT_CLOSED' },
    { alertId: second, outcome: 'done', state: 'rejected' },
    { alertId: 'x', outcome: 'refused', code: 'ALERT_UNKNOWN' },
    { alertId: "1' or 1=1", outcome: 'refused', code: 'ALERT_UNKNOWN' },
  ])
  const nothing = await act(world, [first], snooze())
  expect(nothing).toMatchObject({ actId: null, results: [{ code: 'ALERT_CLOSED' }] })
})

test('an act without a reason, with a time that is past or a person who is not there is refused', async () => {
  const ids = await stray(world, strangers(1))
  for (const choice of [ACCEPT, REJECT, COMMENT, snooze()])
    await refused(act(world, ids, choice, { reason: ' \n' }), 'REASON_MISSING')
  const nowMs = Date.now()
  const years = { action: 'snooze', untilMs: nowMs + 400 * DAY_MS } as const
  await refused(act(world, ids, years, { nowMs }), 'SNOOZE_UNTIL')
  for (const past of [nowMs, 0, Number.NaN]) {
    await refused(act(world, ids, { action: 'snooze', untilMs: past }, { nowMs }), 'SNOOZE_UNTIL')
    const acceptance = { ...PLAIN, expiresAtMs: past }
    await refused(act(world, ids, { action: 'accept', acceptance }, { nowMs }), 'ACCEPT_UNTIL')
  }
  await refused(act(world, ids, give('nobody@example.com')), 'USER_UNKNOWN')
  const many = Array.from({ length: 1001 }, (_, index) => String(index))
  await refused(act(world, many, REJECT), 'ALERTS_TOO_MANY')
  expect(await conditionOf(world, ids[0] ?? '')).toMatchObject({ state: 'open', assignee: null })
})

const HOSTILE = [
  `<script>alert(1)</script>&amp;\u202E"'; drop table alert; --`,
  '=cmd|calc'.repeat(1_100),
  '{"a":[1,2]} \\ \u0001 \u{1F4A9}',
]

test.each(HOSTILE)('a hostile text is kept as it is, sign by sign (%#)', async (text) => {
  const ids = await stray(world, strangers(1))
  await act(world, ids, COMMENT, { reason: text })
  const outcome = await act(world, ids, REJECT, { reason: text })
  await undo(world, outcome.actId, { reason: text })
  const alert = await readAlert(world.web, ids[0] ?? '')
  expect(alert?.events.slice(1).map((event) => event.reason)).toEqual([text, text, text])
  expect((await listAudit(world.web, { limit: 1 }))[0]?.detail).toMatchObject({ reason: text })
  expect(await findBrokenAudit(world.web)).toBeNull()
})

test('what Postgres cannot hold is refused, in a reason, a note and a pattern', async () => {
  const ids = await stray(world, strangers(1))
  for (const bad of ['a\0b', 'half \uD800']) {
    await refused(act(world, ids, REJECT, { reason: bad }), 'TEXT_UNSTORABLE')
    const accept = (rest: Partial<typeof PLAIN>) =>
      act(world, ids, { action: 'accept', acceptance: { ...PLAIN, ...rest } })
    await refused(accept({ owner: bad }), 'TEXT_UNSTORABLE')
    await refused(accept({ pattern: { source: { name: bad }, target: {} } }), 'TEXT_UNSTORABLE')
  }
  const purpose = 'x'.repeat(10_000)
  const acceptance = { ...PLAIN, purpose }
  await refused(act(world, ids, { action: 'accept', acceptance }), 'BASELINE_INVALID')
  expect(await versions()).toEqual(['1 active'])
})
