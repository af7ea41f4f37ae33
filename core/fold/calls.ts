// What the rules conclude from a trace: calls, and one class a span. They lie on the desk as whole numbers.
import * as callWords from './call-words.ts'
import { type Draft, growPool } from './draft.ts'
import * as shapeWords from './shape-words.ts'

const {
  CALL_WORDS,
  CALL_SOURCE,
  CALL_TARGET,
  CALL_HOME,
  CALL_RULE,
  CALL_PROTOCOL,
  CALL_ERROR,
  CALL_OPERATION,
  CALL_CLIENT,
  CALL_SERVER,
  CALL_GATE,
} = callWords
const { NO_TEXT, SHAPE_BITS, SHAPE_OPERATION, ShapeBit, UNNAMED_OPERATION } = shapeWords

/** Final classes of the accounting identity (DESIGN section 2), one a span. */
export const SPAN_CLASSES = [
  'paired',
  'hop',
  'virtual',
  'entry',
  'messaging',
  'represented',
  'internal',
  'nameless',
  'unpairedClient',
  'unpairedServer',
  'unpairedConsumer',
] as const
export type SpanClass = (typeof SPAN_CLASSES)[number]

export type Call = {
  /** A service's position in ShapeTable.services, or -1 - the position of an end in ShapeWords.ends. */
  readonly source: number
  readonly target: number
  /** The service whose environment a stated end belongs to. */
  readonly home: number
  /** Positions in TRUST_RULES and PROTOCOLS. */
  readonly rule: number
  readonly protocol: number
  /** 1 or 0. */
  readonly error: number
  /** Position in ShapeWords.texts. */
  readonly operation: number
  /** Positions of the halves, -1 when missing; at least one is there. */
  readonly client: number
  readonly server: number
  /** Span that must have waited for the hold time before this call counts; -1: it is proved. */
  readonly gate: number
}

export function addCall(draft: Draft, call: Call): void {
  const at = growPool(draft.calls, CALL_WORDS)
  const { words } = draft.calls
  words[at + CALL_SOURCE] = call.source
  words[at + CALL_TARGET] = call.target
  words[at + CALL_HOME] = call.home
  words[at + CALL_RULE] = call.rule
  words[at + CALL_PROTOCOL] = call.protocol
  words[at + CALL_ERROR] = call.error
  words[at + CALL_OPERATION] = call.operation
  words[at + CALL_CLIENT] = call.client
  words[at + CALL_SERVER] = call.server
  words[at + CALL_GATE] = call.gate
}

/** A stated end as the end of a call. */
export function endOf(end: number): number {
  return -1 - end
}

/**
 * The operation of a call: as the callee names it, else the caller; a database names none itself.
 * Where the shapes of the halves begin, -1 for none.
 */
export function callOperation(draft: Draft, clientShape: number, serverShape: number): number {
  const { words } = draft.table
  const stated = clientShape < 0 ? NO_TEXT : words[clientShape + SHAPE_OPERATION]!
  if (stated !== NO_TEXT && words[clientShape + SHAPE_BITS]! & ShapeBit.database) return stated
  const named = serverShape < 0 ? NO_TEXT : words[serverShape + SHAPE_OPERATION]!
  return named || stated || UNNAMED_OPERATION
}
