// Baselines in use: learned, rolled back, promoted, compared, and what becomes of alerts.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { BaselineContent, BaselineEntry } from '../../core/baseline/content.ts'
import { listAlerts, readAlert } from '../../storage/alerts.ts'
import { compareSides } from '../../storage/baseline-compare.ts'
import { readContent } from '../../storage/baseline-content.ts'
import { changeDraft, createDraft } from '../../storage/baseline-drafts.ts'
import {
  approveBaseline,
  listBaselines,
  promoteBaseline,
  rollBack,
} from '../../storage/baselines.ts'
import { readGraph } from '../../storage/graph.ts'
import { forgetNode, renameNode } from '../../storage/node-acts.ts'
import { findMatchingEdges, readRuleUse } from '../../storage/rule-use.ts'
import { readNodeTags, writeTags } from '../../storage/tag-nodes.ts'
import { cart, contentOf, db, entry, rule, web } from './content.ts'
import { call, deltaOf, external, NOON_MS, service } from './delta.ts'
import { ANN, act, approve, BOB, draft, refused, usual, WINDOW } from './drafting.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
beforeEach(() => world.clear())
afterAll(() => world.end())

const PINS = { protocols: false, operations: false, ports: false }
const alerts = async () =>
  (await listAlerts(world.web, { environment: 'prod', states: ALL, countMax: 100 })).map(
    ({ kind, state, target }) => [kind, state, target?.name],
  )
const ALL = ['open', 'accepted', 'rejected', 'withdrawn'] as const

const blank = { environment: 'prod', actor: ANN, title: '', reason: ' ' }

test('learning puts what one trace or the last hour showed into quarantine, where it does not hold', async () => {
  const old = (name: string) => [
    call('web', name, { atMs: NOON_MS - 86_400_000, traceIds: ['a1'.repeat(16)] }),
    call('web', name, { atMs: NOON_MS, traceIds: ['b1'.repeat(16)] }),
  ]
  await world.commit(deltaOf([...old('cart'), call('web', 'evil', { atMs: NOON_MS })]))
  const fromMs = NOON_MS - 2 * 86_400_000
  const source = { from: 'window', fromMs, toMs: NOON_MS + 60_000, pins: PINS } as const
  await createDraft(world.web, { ...blank, reason: 'learned', source })
  const content = await readContent(world.web, 'prod', 1)
  const quarantine = content?.entries.map(({ target, quarantine }) => [target.name, quarantine])
  expect(quarantine).toEqual([
    ['cart', []],
    ['evil', ['one_trace', 'last_hour']],
  ])
  await approve(world, 1)
  await world.commit(deltaOf([...old('cart'), call('web', 'evil')]))
  expect(await alerts()).toEqual([['new_service', 'open', 'evil']])
  await createDraft(world.web, { ...blank, reason: 'x', source: { from: 'version', version: 1 } })
  await changeDraft(world.web, { ...act(2), edits: [{ edit: 'clearQuarantine' }] })
  await approve(world, 2)
  expect(await alerts()).toEqual([['new_service', 'accepted', 'evil']])
})

test('a roll-back makes a new version with equal content, reopens and accepts by it', async () => {
  await world.commit(deltaOf(usual))
  await draft(
    world,
    contentOf(
      [entry(web, cart, { purpose: 'one' }), entry(cart, db)],
      [rule('allow', { effect: 'allow', source: { name: 'x' } })],
    ),
  )
  await approve(world, 1)
  const [id] = await world.commit(deltaOf([call('web', 'pay')]))
  await draft(world, contentOf([entry(web, cart), entry(cart, db), entry(web, service('pay'))]))
  await approve(world, 2)
  expect(await alerts()).toEqual([['new_service', 'accepted', 'pay']])
  const back = {
    environment: 'prod',
    actor: ANN,
    reason: 'too much',
    selfApproval: 'allowed',
  } as const
  // Unseen for a day: it is judged when it is seen again.
  expect(await rollBack(world.web, { ...back, version: 1 })).toEqual({
    version: 3,
    state: 'active',
  })
  expect(await world.commit(deltaOf([call('web', 'pay')]))).toEqual([id])
  expect(await readAlert(world.web, String(id))).toMatchObject({ state: 'open', episode: 2 })
  expect(await readContent(world.web, 'prod', 3)).toEqual(await readContent(world.web, 'prod', 1))
  const side = (version: number) => ({ side: 'version', environment: 'prod', version }) as const
  const nothing = { added: [], removed: [], changed: [] }
  expect(await compareSides(world.web, side(1), side(3))).toEqual({
    ...{ entries: nothing, rules: nothing, nodes: nothing },
  })
  expect(await compareSides(world.web, side(1), side(2))).toMatchObject({
    entries: {
      added: [{ target: { name: 'pay' } }],
      removed: [],
      changed: [{ fields: ['purpose'] }],
    },
    rules: { removed: [{ id: 'allow' }] },
  })
  expect((await listBaselines(world.web, 'prod')).map(({ state }) => state)).toEqual([
    ...['active', 'superseded', 'superseded'],
  ])
  await refused(rollBack(world.web, { ...back, version: 9 }), 'BASELINE_UNKNOWN')
})

