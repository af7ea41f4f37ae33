// What is wrong in a baseline file is told at once, each problem with its line and column and with what to do.
import { expect, test } from 'vitest'
import { parseBaselineFile } from '../../../core/baseline/file/parse.ts'

/** `line:column message`, a problem each. */
function problemsOf(text: string): readonly string[] {
  const parsed = parseBaselineFile(text)
  if (parsed.ok) return []
  return parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`)
}

const HEAD = 'strayline: baseline/v1\nenvironment: production\n'

test('all problems are told at once, at their places', () => {
  const text = `strayline: baseline/v2
environment: 7
entries:
  - source: checkout
    traget: orders
  - source: databse mysql:orders
    target: { kind: databse, name: orders }
    expires: 2026-02-30
    protocols: [htp]
    ports: [443, 70000]
    quarantine: [sometimes]
    purpose: 12
    owner: no
rules:
  - id: a b
    effect: dney
    source: { kind: databse }
    target: everything
    operations: GET /
nodse: []
`
  expect(problemsOf(text)).toEqual([
    '1:12 this must be baseline/v1, the only form there is',
    '2:14 environment must be text, and YAML reads 7 as a number; put it in quotes',
    '4:5 target is missing',
    '5:5 "traget" is no field here; did you mean target?',
    '6:13 "databse" is no kind of node; did you mean database?',
    '7:21 kind cannot be "databse"; did you mean database?',
    '8:14 this is no date; write 2027-01-31 (the start of that day, UTC) or 2027-01-31T12:00:00Z',
    '9:17 protocols cannot be "htp"; did you mean http?',
    '10:18 ports are numbers from 0 to 65535',
    '11:18 quarantine cannot be "sometimes"; write one_trace, one_instance or last_hour',
    '12:14 purpose must be text, and YAML reads 12 as a number; put it in quotes',
    '15:9 an id has 1 to 64 letters, digits, dots, dashes and underscores',
    '16:13 effect cannot be "dney"; did you mean deny?',
    '17:21 no kind of node is like this; kinds are service, database, messaging, external, user',
    '18:13 target must be any, or fields such as { kind: service, name: checkout-* }',
    '19:17 operations must be a list, each item on a line after a dash',
    '20:1 "nodse" is no field here; did you mean nodes?',
  ])
})

test('what stands twice is told with the line of the first', () => {
  const text = `${HEAD}entries:
  - source: checkout
    target: database mysql:orders
  - { source: { name: checkout }, target: { kind: database, name: mysql:orders } }
  - source: checkout
    target: orders
    source: cart
    exceptionTo: [known, unknown]
rules:
  - { id: known, effect: deny, source: any, target: any }
  - { id: known, effect: allow, source: any, target: any }
nodes:
  - node: orders
  - node: service orders
`
  expect(problemsOf(text)).toEqual([
    '6:5 this edge stands already in line 4; keep one of the two',
    '9:5 "source" stands here a second time; keep one',
    '10:26 there is no rule of the id "unknown"',
    '13:5 a rule of this id stands already in line 12; keep one of the two',
    '16:5 this node stands already in line 15; keep one of the two',
  ])
})

test.each([
  ['', '1:1 the file is empty; it begins with strayline: baseline/v1'],
  ['# nothing\n', '1:1 the file is empty; it begins with strayline: baseline/v1'],
  ['just text\n', '1:1 the file must be fields, each on a line as name: value'],
  ['- a list\n', '1:1 the file must be fields, each on a line as name: value'],
  [`${HEAD}entries: 7\n`, '3:10 entries must be a list, each item on a line after a dash'],
  [`${HEAD}entries:\n  -\n`, '4:4 entries must be fields, each on a line as name: value'],
  [`${HEAD}entries:\n\t- a\n`, '4:1 tabs do not indent in YAML; use spaces'],
  [`${HEAD}---\n${HEAD}`, '3:1 a baseline is one document; remove the further ones'],
  [`%YAML 1.1\n---\n${HEAD}`, '1:1 a baseline is YAML 1.2; remove the line %YAML'],
  [`${HEAD}nodes: &all []\n`, '3:13 anchors (&name) are not read here; remove it'],
  [`${HEAD}nodes: *all\n`, '3:8 aliases (*name) are not read here; write the value out'],
  [`${HEAD}nodes: !!set {}\n`, '3:14 tags (!name) are not read here; remove it'],
  [
    `${HEAD}entries: [{ source: a, target: b\n`,
    '4:1 Flow map in block collection must be sufficiently indented and end with a }',
  ],
  [
    `strayline: baseline/v1\nenvironment: a: b\n`,
    '2:14 this line has a second ": "; put the text in quotes',
  ],
  [
    `${HEAD}entries:\n  - { source: a b, target: c }\n`,
    '4:15 "a" is no kind of node; kinds are service, database, messaging, external, user',
  ],
  [
    `${HEAD}entries:\n  - { source: a/b/c, target: c }\n`,
    '4:15 a service with a slash in its name is written { namespace: ..., name: ... }',
  ],
  [
    `${HEAD}entries:\n  - { source: [a], target: c }\n`,
    '4:15 source must be text, or fields such as { kind: service, name: checkout }',
  ],
  [
    `${HEAD}entries:\n  - { source: true, target: c }\n`,
    '4:15 source must be text, and YAML reads true as a truth value; put it in quotes',
  ],
  [
    `${HEAD}entries:\n  - { source: a, target: c, owner: }\n`,
    '4:36 owner has no value; fill it in or remove it',
  ],
])('%j', (text, problem) => {
  expect(problemsOf(text)[0]).toBe(problem)
})

test('a file is bounded in size, depth and in what is told of it', () => {
  const large = `${HEAD}#${'x'.repeat(16 * 1024 * 1024)}`
  expect(problemsOf(large)).toEqual(['1:1 the file has more than 16777216 characters'])
  expect(problemsOf(`${HEAD}nodes: ${'['.repeat(50_000)}`).length).toBeLessThanOrEqual(101)
  expect(problemsOf(`${HEAD}nodes: ${'[{a: '.repeat(3_000)}`).length).toBeLessThanOrEqual(101)
  const many = problemsOf(`${HEAD}entries:\n${'  - {}\n'.repeat(300)}`)
  expect(many).toHaveLength(101)
  expect(many.at(-1)).toBe('53:5 500 more problems follow')
  // Compared with one another, the keys of a small file would take hours.
  const keys = Array.from({ length: 20_000 }, (_, at) => `k${at}: 1\n`).join('')
  expect(problemsOf(keys)[0]).toBe('1:1 this has more than 100 fields')
  expect(problemsOf(`${HEAD}entries:\n  - { a: 1, a: 2, ${'b: 1, '.repeat(20_000)} }\n`)).toEqual([
    '4:5 this has more than 100 fields',
    '4:5 entries must be fields, each on a line as name: value',
  ])
  const exceptions = `${'{ except: ['.repeat(5)}${'] }'.repeat(5)}`
  expect(
    problemsOf(`${HEAD}rules:\n  - { id: a, effect: deny, source: any, target: ${exceptions} }\n`),
  ).toHaveLength(1)
})

test('a bomb of aliases is refused before it goes off', () => {
  const levels = Array.from({ length: 30 }, (_, at) => {
    const inner = at === 0 ? 'x' : `*a${at - 1}`
    return `a${at}: &a${at} [${inner}, ${inner}]\n`
  })
  expect(problemsOf(HEAD + levels.join('')).length).toBeGreaterThan(0)
})

test('what a message quotes of the file is bounded and hides nothing', () => {
  const field = `${'\u202e'}${'x'.repeat(100_000)}\u0007`
  const [problem = ''] = problemsOf(`${HEAD}${JSON.stringify(field)}: 1\n`)
  expect(problem.length).toBeLessThan(400)
  expect(problem).not.toMatch(/[\p{Cc}\u202e]/u)
})
