// `strayline check` as a pipeline runs it: exit codes, what is told of drift, and in which forms.
import { createServer } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { call, captureOf, makeFolder, query, SHOP } from './gate.ts'
import { runStrayline } from './run-command.ts'

const folder = makeFolder()
afterAll(folder.remove)

const BASELINE = `strayline: baseline/v1
environment: default

entries:
  - source: gateway
    target: cart
  - source: gateway
    target: orders
    operations: [GET /orders]
  - source: cart
    target: orders
  - source: orders
    target: database postgresql:orders

rules:
  - id: own-data
    effect: deny
    source: { except: [{ name: orders }] }
    target: { kind: database, name: "*orders" }
    purpose: every service keeps to its own database

nodes:
  - node: database postgresql:orders
    dataClasses: [pii]
`
let shop = ''
let baseline = ''
beforeAll(() => {
  shop = folder.write('shop.json', captureOf(SHOP))
  baseline = folder.write('baseline.yaml', BASELINE)
})

const Report = z.object({
  failed: z.boolean(),
  environment: z.string(),
  edges: z.number(),
  drift: z.array(
    z.object({
      kind: z.string(),
      severity: z.string(),
      source: z.object({ name: z.string() }),
      target: z.object({ name: z.string() }),
      line: z.number(),
      traces: z.array(z.string()),
      ruleId: z.string().nullable(),
    }),
  ),
  quarantined: z.array(z.object({ line: z.number(), reasons: z.array(z.string()) })),
  unseen: z.array(z.object({ target: z.object({ name: z.string() }) })),
})

/** The capture held against the baseline, as JSON. */
async function check(capture: string, ...args: readonly string[]) {
  const at = args.includes('--server') ? [] : ['--baseline', baseline]
  const outcome = await runStrayline(['check', ...at, capture, '--format', 'json', ...args])
  const report = outcome.exitCode === 2 ? null : Report.parse(JSON.parse(outcome.stdout))
  const drift = report?.drift.map(
    ({ kind, source, target, line }) => `${kind} ${source.name} -> ${target.name} :${line}`,
  )
  return { ...outcome, report, drift }
}

test('exit 0 and no drift where everything is in the baseline', async () => {
  const { exitCode, report, stderr } = await check(shop)
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(report).toMatchObject({ failed: false, environment: 'default', edges: 4, drift: [] })
})

test('exit 1, and each drift with its kind, trace and line, the worst first', async () => {
  const stray = folder.write(
    'stray.json',
    captureOf(SHOP, query(21, 'cart', 'orders'), call(22, 'orders', 'gateway'), [
      ...call(23, 'gateway', 'orders').map((each) => ({
        ...each,
        attributes: { ...each.attributes, 'http.route': '/orders/all' },
      })),
    ]),
  )
  const { exitCode, report, drift } = await check(stray)
  expect(exitCode).toBe(1)
  expect(drift).toEqual([
    'denied cart -> postgresql:orders :16',
    'new_edge orders -> gateway :1',
    'new_operation gateway -> orders :7',
  ])
  expect(report?.drift[0]).toMatchObject({ ruleId: 'own-data', severity: 'critical' })
  expect(report?.drift[0]?.traces).toEqual([(21).toString(16).padStart(32, 'f')])
})

test('the text names edge, sentence, trace and place, without colours where nobody looks', async () => {
  const stray = folder.write('denied.json', captureOf(SHOP, query(21, 'cart', 'orders')))
  const { exitCode, stdout } = await runStrayline(['check', stray, '--baseline', baseline])
  expect(exitCode).toBe(1)
  expect(stdout).toContain('critical denied  cart -> database')
  expect(stdout).toContain('which rule “own-data” of the baseline denies')
  expect(stdout).toContain(`trace ${(21).toString(16).padStart(32, 'f')}`)
  expect(stdout).toContain(`${baseline}:16`)
  expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^1 drift in 5 edges of default/)
  expect(stdout).not.toContain('\u001b')
})

