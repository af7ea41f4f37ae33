// A pipeline and a server: `strayline check --server` and `diff env:` ask the real web process for the version that is
// active, with a token of its own kind.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiToken } from '../../storage/api-tokens.ts'
import { approveVersion, createDraft } from '../../storage/baseline-drafts.ts'
import { call, captureOf, makeFolder } from '../cli/gate.ts'
import { runStrayline } from '../cli/run-command.ts'
import { commitTraffic, makeEntry } from './traffic.ts'
import { isBuilt, startWebWorld, type WebWorld } from './web-world.ts'

const folder = makeFolder()
afterAll(folder.remove)
let world: WebWorld
let token = ''
beforeAll(async () => {
  if (!isBuilt) return
  world = await startWebWorld()
  await commitTraffic(world, [['web', 'cart']])
  token = await createApiToken(world.owner, {
    ...{ name: 'ci', role: 'viewer', expiresAtMs: null, actor: 'ada' },
  })
  const entries = [makeEntry('web', 'cart', { purpose: 'baskets' }), makeEntry('cart', 'orders')]
  const content = { environment: 'prod', entries, rules: [], nodes: [] }
  const drafted = { environment: 'prod', actor: 'ada', title: '', reason: 'a test' }
  const source = { from: 'content', content } as const
  const { version } = await createDraft(world.owner, { ...drafted, source })
  const act = { environment: 'prod', version, expectedRevision: null, actor: 'bob' }
  await approveVersion(world.owner, { ...act, reason: 'right', selfApproval: 'allowed' })
})
afterAll(() => world?.end())

const ask = (args: readonly string[], with_ = token) =>
  runStrayline(args, { environment: { STRAYLINE_TOKEN: with_ } })

test.skipIf(!isBuilt)("the check holds captures against a server's active version", async () => {
  const held = folder.write(
    'held.json',
    captureOf(call(1, 'web', 'cart'), call(2, 'cart', 'orders')),
  )
  const at = ['--server', world.url, '--environment', 'prod']
  const passed = await ask(['check', held, ...at])
  expect(passed).toMatchObject({ exitCode: 0, stderr: '' })
  expect(passed.stdout).toMatch(/^no drift in 2 edges of prod, held against version 1 of 127/)
  const stray = folder.write(
    'stray.json',
    captureOf(call(1, 'web', 'cart'), call(2, 'web', 'orders')),
  )
  const failed = await ask(['check', stray, ...at])
  expect(failed.exitCode).toBe(1)
  expect(failed.stdout).toContain('medium new_edge  web -> orders')
  expect(failed.stdout).toContain('baseline version 1 does not hold this edge')
})

test.skipIf(!isBuilt)(
  'a version of a server is compared with a file and with a capture',
  async () => {
    const file = folder.write(
      'prod.yaml',
      'strayline: baseline/v1\nenvironment: prod\nentries:\n  - source: web\n    target: cart\n',
    )
    const listed = await ask(['diff', 'env:prod@1', file, '--server', world.url])
    expect(listed.stdout.split('\n').slice(0, 2)).toEqual([
      '- cart -> orders',
      '~ web -> cart: approver “bob” -> none, purpose “baskets” -> none',
    ])
    const capture = folder.write('one.json', captureOf(call(1, 'web', 'cart')))
    const edges = await ask(['diff', capture, 'env:prod', '--server', world.url])
    expect(edges.stdout).toMatch(/^\+ cart -> orders\n.*: 1 edge more\n$/)
  },
)

test.skipIf(!isBuilt)('what the server refuses is told with what to do', async () => {
  const capture = folder.write('c.json', captureOf(call(1, 'web', 'cart')))
  const at = (environment: string) => [
    ...['check', capture, '--server', world.url, '--environment', environment],
  ]
  const wrong = await ask(at('prod'), 'strayline_wrong')
  expect(wrong).toMatchObject({ exitCode: 2, stdout: '' })
  expect(wrong.stderr).toContain('refuses the token (401); make one with strayline token create')
  const unknown = await ask(at('nowhere'))
  expect(unknown).toMatchObject({ exitCode: 2, stdout: '' })
  expect(unknown.stderr).toMatch(/answered 404: \S/)
})
