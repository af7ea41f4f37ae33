// Faults in the rules that make the calls of a trace: R1, R4 to R10 and R13.
import { type Mutant, mutantsOf } from './mutant.ts'

const VIEW = mutantsOf('view.ts', [
  [
    'R1',
    'a nameless span inherits through a SERVER span',
    '(kind === SpanKind.server || kind === SpanKind.consumer)',
    'kind === SpanKind.consumer',
  ],
  [
    'R1',
    'a nameless span inherits from its parent only',
    'level < NESTING_MAX && !isAnotherProcess(draft, at)',
    'level < 1 && !isAnotherProcess(draft, at)',
  ],
  [
    'R1',
    'a parent of wrong length is none',
    '& SpanFlag.parentLost ? LOST_PARENT : NO_PARENT',
    '& SpanFlag.parentLost ? NO_PARENT : NO_PARENT',
  ],
  ['R4', 'a shared id is no caller', 'if (half >= 0) {', 'if (half < -1) {'],
  [
    'R4',
    'a child ignores the half in its own service',
    'own.length > 0 ? own : named',
    'own.length < 0 ? own : named',
  ],
  ['R4', 'a child prefers the client half', 'servers.length > 0 ? servers : choice', 'choice'],
  [
    'R4',
    'a server below a shared id prefers the server half',
    'clients.length > 0 ? clients : named',
    'named.filter((i) => !clients.includes(i))',
  ],
  [
    'R5',
    'the climb goes on through other services',
    'at >= 0 && services[at] === service; level++) {\n    if (isClientSide',
    'at >= 0 && service >= 0; level++) {\n    if (isClientSide',
  ],
  [
    'R5',
    'no climb through INTERNAL spans',
    'if (roles[at] !== Role.internal) return -1',
    'return -1',
  ],
  ['R13', 'a cycle is a call', 'if (at === ancestor) return true', ''],
])

const TWINS = mutantsOf('twins.ts', [
  ['R1', 'a 64-bit id joins nobody', 'full.length === 1 && (trace', 'full.length === 99 && (trace'],
  [
    'R1',
    'a 64-bit id joins one of several full ids',
    'full.length === 1 && (trace',
    'full.length >= 1 && (trace',
  ],
  [
    'R1',
    'a link by a full id misses the 64-bit trace',
    'if (full.size === 1 && short !== undefined) return [...full, short]',
    '',
  ],
])

const CALLERS = mutantsOf('callers.ts', [
  [
    'R5',
    'nesting in one process is a call',
    '? Caller.nested : Caller.service',
    '? Caller.service : Caller.service',
  ],
  [
    'R10',
    'an orphan is a root',
    'above === NO_PARENT) return Caller.unknown',
    'above === NO_PARENT) return Caller.root',
  ],
])

const HOPS = mutantsOf('hops.ts', [
  [
    'R6',
    'a callee that was paired counts again',
    'if (!addAnswer(draft, client, service)) return',
    'addAnswer(draft, client, service)',
  ],
  [
    'R6',
    'a client calls one of two callees',
    'if (!addAnswer(draft, client, service)) return',
    'if (draft.marks[client]! & 2 || !addAnswer(draft, client, service)) return',
  ],
  [
    'R6',
    'a span above its caller is called by it',
    'if (isAncestor(draft, i, named)) continue',
    '',
  ],
  ['R6', 'below a producer there is no broker', 'SHAPE_BROKER]! >= 0', 'SHAPE_BROKER]! < -9'],
  [
    'R6',
    'of several spans below a producer the one that came first counts',
    'belowBrokers.sort((a, b) => compareSpans(draft, a, b))',
    '',
  ],
  [
    'R6',
    'the error of the span below counts',
    'draft.flags[client]! & SpanFlag.error,',
    'draft.flags[below]! & SpanFlag.error,',
  ],
])

