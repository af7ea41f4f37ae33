// Versions on their way: drafted, edited, reviewed, approved, withdrawn; and what no role may do to them.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { BaselineContent } from '../../core/baseline/content.ts'
import { listAudit } from '../../storage/audit.ts'
import { readContent } from '../../storage/baseline-content.ts'
import {
  approveVersion,
  changeDraft,
  createDraft,
  proposeDraft,
  returnDraft,
  withdrawDraft,
} from '../../storage/baseline-drafts.ts'
import { listVersions } from '../../storage/baseline-record.ts'
import {
  approveBaseline,
  listBaselines,
  readActiveVersion,
  rollBack,
} from '../../storage/baselines.ts'
import { cart, contentOf, db, entry, FULL, rule, web } from './content.ts'
import { deltaOf, service } from './delta.ts'
import { ANN, act, approve, BOB, draft, refused, usual, WINDOW } from './drafting.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

test('what a version holds is read as it was given, to the last sign', async () => {
  await world.commit(deltaOf(usual))
  const { version, state, revision } = await draft(world, FULL)
  expect({ version, state, revision }).toEqual({ version: 1, state: 'draft', revision: 1 })
  expect(await readContent(world.web, 'prod', version)).toEqual(FULL)
  expect(await readContent(world.web, 'prod', 9)).toBeNull()
})

test('a draft is edited, proposed, sent back, edited, proposed and approved; each act is audited', async () => {
  await world.commit(deltaOf(usual))
  const first = await draft(world, contentOf([entry(web, cart, { quarantine: ['last_hour'] })]))
  const edges = { source: web, target: cart }
  const edited = await changeDraft(world.web, {
    ...act(1, BOB),
    expectedRevision: first.revision,
    title: 'Another',
    edits: [
      { edit: 'changeEntry', edge: edges, change: { purpose: 'carts', quarantine: [] } },
      { edit: 'putEntry', entry: entry(cart, db, { quarantine: ['one_trace'] }) },
      { edit: 'clearQuarantine' },
      { edit: 'putRule', rule: rule('r') },
      { edit: 'putRule', rule: rule('r', { effect: 'allow' }) },
      { edit: 'putRule', rule: rule('gone') },
      { edit: 'removeRule', id: 'gone' },
    ],
  })
  expect(edited).toEqual({ version: 1, state: 'draft', revision: 2 })
  expect(await readContent(world.web, 'prod', 1)).toEqual(
    contentOf(
      [entry(web, cart, { purpose: 'carts' }), entry(cart, db)],
      [rule('r', { effect: 'allow' })],
    ),
  )
  expect((await proposeDraft(world.web, act(1))).state).toBe('in_review')
  await refused(proposeDraft(world.web, act(1)), 'BASELINE_NOT_DRAFT')
  await refused(changeDraft(world.web, { ...act(1), content: FULL }), 'BASELINE_NOT_DRAFT')
  expect((await returnDraft(world.web, { ...act(1, BOB), reason: 'no rule' })).state).toBe('draft')
  await refused(returnDraft(world.web, { ...act(1), reason: 'x' }), 'BASELINE_NOT_PROPOSED')
  const content = contentOf([entry(web, cart), entry(cart, db)])
  await changeDraft(world.web, { ...act(1), content, reason: 'simpler' })
  await proposeDraft(world.web, act(1))
  expect(await approve(world, 1)).toMatchObject({ version: 1, state: 'active' })
  const [version] = await listBaselines(world.web, 'prod')
  expect(version).toMatchObject({
    ...{ version: 1, state: 'active', author: ANN, editors: [BOB], approver: BOB },
    ...{ title: 'Another', reason: 'simpler', origin: 'content', baseVersion: null, entries: 2 },
  })
  const acts = await listAudit(world.web, { limit: 20 })
  expect(acts.map(({ action, actor }) => [action, actor]).reverse()).toEqual([
    ['baseline.drafted', ANN],
    ['baseline.edited', BOB],
    ['baseline.proposed', ANN],
    ['baseline.returned', BOB],
    ['baseline.edited', ANN],
    ['baseline.proposed', ANN],
    ['baseline.approved', BOB],
  ])
  const change = acts.find(({ action, actor }) => action === 'baseline.edited' && actor === BOB)
  expect(change).toMatchObject({
    subject: 'prod version 1',
    detail: {
      ...{ added: 2, removed: 0, changed: 1 },
      before: { entries: 1, rules: 0 },
      after: { entries: 2, rules: 1 },
      names: { added: ['prod service cart -> prod database postgresql:db', 'rule r'] },
    },
  })
})