test('a version is promoted as a draft that speaks of the other environment', async () => {
  const staging = (name: string) => service(name, { environment: 'staging' })
  await world.commit(deltaOf([...usual, call(staging('web'), staging('cart'))]))
  const content: BaselineContent = {
    ...{ environment: 'staging', nodes: [] },
    entries: [entry(staging('web'), staging('cart')), entry(staging('web'), web)],
    rules: [
      rule('r', { source: { environment: 'staging', except: [{ environment: 'staging' }] } }),
    ],
  }
  await draft(world, content)
  const promotion = { environment: 'staging', version: 1, toEnvironment: 'prod', actor: ANN }
  const words = { title: 'From staging', reason: 'tested' }
  expect(await promoteBaseline(world.web, { ...promotion, ...words })).toMatchObject({
    ...{ version: 1, state: 'draft' },
  })
  expect(await readContent(world.web, 'prod', 1)).toEqual({
    ...contentOf([entry(web, cart), entry(web, web)]),
    rules: [rule('r', { source: { environment: 'prod', except: [{ environment: 'prod' }] } })],
  })
  const same = { ...promotion, ...words, toEnvironment: 'staging' }
  await refused(promoteBaseline(world.web, same), 'ENVIRONMENT_SAME')
})

test('a live window, a content and two environments are compared by their edges', async () => {
  await world.commit(deltaOf([...usual, call('web', 'pay', { calls: 3 })]))
  await draft(world, contentOf([entry(web, cart), entry(web, service('old'))]))
  await approve(world, 1)
  const live = { side: 'window', ...WINDOW } as const
  const difference = await compareSides(world.web, { side: 'active', environment: 'prod' }, live)
  const names = (entries: readonly BaselineEntry[]) => entries.map(({ target }) => target.name)
  expect(names(difference.entries.added)).toEqual(['postgresql:db', 'pay'])
  expect(names(difference.entries.removed)).toEqual(['old'])
  const staging = { ...contentOf([]), environment: 'staging' }
  const other = await compareSides(world.web, { side: 'content', content: staging }, live)
  expect(other.entries.added).toHaveLength(3)
  await refused(
    compareSides(world.web, { side: 'active', environment: 'x' }, live),
    'BASELINE_UNKNOWN',
  )
})

test('a rule is used as often as edges that match it are called', async () => {
  await world.commit(deltaOf([...usual, call('cart', external('a.example.com'), { calls: 5 })]))
  await world.commit(deltaOf([call('cart', external('b.example.com'), { atMs: NOON_MS + 1_000 })]))
  const rules = [
    rule('out', { effect: 'allow', target: { kind: 'external', name: 'example.*' } }),
    rule('never', { source: { name: 'nobody' } }),
  ]
  await draft(world, contentOf([], rules))
  expect(await readRuleUse(world.web, 'prod', 1)).toMatchObject([
    { id: 'out', hits: 6, lastUseMs: NOON_MS + 1_000 },
    { id: 'never', hits: 0, lastUseMs: null },
  ])
  const matching = await findMatchingEdges(world.web, 'prod', rules[0]!)
  expect(matching).toMatchObject([{ target: { name: 'example.com' }, calls: 6 }])
})

