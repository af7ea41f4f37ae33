// `strayline baseline` and `strayline diff`: a baseline learned from captures, kept by people, and what differs.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, captureOf, makeFolder, SHOP } from './gate.ts'
import { runStrayline } from './run-command.ts'

const folder = makeFolder()
afterAll(folder.remove)
let shop = ''
beforeAll(() => {
  shop = folder.write('shop.json', captureOf(SHOP, call(30, 'cart', 'mailer')))
})

const LEARNED = `strayline: baseline/v1
environment: default

entries:
  - source: cart
    target: mailer
    quarantine: [one_trace]
  - source: cart
    target: orders
  - source: gateway
    target: cart
  - source: gateway
    target: orders
  - source: orders
    target: database postgresql:orders
`

test('a baseline is learned from captures, and what was seen once only is in quarantine', async () => {
  const printed = await runStrayline(['baseline', shop])
  expect(printed).toEqual({
    exitCode: 0,
    stdout: LEARNED,
    stderr: 'standard output: 5 edges of default, 1 in quarantine: look at them\n',
  })
  const file = `${folder.path}/learned.yaml`
  const written = await runStrayline(['baseline', shop, '-o', file, '--environment', 'production'])
  expect(written).toMatchObject({ exitCode: 0, stdout: '' })
  expect(folder.read('learned.yaml')).toBe(LEARNED.replace('default', 'production'))
  expect(await runStrayline(['check', shop, '--baseline', file])).toMatchObject({ exitCode: 0 })
})

test('what is to be pinned is narrowed to what was seen', async () => {
  const { stdout } = await runStrayline(['baseline', shop, '--pin', 'protocols,operations'])
  expect(stdout).toContain('    target: cart\n    protocols: [http]\n    operations: [GET /cart]\n')
  expect(stdout).not.toContain('ports')
  const refused = await runStrayline(['baseline', shop, '--pin', 'hosts'])
  expect(refused).toMatchObject({ exitCode: 2 })
})

test('a file that people keep is brought up to date and stays theirs', async () => {
  const kept = `# Ours.
strayline: baseline/v1
environment: production

entries:
  # the only way in
  - source: gateway
    target: cart      # since 2019
    purpose: "baskets"
    expires: 2030-01-01

  - source: gateway
    target: legacy

rules:
  - { id: own-data, effect: deny, source: any, target: { kind: external } }
`
  const file = folder.write('kept.yaml', kept)
  const first = await runStrayline(['baseline', shop, '-o', file])
  expect(first).toMatchObject({
    exitCode: 0,
    stderr: `${file}: 6 edges of production, 4 of them new, 1 in quarantine: look at them\n`,
  })
  const revised = folder.read('kept.yaml')
  for (const line of kept.split('\n')) expect(revised).toContain(line)
  expect(revised).toContain('  - source: cart\n    target: mailer\n    quarantine: [one_trace]\n')
  await runStrayline(['baseline', shop, '-o', file])
  expect(folder.read('kept.yaml')).toBe(revised)
})

test('a file with mistakes is not written over', async () => {
  const file = folder.write('wrong.yaml', 'strayline: baseline/v1\n')
  const outcome = await runStrayline(['baseline', shop, '-o', file])
  expect(outcome).toMatchObject({
    exitCode: 2,
    stderr: `strayline: ${file}:1:1: environment is missing\n`,
  })
  expect(folder.read('wrong.yaml')).toBe('strayline: baseline/v1\n')
})

test('captures of several environments need a choice', async () => {
  const both = folder.write(
    'both.json',
    captureOf(call(1, 'gateway', 'cart', 'ci'), call(2, 'gateway', 'mailer', 'qa')),
  )
  const refused = await runStrayline(['baseline', both])
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toContain('“ci” (1 edge), “qa” (1 edge); choose one with --environment')
  const chosen = await runStrayline(['baseline', both, '--environment', 'qa'])
  expect(chosen.stdout).toContain(
    'environment: qa\n\nentries:\n  - source: gateway\n    target: mailer',
  )
  expect(chosen.stdout).not.toContain('cart')
})

test('two files differ in entries, rules and notes', async () => {
  const left = folder.write('left.yaml', LEARNED)
  const right = folder.write(
    'right.yaml',
    `${LEARNED.replace('  - source: cart\n    target: orders\n', '').replace(
      'target: cart\n',
      'target: cart\n    owner: team-cart\n    expires: 2030-01-01\n',
    )}  - source: cart\n    target: external pay.example\nrules:\n  - { id: r, effect: deny, source: any, target: any }\n`,
  )
  const { exitCode, stdout } = await runStrayline(['diff', left, right])
  expect(exitCode).toBe(0)
  expect(stdout.split('\n')).toEqual([
    '+ cart -> external pay.example',
    '- cart -> orders',
    '~ gateway -> cart: expires none -> 2030-01-01, owner none -> “team-cart”',
    '+ rule r (deny)',
    `${left} -> ${right}: 1 edge more, 1 edge fewer, 1 edge changed; 1 rule more`,
    '',
  ])
  expect((await runStrayline(['diff', left, left])).stdout).toBe(
    `${left} -> ${left}: no difference\n`,
  )
})

test('a capture is compared by its edges, in each form', async () => {
  const file = folder.write('base.yaml', LEARNED.replace('default', 'production'))
  const less = folder.write('less.json', captureOf(call(1, 'gateway', 'cart'), call(2, 'a', 'b')))
  const list = await runStrayline(['diff', file, less])
  expect(list.stdout).toContain('+ a -> b\n- cart -> mailer\n')
  expect(list.stdout).not.toContain('~')
  const mermaid = await runStrayline(['diff', file, less, '--format', 'mermaid'])
  expect(mermaid.stdout).toMatch(/^flowchart LR\n[\s\S]*==>\|"#43; new"\|/)
  const json = JSON.parse(
    (await runStrayline(['diff', less, file, '--format', 'json'])).stdout,
  ) as {
    readonly entries: { readonly added: readonly object[]; readonly removed: readonly object[] }
  }
  expect([json.entries.added.length, json.entries.removed.length]).toEqual([4, 1])
  const markdown = await runStrayline(['diff', file, less, '--format', 'markdown'])
  expect(markdown.stdout).toContain('```mermaid\nflowchart LR\n')
})

test("a server's environment needs its server, and what is no file is said", async () => {
  const stored = await runStrayline(['diff', 'env:production', shop])
  expect(stored).toMatchObject({ exitCode: 2, stdout: '' })
  expect(stored.stderr).toContain('env:production needs --server')
  const missing = await runStrayline(['diff', 'nowhere.yaml', shop])
  expect(missing.exitCode).toBe(2)
  expect(missing.stderr).toContain('nowhere.yaml: there is no such file')
})