test('who wrote a version, or any part of it, may not approve it where that is forbidden', async () => {
  await world.commit(deltaOf(usual))
  const content = contentOf([entry(web, cart)])
  await draft(world, content)
  await changeDraft(world.web, { ...act(1, BOB), content })
  await proposeDraft(world.web, act(1))
  const by = (actor: string) =>
    approveVersion(world.web, { ...act(1, actor), reason: 'ok', selfApproval: 'forbidden' })
  await refused(by(ANN), 'SELF_APPROVAL_FORBIDDEN')
  await refused(by(BOB), 'SELF_APPROVAL_FORBIDDEN')
  expect(await by('eve@example.com')).toMatchObject({ state: 'active' })
  const proposal = { ...WINDOW, author: ANN, reason: 'as seen', selfApproval: 'forbidden' } as const
  expect(await approveBaseline(world.web, proposal)).toEqual({ version: 2, state: 'in_review' })
  expect(await readActiveVersion(world.web, 'prod')).toBe(1)
  const back = { environment: 'prod', version: 1, actor: BOB, reason: 'back' }
  expect(await rollBack(world.web, { ...back, selfApproval: 'forbidden' })).toEqual({
    ...{ version: 3, state: 'in_review' },
  })
})

test('a copy of what nobody has approved is no way to approve it oneself', async () => {
  await world.commit(deltaOf(usual))
  await draft(world, contentOf([entry(web, cart)]))
  await changeDraft(world.web, { ...act(1, BOB), content: contentOf([entry(web, cart)]) })
  const copy = { environment: 'prod', actor: 'token ci', title: '', reason: 'a copy' }
  await createDraft(world.web, { ...copy, source: { from: 'version', version: 1 } })
  const back = { environment: 'prod', version: 1, actor: 'token ci', reason: 'back' }
  await rollBack(world.web, { ...back, selfApproval: 'forbidden' })
  const approveBy = (version: number, actor: string) =>
    approveVersion(world.web, { ...act(version, actor), reason: 'ok', selfApproval: 'forbidden' })
  for (const version of [2, 3])
    for (const writer of [ANN, BOB, 'token ci'])
      await refused(approveBy(version, writer), 'SELF_APPROVAL_FORBIDDEN')
  expect(await approveBy(2, 'eve@example.com')).toMatchObject({ state: 'active' })
  // What somebody has approved is nobody's work any more.
  await createDraft(world.web, { ...copy, source: { from: 'version', version: 2 } })
  expect(await approveBy(4, ANN)).toMatchObject({ state: 'active' })
})

test('a change of what nobody looked at is refused, and so is what cannot be stored', async () => {
  await world.commit(deltaOf(usual))
  const content = contentOf([entry(web, cart)])
  await draft(world, content)
  await changeDraft(world.web, { ...act(1), expectedRevision: 1, content })
  const late = { ...act(1), expectedRevision: 1 }
  await refused(changeDraft(world.web, { ...late, content }), 'REVISION_STALE')
  await refused(proposeDraft(world.web, late), 'REVISION_STALE')
  await refused(withdrawDraft(world.web, { ...late, reason: 'x' }), 'REVISION_STALE')
  const put = (given: BaselineContent) => changeDraft(world.web, { ...act(1), content: given })
  const wrong = [
    contentOf([entry(web, cart), entry(web, cart)]),
    contentOf([entry(service('web', { environment: 'staging' }), cart)]),
    { ...content, environment: 'staging' },
    contentOf([entry(web, service('nul \0'))]),
    contentOf([entry(web, cart, { purpose: 'x'.repeat(3_000) })]),
    contentOf([entry(web, cart, { expiresAtMs: Number.NaN })]),
    contentOf([], [rule('a'), rule('a')]),
    contentOf([], [rule('not an id')]),
  ]
  for (const given of wrong) await refused(put(given), 'BASELINE_INVALID')
  const edge = { source: cart, target: web }
  const edits = [{ edit: 'removeEntry', edge }] as const
  await refused(changeDraft(world.web, { ...act(1), edits }), 'ENTRY_UNKNOWN')
  await put(contentOf([]))
  await refused(approve(world, 1), 'BASELINE_EMPTY')
  await refused(approve(world, 7), 'BASELINE_UNKNOWN')
  await refused(
    createDraft(world.web, { ...blank, source: { from: 'content', content } }),
    'REASON_MISSING',
  )
  await refused(draft(world, { ...content, environment: 'nowhere' }), 'ENVIRONMENT_UNKNOWN')
})
const blank = { environment: 'prod', actor: ANN, title: '', reason: ' ' }