test('an edge of the baseline that no test called is told, and is no drift', async () => {
  const less = folder.write('less.json', captureOf(call(1, 'gateway', 'cart')))
  const { exitCode, report } = await check(less)
  expect(exitCode).toBe(0)
  expect(report?.unseen.map(({ target }) => target.name)).toEqual([
    ...['orders', 'orders', 'postgresql:orders'],
  ])
})

test('an edge in quarantine is a warning, and drift when asked to be strict', async () => {
  const doubtful = folder.write(
    'doubtful.yaml',
    BASELINE.replace('target: cart\n', 'target: cart\n    quarantine: [one_trace]\n'),
  )
  const lax = await check(shop, '--baseline', doubtful)
  expect(lax).toMatchObject({ exitCode: 0, drift: [] })
  expect(lax.report?.quarantined).toEqual([{ line: 5, reasons: ['one_trace'] }])
  const strict = await check(shop, '--baseline', doubtful, '--strict')
  expect(strict.exitCode).toBe(1)
  expect(strict.drift?.[0]).toContain('gateway -> cart')
})

test('mild drift fails only where it is to', async () => {
  const mild = folder.write('mild.json', captureOf(SHOP, call(21, 'orders', 'gateway')))
  expect((await check(mild)).exitCode).toBe(1)
  const lax = await check(mild, '--fail-on', 'critical')
  expect(lax).toMatchObject({ exitCode: 0, report: { failed: false } })
  expect(lax.drift).toHaveLength(1)
})

test('an approval that has run out is drift at its line', async () => {
  const lapsed = folder.write(
    'lapsed.yaml',
    BASELINE.replace('target: cart\n', 'target: cart\n    expires: 2020-01-01\n'),
  )
  expect(await check(shop, '--baseline', lapsed)).toMatchObject({
    exitCode: 1,
    drift: ['expired gateway -> cart :5'],
  })
})

test('traces of another environment count only where that was said', async () => {
  const ci = folder.write('ci.json', captureOf(call(1, 'gateway', 'cart', 'ci')))
  const both = folder.write(
    'both.json',
    captureOf(call(1, 'gateway', 'cart', 'ci'), call(2, 'gateway', 'cart', 'qa')),
  )
  const refused = await check(ci)
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toBe(
    'strayline: the captures hold nothing of environment “default”, but “ci” (1 edge); choose one with --environment\n',
  )
  expect(await check(ci, '--environment', 'default')).toMatchObject({ exitCode: 0 })
  expect(await check(both)).toMatchObject({ exitCode: 2 })
  expect(await check(both, '--environment', 'qa')).toMatchObject({ exitCode: 0 })
  expect(await check(both, '--environment', 'production')).toMatchObject({ exitCode: 2 })
  // Spans that state none are of whatever the baseline is of.
  const named = folder.write(
    'named.yaml',
    BASELINE.replace('environment: default', 'environment: production'),
  )
  expect(await check(shop, '--baseline', named)).toMatchObject({
    exitCode: 0,
    report: { environment: 'production' },
  })
})

test('what is said to be of another environment is told, and refused where the check is strict', async () => {
  const calls = captureOf(SHOP, call(50, 'cart', 'thief', 'shadow'))
  const shadow = folder.write('shadow.json', calls)
  const told =
    'strayline: the captures hold other environments too, which are left out: “shadow” (1 edge)\n'
  const outcome = await check(shadow)
  expect([outcome.exitCode, outcome.stderr]).toEqual([0, told])
  const strict = await check(shadow, '--strict')
  expect(strict.exitCode).toBe(2)
  expect(strict.stderr).toBe(
    `${told}strayline: drift may hide in what is left out, and the check is strict\n`,
  )
})

test('what cannot be read is no pass', async () => {
  const torn = folder.write('torn.jsonl', `${captureOf(SHOP)}\n{"resourceSpans": [`)
  const outcome = await check(torn)
  expect(outcome.exitCode).toBe(2)
  expect(outcome.stderr).toContain('drift may hide in it')
  expect(await check(folder.write('empty.json', ''))).toMatchObject({ exitCode: 2 })
  expect(await check('nowhere.json')).toMatchObject({ exitCode: 2 })
  const nothing = await check(folder.write('nothing.json', '{"resourceSpans": []}'))
  expect(nothing).toMatchObject({
    exitCode: 2,
    stderr: 'strayline: the captures hold no service at all\n',
  })
})

