// The way of a baseline over the API: drafted, edited, proposed, approved, rolled back, promoted, compared;
// beside it tags and the audit record. Every answer is held against the document.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ALL_ROUTES } from '../../app/contract/all-routes.ts'
import type { BaselineContent } from '../../core/baseline/content.ts'
import { parseBaselineFile } from '../../core/baseline/file/parse.ts'
import { createDocumentChecker, type DocumentChecker } from './document-checker.ts'
import { commitTraffic, makeEntry } from './traffic.ts'
import { type Asking, isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

let world: WebWorld
let checker: DocumentChecker

beforeAll(async () => {
  if (!isBuilt) return
  world = await startWebWorld()
  await commitTraffic(world, [
    ['web', 'cart'],
    ['cart', 'orders'],
    ['orders', 'billing'],
  ])
  checker = createDocumentChecker((await world.ask('openapi.json')).json)
})
afterAll(() => world?.end())

/** Asks and holds the answer against the document. */
async function ask(id: string, route: string, asking?: Asking) {
  const answer = await world.ask(route, asking)
  expect(checker.check(id, answer)).toBeNull()
  return answer
}
const at = (version: number | string, act = '', more = '') =>
  `baselines/${version}${act === '' ? '' : `/${act}`}?environment=prod${more}`
const match = (etag: string | null) => ({ 'if-match': etag ?? '' })
const analyst = () => ({ cookie: world.cookies.analyst })

async function draft(content: Partial<BaselineContent>) {
  const source = { from: 'content', content: { environment: 'prod', entries: [], ...content } }
  const body = { environment: 'prod', reason: 'a test', source }
  return ask('draftBaseline', 'baselines', { method: 'POST', body, ...analyst() })
}

test.skipIf(!isBuilt)('a draft is learned, looked through, proposed and approved', async () => {
  const source = { from: 'window', window: '1h', pins: { operations: true } }
  const body = { environment: 'prod', title: 'First', reason: 'as seen', source }
  const made = await ask('draftBaseline', 'baselines', { method: 'POST', body, ...analyst() })
  expect([made.status, made.json.state, made.headers.get('etag')]).toEqual([201, 'draft', '"r1"'])
  const { version } = made.json
  const read = await ask('readBaseline', at(version))
  expect(read.json.content.entries).toHaveLength(3)
  expect(read.json.content.entries[0].operations).toEqual(['GET /'])
  const clear = { method: 'PATCH', body: { edits: [{ edit: 'clearQuarantine' }] }, ...analyst() }
  expect((await ask('editDraft', at(version), clear)).status).toBe(428)
  const stale = { ...clear, headers: match('"r9"') }
  expect((await ask('editDraft', at(version), stale)).status).toBe(412)
  const edited = await ask('editDraft', at(version), {
    ...{ ...clear, headers: match(`W/${read.headers.get('etag')}`) },
  })
  expect([edited.status, edited.headers.get('etag')]).toEqual([200, '"r2"'])
  const propose = { method: 'POST', ...analyst() }
  const proposed = await ask('proposeBaseline', at(version, 'propose'), {
    ...{ ...propose, headers: match('"r2"') },
  })
  expect(proposed.json.state).toBe('in_review')
  const headers = match(proposed.headers.get('etag'))
  const back = { method: 'POST', body: { reason: 'not yet' }, headers, ...analyst() }
  const returned = await ask('returnBaseline', at(version, 'return'), back)
  expect(returned.json.state).toBe('draft')
  const again = { ...propose, headers: match(returned.headers.get('etag')) }
  const { headers: last } = await ask('proposeBaseline', at(version, 'propose'), again)
  const approve = { method: 'POST', body: { reason: 'right' }, headers: match(last.get('etag')) }
  const refused = await ask('approveBaseline', at(version, 'approve'), { ...approve, ...analyst() })
  expect(refused.status).toBe(403)
  expect((await ask('readBaseline', at('active'))).status).toBe(404)
  const approved = await ask('approveBaseline', at(version, 'approve'), approve)
  expect(approved.json.state).toBe('active')
  expect((await ask('readBaseline', at('active'))).json.version).toBe(version)
  expect((await ask('editDraft', at(version), { ...clear, headers })).status).toBe(409)
})

test.skipIf(!isBuilt)('a version is a file and a file is a draft', async () => {
  const json = await ask('readBaseline', at('active'))
  const yaml = await ask('readBaseline', at('active', '', '&format=yaml'))
  expect(yaml.headers.get('content-type')).toBe('application/yaml; charset=utf-8')
  expect(yaml.headers.get('strayline-baseline-version')).toBe(String(json.json.version))
  const parsed = parseBaselineFile(yaml.text)
  expect(parsed.ok && parsed.content).toEqual(json.json.content)
  const unchanged = { headers: { 'if-none-match': yaml.headers.get('etag') ?? '' } }
  expect((await ask('readBaseline', at('active', '', '&format=yaml'), unchanged)).status).toBe(304)
  const asYaml = { 'content-type': 'application/yaml' }
  const post = { method: 'POST', body: yaml.text, headers: asYaml }
  const made = await ask('draftBaseline', 'baselines?reason=from%20git&title=G', post)
  expect(made.status).toBe(201)
  const { version } = made.json
  const stored = await ask('readBaseline', at(version))
  expect(stored.json).toMatchObject({ title: 'G', reason: 'from git', origin: 'content' })
  expect(stored.json.content).toEqual(json.json.content)
  const put = { method: 'PUT', body: yaml.text, headers: { ...asYaml, ...match('"r1"') } }
  expect((await ask('replaceDraft', at(version), put)).json).toMatchObject({ revision: 2 })
  const broken = { ...post, body: `${yaml.text}\nrules:\n  - id: "x y"\n` }
  const refused = await ask('draftBaseline', 'baselines?reason=x', broken)
  expect(refused.status).toBe(400)
  expect(refused.json.detail).toMatch(/line \d+, column \d+: /)
  expect((await ask('draftBaseline', 'baselines', post)).json.detail).toContain('reason')
  const gone = { method: 'DELETE', headers: match('"r2"') }
  const withdraw = () => ask('withdrawBaseline', at(version, '', '&reason=done'), gone)
  expect((await withdraw()).status).toBe(204)
  expect((await withdraw()).status).toBe(404)
})

test.skipIf(!isBuilt)('a version comes back, and goes to another environment', async () => {
  const { version } = (await ask('readBaseline', at('active'))).json
  const why = { method: 'POST', body: { reason: 'because' } }
  const back = await ask('rollBack', at(version, 'rollback'), why)
  expect([back.status, back.json.state]).toEqual([201, 'active'])
  expect(back.json.version).toBeGreaterThan(version)
  await commitTraffic(world, [['web', 'cart']], 'staging')
  const body = { toEnvironment: 'staging', reason: 'the same there' }
  const promoted = await ask('promoteBaseline', at(version, 'promote'), { method: 'POST', body })
  expect(promoted.json).toMatchObject({ environment: 'staging', state: 'draft' })
  const there = `baselines/${promoted.json.version}?environment=staging`
  const { entries } = (await ask('readBaseline', there)).json.content
  expect(
    new Set(entries.map((one: { source: { environment: string } }) => one.source.environment)),
  ).toEqual(new Set(['staging']))
  const same = { method: 'POST', body: { ...body, toEnvironment: 'prod' } }
  expect((await ask('promoteBaseline', at(version, 'promote'), same)).status).toBe(400)
  const nowhere = { method: 'POST', body: { ...body, toEnvironment: 'nowhere' } }
  expect((await ask('promoteBaseline', at(version, 'promote'), nowhere)).status).toBe(404)
})

test.skipIf(!isBuilt)('rules tell how much they are used, and what they would match', async () => {
  const rule = {
    ...{ id: 'only-cart', effect: 'deny', source: { except: [{ name: 'cart' }] } },
    target: { name: 'orders' },
  }
  const all = { ...rule, id: 'all', effect: 'allow', source: {}, target: {} }
  const made = await draft({ rules: [rule, all] as never })
  const used = await ask('listRules', at(made.json.version, 'rules'))
  expect(used.json.items).toMatchObject([
    { id: 'only-cart', hits: 0, lastUseMs: null },
    { id: 'all', hits: 3, lastUseMs: expect.any(Number) },
  ])
  const preview = { method: 'POST', body: { environment: 'prod', rule: { ...rule, source: {} } } }
  const matched = await ask('previewRule', 'rules/preview', preview)
  expect(matched.json).toMatchObject({ total: 1, hits: 1 })
  expect(matched.json.edges).toMatchObject([
    { source: { name: 'cart' }, target: { name: 'orders' }, calls: 1 },
  ])
  const bad = { method: 'POST', body: { environment: 'prod', rule: { ...rule, id: 'a b' } } }
  expect((await ask('previewRule', 'rules/preview', bad)).json.detail).toContain('rule.id')
})

test.skipIf(!isBuilt)('any two of version, window and content are compared', async () => {
  const one = await draft({ entries: [makeEntry('web', 'cart'), makeEntry('web', 'old')] })
  const compare = async (left: object, right: object) => {
    const body = { left, right }
    return (await ask('compareBaselines', 'comparisons', { method: 'POST', body })).json
  }
  const version = { side: 'version', environment: 'prod', version: one.json.version }
  expect((await compare(version, version)).isSame).toBe(true)
  const { isSame, entries } = await compare(version, {
    side: 'window',
    environment: 'prod',
    window: '1h',
  })
  const names = (list: readonly { target: { name: string } }[]) => list.map((e) => e.target.name)
  expect([isSame, names(entries.added), names(entries.removed)]).toEqual([
    ...[false, ['orders', 'billing'], ['old']],
  ])
  const content = { environment: 'prod', entries: [makeEntry('web', 'cart', { owner: 'shop' })] }
  const said = await compare(version, { side: 'content', content })
  expect(said.entries.changed).toMatchObject([{ fields: ['owner'] }])
  expect((await compare({ side: 'active', environment: 'prod' }, version)).isSame).toBe(false)
  const left = { ...version, version: 999 }
  const none = { method: 'POST', body: { left, right: version } }
  expect((await ask('compareBaselines', 'comparisons', none)).status).toBe(404)
})

test.skipIf(!isBuilt)('tags of a node are replaced as they were looked at', async () => {
  const route = 'tags/node?environment=prod&kind=service&name=billing'
  const read = await ask('readTags', route)
  expect(read.json).toMatchObject({ said: {}, tags: { owner: '', dataClasses: [] }, revision: 0 })
  const body = { tags: { owner: 'money', dataClasses: ['payment', 'pii'] }, reason: 'known' }
  const put = { method: 'PUT', body, ...analyst() }
  expect((await ask('replaceTags', route, put)).status).toBe(428)
  const headers = match(read.headers.get('etag'))
  const said = await ask('replaceTags', route, { ...put, headers })
  expect(said.json).toMatchObject({ said: body.tags, tags: { ...body.tags, layer: '' } })
  expect((await ask('replaceTags', route, { ...put, headers })).status).toBe(412)
  const next = { ...put, headers: match(said.headers.get('etag')), body: { ...body, tags: {} } }
  expect((await ask('replaceTags', route, next)).json.said).toEqual({})
  const node = { environment: 'prod', kind: 'service', name: 'cart' }
  const changes = [{ node, tags: { layer: 'web' } }]
  const many = { method: 'POST', body: { reason: 'inventory', changes } }
  expect((await ask('sayTags', 'tags', many)).json.items).toMatchObject([
    { tags: { layer: 'web' } },
  ])
  const listed = await ask('listTags', 'tags?environment=prod')
  expect(listed.json.items).toMatchObject([{ name: 'cart', layer: 'web' }])
  const content = (await ask('readBaseline', at('active'))).json.content
  expect(content.nodes).toEqual(listed.json.items)
})

/** Reads a list page by page to its end. */
async function readAll(id: string, route: string, limit: number): Promise<readonly unknown[]> {
  const items: unknown[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page = await ask(id, `${route}&limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`)
    expect(page.status).toBe(200)
    expect(page.json.items.length).toBeLessThanOrEqual(limit)
    items.push(...page.json.items)
    cursor = page.json.nextCursor
  }
  return items
}

test.skipIf(!isBuilt)('a list read in pages to its end is the whole list', async () => {
  const entries = Array.from({ length: 23 }, (_, n) =>
    makeEntry('web', `s${n}`, { quarantine: n % 2 === 0 ? ['one_trace'] : [] }),
  )
  const { version } = (await draft({ entries })).json
  const whole = (await ask('readBaseline', at(version))).json.content.entries
  expect(await readAll('listEntries', at(version, 'entries'), 7)).toEqual(whole)
  const doubtful = await readAll('listEntries', at(version, 'entries', '&quarantined=true'), 5)
  expect(doubtful).toEqual(whole.filter((one: { quarantine: [] }) => one.quarantine.length > 0))
  for (const [id, route] of [
    ['listBaselines', 'baselines?environment=prod'],
    ['listAudit', 'audit?subject=prod'],
    ['listTags', 'tags?environment=prod'],
  ] as const) {
    const all = (await ask(id, `${route}&limit=500`)).json.items
    expect(all.length).toBeGreaterThan(0)
    expect(await readAll(id, route, 2)).toEqual(all)
  }
})

test.skipIf(!isBuilt)('environments tell which version is active', async () => {
  const { items, forbidsSelfApproval } = (await ask('listEnvironments', 'environments')).json
  const [prod, staging] = items
  expect([prod.name, staging.name, staging.activeVersion]).toEqual(['prod', 'staging', null])
  expect(prod.activeVersion).toBe((await ask('readBaseline', at('active'))).json.version)
  expect(forbidsSelfApproval).toBe(false)
  const settings = { zone: 'Europe/Berlin' }
  const change = { method: 'PATCH', body: settings, ...analyst() }
  await ask('changeSettings', 'environments/prod/settings', change)
  expect((await ask('readSettings', 'environments/prod/settings')).json).toMatchObject(settings)
})

test.skipIf(!isBuilt)('every act is in the audit record, whose chain holds', async () => {
  const acts = (await ask('listAudit', 'audit?action=baseline&limit=500')).json.items
  const kinds = new Set(acts.map(({ action }: { action: string }) => action))
  for (const act of ['drafted', 'edited', 'proposed', 'returned', 'approved', 'withdrawn'])
    expect(kinds).toContain(`baseline.${act}`)
  expect((await ask('verifyAudit', 'audit/verify')).json).toEqual({
    isIntact: true,
    brokenSeq: null,
  })
  expect((await world.ask('audit', { cookie: world.cookies.viewer })).status).toBe(403)
})

test.skipIf(!isBuilt)('of every route of baselines, tags and audit a good answer was seen', () => {
  const concerned = ALL_ROUTES.filter(({ tag }) =>
    ['baselines', 'inventory', 'audit'].includes(tag),
  )
  const unseen = concerned.filter(({ id }) => !checker.seen.has(id)).map(({ id }) => id)
  expect(unseen).toEqual([])
})