test('a withdrawn draft is gone, and an active version cannot be withdrawn', async () => {
  await world.commit(deltaOf(usual))
  await draft(world, FULL)
  await proposeDraft(world.web, act(1))
  await withdrawDraft(world.web, { ...act(1), reason: 'never mind' })
  expect(await listBaselines(world.web, 'prod')).toEqual([])
  // Its number is not given again: what speaks of it speaks of nothing else.
  expect((await draft(world, contentOf([entry(web, cart)]))).version).toBe(2)
  await refused(approve(world, 1), 'BASELINE_UNKNOWN')
  await approve(world, 2)
  await refused(withdrawDraft(world.web, { ...act(2), reason: 'x' }), 'BASELINE_CLOSED')
  await refused(approve(world, 2), 'BASELINE_CLOSED')
})

test('versions are listed in pages, the highest number first', async () => {
  await world.commit(deltaOf(usual))
  for (let number = 1; number <= 5; number++) await draft(world, FULL)
  const page = (after: number | null) =>
    listVersions(world.web, { environment: 'prod', limit: 2, after })
  expect((await page(null)).map(({ version }) => version)).toEqual([5, 4])
  expect((await page(4)).map(({ version }) => version)).toEqual([3, 2])
  expect(await page(2)).toMatchObject([{ version: 1, entries: 3, quarantined: 1, rules: 2 }])
})

test('no role changes a version that is no draft, its entries or its rules', async () => {
  await world.commit(deltaOf(usual))
  await draft(world, FULL)
  await approve(world, 1)
  await draft(world, FULL)
  await proposeDraft(world.web, act(2))
  await draft(world, FULL)
  await approve(world, 3)
  const before = await snapshot()
  for (const sql of [world.owner, world.web, world.collector])
    for (const version of [1, 2, 3]) {
      const id = sql`(select id from baseline where version = ${version})`
      const attempts = [
        sql`insert into baseline_entry (baseline_id, entry, source_environment, source_kind,
            source_namespace, source_name, target_environment, target_kind, target_namespace,
            target_name)
          select ${id}, 99, 'prod', 'service', '', 'a', 'prod', 'service', '', 'b'`,
        sql`insert into baseline_rule (baseline_id, id, place, effect, source, target)
          select ${id}, 'new', 99, 'allow', '{}', '{}'`,
        sql`update baseline_entry set purpose = 'x' where baseline_id = ${id}`,
        sql`update baseline_rule set effect = 'allow' where baseline_id = ${id}`,
        sql`delete from baseline_entry where baseline_id = ${id}`,
        sql`delete from baseline_rule where baseline_id = ${id}`,
        sql`delete from baseline where version = ${version}`,
        sql`update baseline set reason = 'x' where version = ${version}`,
        sql`update baseline set author = 'x' where version = ${version}`,
        sql`update baseline set version = 77 where version = ${version}`,
        sql`truncate baseline_rule`,
      ]
      for (const attempt of attempts)
        await expect(Promise.resolve(attempt)).rejects.toMatchObject({
          code: expect.stringMatching(/^(42501|0A000)$/),
        })
    }
  for (const [version, state] of [
    [1, 'active'],
    [1, 'draft'],
    [3, 'draft'],
    [3, 'in_review'],
  ])
    await expect(
      Promise.resolve(
        world.owner`update baseline set state = ${state!} where version = ${version!}`,
      ),
    ).rejects.toMatchObject({ code: '42501' })
  expect(await snapshot()).toEqual(before)
})

async function snapshot() {
  return [
    await world.owner`select * from baseline order by id`,
    await world.owner`select * from baseline_entry order by baseline_id, entry`,
    await world.owner`select * from baseline_rule order by baseline_id, place`,
  ]
}
