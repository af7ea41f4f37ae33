// The operands of the find language: what each is called, of what it speaks and how it is read. Grammar,
// evaluation, completion, help and the guide all go by this table.
import { DRIFT_KINDS } from '../baseline/drift.ts'
import { PROTOCOLS, TRUST_RULES } from '../graph/edge.ts'
import { encryptionLedger } from '../graph/encryption.ts'
import { NODE_KINDS } from '../graph/node.ts'
import type { FindEdge, FindNode } from './find-graph.ts'

/** How many edges come in and go out; an edge of a node to itself is both. */
export type Degrees = { readonly in: number; readonly out: number }

type Read<Value> = {
  /** Absent: it says nothing about nodes; then a condition on it is neither true nor false of one. */
  readonly node?: (node: FindNode, degrees: Degrees) => Value
  readonly edge?: (edge: FindEdge) => Value
}
type Common = { readonly aliases: readonly string[]; readonly help: string }

export type TextOperand = Common &
  Read<readonly string[]> & {
    readonly type: 'text'
    /** All there are; null: any text. */
    readonly values: readonly string[] | null
  }
/** count and percent: numbers as they are; duration: ms; age: ms since a moment (read gives the moment). */
export type NumberOperand = Common &
  Read<number | null> & { readonly type: 'count' | 'percent' | 'duration' | 'age' }
export type FlagOperand = Common & Read<boolean> & { readonly type: 'flag' }
export type Operand = TextOperand | NumberOperand | FlagOperand

const TLS_WORDS = { tls: 'yes', plain: 'no', mixed: 'mixed', unknown: 'unknown' } as const
const CHANGED: ReadonlySet<string> = new Set([
  ...['new_operation', 'new_protocol', 'new_port', 'downgraded', 'expired', 'denied'],
])

function text(
  help: string,
  read: Read<string | readonly string[]>,
  more: Partial<Pick<TextOperand, 'aliases' | 'values'>> = {},
): TextOperand {
  const { node, edge } = read
  return {
    ...{ type: 'text', help, aliases: [], values: null, ...more },
    ...(node ? { node: (one, degrees) => listOf(node(one, degrees)) } : {}),
    ...(edge ? { edge: (one) => listOf(edge(one)) } : {}),
  }
}

/** '' is nothing. */
function listOf(value: string | readonly string[]): readonly string[] {
  if (typeof value !== 'string') return value
  return value === '' ? [] : [value]
}

function number(
  type: NumberOperand['type'],
  help: string,
  read: Read<number | null>,
  ...aliases: readonly string[]
): NumberOperand {
  return { type, help, aliases, ...read }
}

function flag(help: string, read: Read<boolean>, ...aliases: readonly string[]): FlagOperand {
  return { type: 'flag', help, aliases, ...read }
}

const callsOf = (edge: FindEdge) => edge.estimate?.calls ?? edge.calls
const errorsOf = (edge: FindEdge) => edge.estimate?.errors ?? edge.errors