test('approving a window keeps what was said of edges and the rules', async () => {
  await world.commit(deltaOf(usual))
  const said = { purpose: 'carts', ticket: 'SHOP-1', quarantine: ['one_trace'] } as const
  const rules = [rule('r', { target: { name: 'nothing' } })]
  await draft(world, contentOf([entry(web, cart, { ...said, expiresAtMs: NOON_MS })], rules))
  await approve(world, 1)
  await approveBaseline(world.web, { ...WINDOW, author: ANN, reason: 'as seen' })
  const content = await readContent(world.web, 'prod', 2)
  expect(content?.entries).toMatchObject([
    { target: { name: 'postgresql:db' }, approver: ANN },
    {
      target: { name: 'cart' },
      purpose: 'carts',
      quarantine: [],
      expiresAtMs: null,
      approver: BOB,
    },
  ])
  expect(content?.rules).toMatchObject([{ id: 'r', approver: BOB }])
})

test('a version of before a rename holds the node under its new name when it comes back', async () => {
  await world.commit(deltaOf(usual))
  await draft(world, contentOf([entry(web, cart), entry(cart, db)]))
  await approve(world, 1)
  const { nodes } = await readGraph(world.web, WINDOW)
  const nodeId = nodes.find(({ name }) => name === 'cart')?.id ?? ''
  const renaming = { environment: 'prod', nodeId, actor: ANN, reason: 'x', namespace: '' }
  await renameNode(world.owner, { ...renaming, name: 'basket' })
  const back = { environment: 'prod', version: 1, actor: ANN, reason: 'back' }
  await rollBack(world.web, { ...back, selfApproval: 'allowed' })
  expect(await world.commit(deltaOf(usual))).toEqual([])
  const content = await readContent(world.web, 'prod', 3)
  expect(content?.entries.map(({ source, target }) => [source.name, target.name])).toEqual([
    ['web', 'basket'],
    ['basket', 'postgresql:db'],
  ])
})

test('a service whose only edge was not looked at is not approved as one without edges', async () => {
  await world.commit(deltaOf([...usual, call('evil', 'cart')]))
  const { edges } = await readGraph(world.web, WINDOW)
  const looked = edges.filter(({ source }) => source.name !== 'evil')
  const edgeIds = new Set(looked.map(({ id }) => id))
  const approval = { ...WINDOW, edgeIds, author: ANN, reason: 'as seen' }
  await approveBaseline(world.web, approval)
  expect(await world.commit(deltaOf([call('evil', 'cart')]))).toHaveLength(1)
  expect(await alerts()).toEqual([['new_service', 'open', 'cart']])
})

test('what was said of a node goes with it to its new name, and goes with it', async () => {
  await world.commit(deltaOf(usual))
  const changes = [{ node: cart, tags: { dataClasses: ['pii'] }, expectedRevision: 0 }]
  await writeTags(world.web, { changes, actor: ANN, reason: 'known' })
  await draft(
    world,
    contentOf([entry(web, cart), entry(cart, db)], [rule('r', { source: { name: 'x' } })]),
  )
  await approve(world, 1)
  const nodeId = async (name: string) =>
    (await readGraph(world.web, WINDOW)).nodes.find((node) => node.name === name)?.id ?? ''
  const of = { environment: 'prod', actor: ANN, reason: 'x' }
  await renameNode(world.owner, { ...of, nodeId: await nodeId('cart'), namespace: '', name: 'new' })
  expect((await readNodeTags(world.web, service('new'))).tags.dataClasses).toEqual(['pii'])
  expect((await readNodeTags(world.web, cart)).revision).toBe(0)
  const renamed = await readContent(world.web, 'prod', 2)
  expect(renamed?.rules.map(({ id }) => id)).toEqual(['r'])
  expect(renamed?.entries.map(({ target }) => target.name)).toEqual(['new', 'postgresql:db'])
  await forgetNode(world.owner, { ...of, nodeId: await nodeId('new') })
  expect((await readNodeTags(world.web, service('new'))).revision).toBe(0)
  expect((await readContent(world.web, 'prod', 3))?.entries).toEqual([])
})
