// Architecture rules over small systems (tests/fixtures/architecture): each has a baseline, a capture with planted
// violations beside near misses, and the list of what was planted. `strayline check` finds exactly those, names
// the edge and the trace, and without the planted traces it finds nothing.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { ROOT, runStrayline } from './run-command.ts'

const FOLDER = path.join(ROOT, 'tests/fixtures/architecture')
const systems = readdirSync(FOLDER)
/** Of systems whose captures hold a second environment. */
const OTHERS_LEFT_OUT = /^strayline: the captures hold other environments too, .*\n/

type Planted = {
  readonly kind: string
  /** Id of the rule that is broken; none where an approval is missing. */
  readonly rule?: string | null
  /** `name`, `namespace/name` or `kind name`; `@environment` where it is another one. */
  readonly source: string
  readonly target: string
  readonly trace: string
}
type End = { kind: string; name: string; namespace?: string; environment: string }
type Found = {
  readonly kind: string
  readonly ruleId: string | null
  readonly source: End
  readonly target: End
  readonly summary: string
  readonly traces: readonly string[]
}

function readSystem(system: string) {
  const read = (file: string) => readFileSync(path.join(FOLDER, system, file), 'utf8')
  const { planted } = JSON.parse(read('planted.json')) as { planted: readonly Planted[] }
  return { planted, requests: read('traces.jsonl').trimEnd().split('\n') }
}

async function check(system: string, requests: readonly string[]) {
  const baseline = path.join(FOLDER, system, 'baseline.yaml')
  const args = ['check', '--baseline', baseline, '-', '--format', 'json']
  const { exitCode, stdout, stderr } = await runStrayline(args, { stdin: requests.join('\n') })
  expect(stderr.replace(OTHERS_LEFT_OUT, '')).toBe('')
  const { drift, environment } = JSON.parse(stdout) as {
    drift: readonly Found[]
    environment: string
  }
  return { exitCode, drift, environment }
}

function label({ kind, name, namespace, environment }: End, home: string): string {
  const text = kind === 'service' ? (namespace ? `${namespace}/${name}` : name) : `${kind} ${name}`
  return environment === home ? text : `${text}@${environment}`
}

test('there are enough systems, with the four that every architect asks for', () => {
  expect(systems.length).toBeGreaterThanOrEqual(8)
  expect(systems).toEqual(
    expect.arrayContaining([
      ...['gateway-bypass', 'layer-skip', 'prod-to-staging', 'foreign-database'],
    ]),
  )
})

test.each(systems)(
  '%s: every planted violation is found, and nothing else',
  async (system) => {
    const { planted, requests } = readSystem(system)
    const { exitCode, drift, environment } = await check(system, requests)
    const found = drift.map(({ kind, ruleId, source, target }) => ({
      ...{ kind, rule: ruleId },
      ...{ source: label(source, environment), target: label(target, environment) },
    }))
    const wanted = planted.map(({ trace, ...rest }) => ({ rule: null, ...rest }))
    expect(found).toHaveLength(wanted.length)
    expect(found).toEqual(expect.arrayContaining(wanted))
    expect(exitCode).toBe(1)
    for (const { trace, source, target } of planted) {
      const finding = drift.find(
        (each) =>
          label(each.source, environment) === source && label(each.target, environment) === target,
      )
      // The one that shows it, and not just any call of the edge.
      expect(finding?.traces).toEqual([trace])
      expect(finding?.summary).toContain(finding?.source.name)
      expect(finding?.summary).toContain(finding?.target.name)
    }
  },
  60_000,
)

test.each(systems)(
  '%s: without the planted traces there is nothing to find',
  async (system) => {
    const { planted, requests } = readSystem(system)
    const isPlanted = (request: string) => planted.some(({ trace }) => request.includes(trace))
    const honest = requests.filter((request) => !isPlanted(request))
    expect(honest).toHaveLength(requests.length - planted.length)
    const { exitCode, drift } = await check(system, honest)
    expect(drift).toEqual([])
    expect(exitCode).toBe(0)
  },
  60_000,
)