const NESTING = mutantsOf('nesting.ts', [
  [
    'R9',
    'the same target twice is two calls',
    'return target >= 0 && target === words',
    'return target < -9 && target === words',
  ],
  [
    'R9',
    'a database in an http call to the same host is its transport',
    'if (words[inner + SHAPE_BITS]! & (ShapeBit.database | ShapeBit.messaging)) return false',
    '',
  ],
  [
    'R9',
    'another port is the same call',
    'return port === 0 || innerPort === 0 || port === innerPort',
    'return true',
  ],
  [
    'R9',
    'another host is the same call',
    'host !== words[inner + SHAPE_HOST]) return false',
    'host === 1e9) return false',
  ],
  ['R9', 'a plain outer call has a transport', '(outerBits & ShapeBit.layered) !== 0 &&', ''],
  [
    'R9',
    'a layered call with a host has any transport',
    'words[outer + SHAPE_HOST] === NO_TEXT &&',
    '',
  ],
  [
    'R9',
    'a layered call has no transport',
    'isTransport(table, outerShape, innerShape)\n',
    'false\n',
  ],
  [
    'R9',
    'an answered inner call stands for a database',
    'else if (bits & ShapeBit.toStore) return',
    '',
  ],
  [
    'R9',
    'an answered inner call leaves the outer one that names the answerer',
    'bits & ShapeBit.toService &&',
    'bits < 0 &&',
  ],
  [
    'R9',
    'nesting ends at an INTERNAL span',
    'else if (roles[outer] !== Role.internal) break',
    'else break',
  ],
])

const MESSAGING = mutantsOf('messaging.ts', [
  [
    'R8',
    'a consumer with links forgets its parent',
    '  if (caller >= 0) {\n    noteAnswer',
    '  if (caller >= 0 && linked.length === 0) {\n    noteAnswer',
  ],
  [
    'R8',
    'a producer is inferred beside a linked one',
    'if (producers.some((producer) => producer.service === inferred)) inferred = -1',
    '',
  ],
  [
    'R8',
    'a missing producer is not inferred',
    'inferred = draft.services[draft.above[consumer]!]!',
    'inferred = -1',
  ],
  ['R8', 'a consumer borrows names beside its own', 'if (stated >= 0) return [stated]', ''],
  [
    'R8',
    'a producer borrows nothing',
    'const lent = isConsumed && stated < 0 ?',
    'const lent = isConsumed && stated < -9 ?',
  ],
  [
    'R8',
    'receive and process are two deliveries',
    'if (outer >= 0 && isSameDelivery(',
    'if (outer < -1 && isSameDelivery(',
  ],
  [
    'R8',
    'a nested delivery from elsewhere is the same',
    'inner.names.every((name, i) => name === outer.names[i])',
    'inner.names.length > 0',
  ],
  [
    'R8',
    'create and publish of a batch are two calls',
    'else if (isSameBatch(draft, client, { shape, service }))',
    'else if (service < -9)',
  ],
  ['R8', 'a direct edge forgets the producer’s error', 'error: error | producer.error', 'error'],
  [
    'R8',
    'any link is a delivery’s',
    'if (table.words[shape + SHAPE_ROLE] === Role.consumer)\n        noteAnswer',
    'if (shape >= 0)\n        noteAnswer',
  ],
  [
    'R8',
    'a lone consumer does not wait for the hold',
    'gate: isProved ? -1 : consumer',
    'gate: -1',
  ],
])

const LINKS = mutantsOf('links.ts', [
  [
    'R8',
    'a link to a server span finds a producer',
    'if (role !== Role.client && role !== Role.producer) continue',
    '',
  ],
  [
    'R8',
    'two links to one producer are two',
    'if (linked.words[at + LINKED_ROW] === row) return',
    'if (at < -9) return',
  ],
  [
    'R1',
    'a nameless linked producer stays nameless',
    'if (stated >= 0 && !transparent.has(stated)) return stated',
    'return stated',
  ],
])

export const RULE_MUTANTS: readonly Mutant[] = [
  ...VIEW,
  ...TWINS,
  ...CALLERS,
  ...HOPS,
  ...NESTING,
  ...MESSAGING,
  ...LINKS,
]