test('mistakes in the baseline are told with line and column, all at once', async () => {
  const wrong = folder.write('wrong.yaml', BASELINE.replaceAll('target: orders', 'traget: orders'))
  const { exitCode, stdout, stderr } = await runStrayline(['check', shop, '--baseline', wrong])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr.trimEnd().split('\n')).toEqual([
    `strayline: ${wrong}:7:5: target is missing`,
    `strayline: ${wrong}:8:5: "traget" is no field here; did you mean target?`,
    `strayline: ${wrong}:10:5: target is missing`,
    `strayline: ${wrong}:11:5: "traget" is no field here; did you mean target?`,
  ])
})

test('bad usage exits with 2 and says what to do', async () => {
  const usages = [
    [['check', shop], '--baseline FILE, or --server URL'],
    [['check', shop, '--baseline', baseline, '--server', 'http://a'], 'cannot be used with'],
    [['check', shop, '--baseline', baseline, '--output', 'pdf=x'], 'FORMAT=FILE'],
    [['check', shop, '--baseline', baseline, '--fail-on', 'awful'], 'Allowed choices'],
    [['check', shop, '--server', 'http://127.0.0.1:9'], '--server needs --environment'],
    [['check', shop, '--baseline', 'nowhere.yaml'], 'there is no such file'],
    [['check', shop, '--baseline', baseline, '--output', `json=${folder.path}`], 'folder'],
  ] as const
  for (const [args, sentence] of usages) {
    const { exitCode, stderr } = await runStrayline(args)
    expect({ args, exitCode }).toEqual({ args, exitCode: 2 })
    expect(stderr).toContain(sentence)
  }
})

/** A server that answers one baseline, and what it was asked. */
async function serveBaseline(answer: { readonly status: number; readonly body: string }) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    response.writeHead(answer.status, {
      'strayline-baseline-version': '7',
      location: 'http://elsewhere.invalid/',
    })
    response.end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}/base`, asked, close: () => server.close() }
}

test("a server's active version is asked for with the token, and named in what is told", async () => {
  const server = await serveBaseline({ status: 200, body: BASELINE })
  const stray = folder.write('stray2.json', captureOf(SHOP, call(21, 'orders', 'gateway')))
  const args = ['check', stray, '--server', server.url, '--environment', 'default']
  const outcome = await runStrayline(args, { environment: { STRAYLINE_TOKEN: 'secret' } })
  expect(outcome.exitCode).toBe(1)
  expect(outcome.stdout).toContain('baseline version 7 does not hold this edge')
  expect(server.asked).toEqual([
    'GET /base/api/v1/baselines/active?environment=default&format=yaml Bearer secret',
  ])
  const token = folder.write('token', 'from-file\n')
  await runStrayline([...args, '--token-file', token])
  expect(server.asked[1]).toContain('Bearer from-file')
  expect((await runStrayline(args)).stderr).toContain('STRAYLINE_TOKEN')
  server.close()
})

test.each([
  [{ status: 401, body: '' }, 'refuses the token (401); make one with strayline token create'],
  [{ status: 404, body: '{"detail":"no active baseline"}' }, 'answered 404: no active baseline'],
  [{ status: 302, body: '' }, 'answered 302'],
  [{ status: 200, body: '<html>' }, 'must be fields'],
])('a server that answers %o is told in words', async (answer, sentence) => {
  const server = await serveBaseline(answer)
  const args = ['check', shop, '--server', server.url, '--environment', 'default']
  const outcome = await runStrayline(args, { environment: { STRAYLINE_TOKEN: 'secret' } })
  expect(outcome).toMatchObject({ exitCode: 2, stdout: '' })
  expect(outcome.stderr).toContain(sentence)
  expect(outcome.stderr).not.toContain('secret')
  server.close()
})