export const OPERANDS = {
  name: text('name of a node', { node: (node) => node.name }),
  kind: text('kind of a node', { node: (node) => node.kind }, { values: NODE_KINDS }),
  namespace: text('namespace', { node: (node) => node.namespace }, { aliases: ['ns'] }),
  environment: text('environment', { node: (node) => node.environment }, { aliases: ['env'] }),
  owner: text('who owns it, by its tag', { node: (node) => node.tags.owner }),
  class: text('classes of data it holds', { node: (node) => node.tags.dataClasses }),
  exposure: text('to whom it is exposed', { node: (node) => node.tags.exposure }),
  layer: text('layer', { node: (node) => node.tags.layer }),
  version: text('versions seen', { node: (node) => node.versions }),
  in: number('count', 'edges that come in', { node: (_, degrees) => degrees.in }, 'callers'),
  out: number('count', 'edges that go out', { node: (_, degrees) => degrees.out }, 'callees'),
  degree: number('count', 'edges in and out', { node: (_, { in: into, out }) => into + out }),
  unknowncallers: number('count', 'requests whose caller is unknown', {
    node: (node) => node.unattributedCalls,
  }),
  virtual: flag('a service that sends no spans', {
    node: (node) => node.kind === 'service' && !node.isObserved,
  }),
  protocol: text(
    'protocol of an edge',
    { edge: (edge) => edge.protocol },
    { aliases: ['proto'], values: PROTOCOLS },
  ),
  operation: text(
    'operations called',
    { edge: (edge) => edge.operations ?? [] },
    { aliases: ['op'] },
  ),
  tls: text(
    'whether it is encrypted',
    { edge: (edge) => TLS_WORDS[encryptionLedger(edge.encryption)] },
    { values: Object.values(TLS_WORDS) },
  ),
  trust: text(
    'how it was inferred',
    { edge: (edge) => TRUST_RULES.filter((rule) => edge.trust[rule] > 0) },
    { values: TRUST_RULES },
  ),
  drift: text(
    'kind of its alert',
    { edge: (edge) => edge.driftKind ?? '' },
    { values: DRIFT_KINDS },
  ),
  calls: number('count', 'calls in the window', { edge: callsOf }),
  errors: number('count', 'failed calls in the window', { edge: errorsOf }),
  '%error': number(
    'percent',
    'share of calls that failed',
    { edge: (edge) => (callsOf(edge) > 0 ? (100 * errorsOf(edge)) / callsOf(edge) : null) },
    ...['%err', 'errorrate'],
  ),
  p50: number('duration', 'median latency', { edge: (edge) => edge.p50Ms }),
  p95: number('duration', '95th percentile of latency', { edge: (edge) => edge.p95Ms }, 'rt'),
  known: flag('held by the baseline', { edge: (edge) => edge.standing === 'known' }),
  rejected: flag('rejected', { edge: (edge) => edge.standing === 'rejected' }),
  changed: flag('an edge that strays though its ends were approved to talk', {
    edge: (edge) => CHANGED.has(edge.driftKind ?? ''),
  }),
  onesided: flag('one side alone reports it', { edge: (edge) => !edge.isConfirmed }),
  new: flag('not in the baseline', {
    node: (node) => node.isNew,
    edge: (edge) => edge.standing === 'new',
  }),
  sampled: flag('known from sampled traces', {
    node: (node) => node.isSampledOnly,
    edge: (edge) => edge.sampledCalls > 0,
  }),
  firstseen: number('age', 'time since it was first seen', {
    node: (node) => node.firstSeenMs,
    edge: (edge) => edge.firstSeenMs,
  }),
  lastseen: number('age', 'time since it was last seen', {
    node: (node) => node.lastSeenMs,
    edge: (edge) => edge.lastSeenMs,
  }),
} as const satisfies { readonly [name: string]: Operand }

export type OperandName = keyof typeof OPERANDS
export const OPERAND_NAMES = Object.keys(OPERANDS) as readonly OperandName[]

const BY_WORD = new Map<string, OperandName>(
  OPERAND_NAMES.flatMap((name) =>
    [name, ...OPERANDS[name].aliases].map((word) => [word, name] as const),
  ),
)

/** Of whom an operand is asked: the element itself, or a node at one end of an edge. */
export const ENDS = ['source', 'target'] as const
export type End = 'self' | (typeof ENDS)[number]
export type OperandRef = { readonly name: OperandName; readonly end: End }

/** `owner`, `ns`, `source.kind`; null: no operand is called so. Edges have no `source.calls`. */
export function findOperand(word: string): OperandRef | null {
  const lower = word.toLowerCase()
  const end = ENDS.find((one) => lower.startsWith(`${one}.`))
  const name = BY_WORD.get(end ? lower.slice(end.length + 1) : lower)
  if (name === undefined || (end && !operandOf(name).node)) return null
  return { name, end: end ?? 'self' }
}

export function operandOf(name: OperandName): Operand {
  return OPERANDS[name]
}

export const FUNCTIONS = {
  path: { args: 2, help: 'all that lies on a way from the one to the other' },
  reach: { args: 1, help: 'all that it can reach' },
  reachedby: { args: 1, help: 'all that can reach it' },
} as const
export type FunctionName = keyof typeof FUNCTIONS
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[]
