// The knobs of `strayline graph`: by flag, by variable, a flag over a variable, and what is refused.
import { expect, test } from 'vitest'
import { requestOf, span } from '../support/spans.ts'
import { runStrayline } from './run-command.ts'

const HUNDREDTH = 'ot=th:fd70a3d70a3d71'
const CAPTURE = JSON.stringify(
  requestOf([
    span({
      ...{ id: 1, service: 'web', kind: 'client', traceState: HUNDREDTH },
      attributes: { 'server.address': 'db-1.eu', upstream: 'cart' },
    }),
    span({ id: 2, service: 'envoy', kind: 'server', parent: 9 }),
    span({ id: 3, service: 'pay', kind: 'server', parent: 2 }),
  ]),
)

type PrintedEdge = { source: { name: string }; target: { name: string } } & Record<string, unknown>

async function print(args: readonly string[], environment: Record<string, string> = {}) {
  const outcome = await runStrayline(['graph', '-', '--format', 'json', ...args], {
    ...{ stdin: CAPTURE, environment },
  })
  expect(outcome.stderr).toBe('')
  const printed = JSON.parse(outcome.stdout) as {
    nodes: Record<string, unknown>[]
    edges: PrintedEdge[]
  }
  const lines = printed.edges.map(({ source, target }) => `${source.name} -> ${target.name}`)
  return { ...printed, lines }
}

test('without any, an orphan makes no edge and says so on its node', async () => {
  const { lines, nodes } = await print([])
  expect(lines).toEqual(['envoy -> pay', 'web -> db-1.eu'])
  expect(nodes).toContainEqual({
    ...{ kind: 'service', name: 'envoy', environment: 'default', unattributedCalls: 1 },
  })
})

test('each flag does what the setting of the collector does', async () => {
  const names = async (...args: string[]) => (await print(args)).lines
  expect(await names('--transparent', 'env*')).toEqual(['web -> db-1.eu'])
  expect(await names('--transparent', 'env*', '--orphans', 'external:unknown')).toEqual([
    ...['unknown -> pay', 'web -> db-1.eu'],
  ])
  expect(await names('--rewrite-hosts', 'db-*.eu => db')).toContain('web -> db')
  expect(await names('--peer-attributes', 'upstream')).toContain('web -> cart')
})

test('a variable counts, and a flag wins over it', async () => {
  const environment = { STRAYLINE_REWRITE_HOSTS: 'db-* => variable' }
  expect((await print([], environment)).lines).toContain('web -> variable')
  const { lines } = await print(['--rewrite-hosts', 'db-* => flag'], environment)
  expect(lines).toContain('web -> flag')
})

test('trust, examples and the estimate are printed with each edge', async () => {
  const { edges, nodes } = await print([])
  expect(edges.find(({ source }) => source.name === 'web')).toMatchObject({
    ...{ calls: 1, sampledCalls: 1, estimate: { calls: 100, errors: 0 }, confirmed: false },
    trust: { paired: 0, clientOnly: 1 },
    examples: ['a'.repeat(32)],
  })
  expect(nodes).toContainEqual(expect.objectContaining({ name: 'web', sampledOnly: true }))
})

test('a bad value is refused by the name it was given under', async () => {
  const flag = await runStrayline(['graph', '-', '--orphans', 'user'], { stdin: CAPTURE })
  expect([flag.exitCode, flag.stdout]).toEqual([2, ''])
  expect(flag.stderr).toContain('--orphans is "user": it must be one of drop, external:unknown.')
  const environment = { STRAYLINE_TRANSPARENT_SERVICES: '*' }
  const variable = await runStrayline(['graph', '-'], { stdin: CAPTURE, environment })
  expect(variable.exitCode).toBe(2)
  expect(variable.stderr).toContain('STRAYLINE_TRANSPARENT_SERVICES is "*"')
})
