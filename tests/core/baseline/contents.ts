// Contents of baselines for tests: any that a file can hold (fast-check), hostile names included, and the parts
// that tests write by hand.
import fc from 'fast-check'
import {
  type BaselineContent,
  type BaselineEntry,
  type BaselineRule,
  type NodePattern,
  plainEntry,
  QUARANTINE_REASONS,
  type TaggedNode,
} from '../../../core/baseline/content.ts'
import { edgeId } from '../../../core/baseline/drift.ts'
import { PROTOCOLS } from '../../../core/graph/edge.ts'
import { NODE_KINDS, type NodeKey, nodeId } from '../../../core/graph/node.ts'

const HOSTILE = [
  ...[
    '',
    ' ',
    '-',
    '- a',
    '#',
    'a # b',
    'a: b',
    ': ',
    '"',
    "'",
    '\\',
    '{',
    '[a, b]',
    '&a',
    '*a',
    '!!str x',
  ],
  ...[
    'yes',
    'no',
    'null',
    '~',
    'true',
    '012',
    '0o14',
    '1e3',
    '.inf',
    '2026-01-01',
    '12:30:45',
    '<<',
    '=',
    '@a',
  ],
  ...[
    'a\nb',
    'a\r\nb',
    '\t',
    'tab\tin',
    '\u0000',
    '\u0007',
    '\u202eevil',
    'zero\u200bwidth',
    '\ufeff',
    '\u2028',
  ],
  ...[
    '\u00a0',
    ' a',
    'a ',
    'a  b',
    '%YAML 1.1',
    '---',
    '...',
    '| x',
    '> x',
    '? x',
    '$(x)',
    'a/b',
    'a/b/c',
    '/',
  ],
  ...[
    'database x',
    'databse x',
    'user',
    'user user',
    'service',
    'service x',
    'any',
    '\ud800',
    '\u{1f600}',
    'é',
  ],
  ...['__proto__', 'constructor', '<script>', '$(rm)', '`x`', '\u{e0041}', '\u3164'],
]

const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/)
export const anyText = fc.oneof(
  { weight: 30, arbitrary: word },
  { weight: 30, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 30, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constant('x'.repeat(10_240)) },
)
const environment = fc.constantFrom('production', 'staging', 'no', '')

const anyNode: fc.Arbitrary<NodeKey> = fc.oneof(
  fc.record({
    environment,
    kind: fc.constant('service' as const),
    namespace: fc.oneof(fc.constant(''), anyText),
    name: anyText,
  }),
  fc.record({
    environment,
    kind: fc.constantFrom(...NODE_KINDS),
    namespace: fc.constant(''),
    name: anyText,
  }),
)

const notes = {
  purpose: anyText,
  owner: anyText,
  ticket: anyText,
  approver: anyText,
  expiresAtMs: fc.option(
    fc.oneof(
      fc.integer({ min: -8.64e15, max: 8.64e15 }),
      fc.integer({ min: 0, max: 40_000 }).map((day) => day * 86_400_000),
    ),
  ),
}
const few = { maxLength: 3 }
const allowance = {
  protocols: fc.option(fc.array(fc.constantFrom(...PROTOCOLS), few)),
  operations: fc.option(fc.array(anyText, few)),
  ports: fc.option(fc.array(fc.integer({ min: 0, max: 65_535 }), few)),
}
const glob = fc.oneof(anyText, fc.constantFrom('*', 'a*', '*a*b', '**'))
const globs = {
  environment: glob,
  kind: fc.constantFrom('*', 'service', 'data*', '*s*'),
  namespace: glob,
  name: glob,
  owner: glob,
  dataClass: glob,
  exposure: glob,
  layer: glob,
}
const optional = { requiredKeys: [] }
const except = (inner: fc.Arbitrary<NodePattern>): fc.Arbitrary<NodePattern> =>
  fc.record({ ...globs, except: fc.array(inner, { maxLength: 2 }) }, optional)
const pattern = except(except(except(fc.record(globs, optional))))

const rule: fc.Arbitrary<BaselineRule> = fc.record({
  id: fc.stringMatching(/^[A-Za-z0-9._-]{1,12}$/),
  effect: fc.constantFrom('allow', 'deny'),
  source: pattern,
  target: pattern,
  ...notes,
  ...allowance,
})
const entry: fc.Arbitrary<BaselineEntry> = fc.record({
  source: anyNode,
  target: anyNode,
  ...notes,
  ...allowance,
  isEncrypted: fc.boolean(),
  exceptionTo: fc.constant([]),
  quarantine: fc.subarray([...QUARANTINE_REASONS]),
})
const tagged: fc.Arbitrary<TaggedNode> = fc
  .tuple(
    anyNode,
    fc.record({
      owner: anyText,
      dataClasses: fc.array(anyText, few),
      exposure: anyText,
      layer: anyText,
    }),
  )
  .map(([node, tags]) => ({ ...node, ...tags }))

/** Any content that a file can hold: nothing stands twice in it, and exceptions are to rules that are there. */
export const anyContent: fc.Arbitrary<BaselineContent> = fc
  .record({
    environment,
    entries: fc.uniqueArray(entry, { maxLength: 6, selector: edgeId }),
    rules: fc.uniqueArray(rule, { maxLength: 4, selector: ({ id }) => id }),
    nodes: fc.uniqueArray(tagged, { maxLength: 4, selector: nodeId }),
    picks: fc.array(fc.nat(3), { minLength: 6, maxLength: 6 }),
  })
  .map(({ picks, ...content }) => ({
    ...content,
    entries: content.entries.map((each, at) => {
      const excepted = content.rules[picks[at] ?? 0]
      return { ...each, exceptionTo: excepted ? [excepted.id] : [] }
    }),
  }))

export function service(name: string, rest: Partial<NodeKey> = {}): NodeKey {
  return { environment: 'production', kind: 'service', namespace: '', name, ...rest }
}

export function entryOf(
  source: NodeKey,
  target: NodeKey,
  rest: Partial<BaselineEntry> = {},
): BaselineEntry {
  return { ...plainEntry({ source, target }), ...rest }
}

export function ruleOf(id: string, rest: Partial<BaselineRule> = {}): BaselineRule {
  return {
    ...{ id, effect: 'deny', source: {}, target: {} },
    ...{ purpose: '', owner: '', ticket: '', approver: '', expiresAtMs: null },
    ...{ protocols: null, operations: null, ports: null },
    ...rest,
  }
}
