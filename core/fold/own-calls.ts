// Calls that rest on one span's word and so wait for the hold time: of a client that nobody answered (R7), and
// of a server that nobody here called (R10). Made of the span alone, so that the hold need not look at its trace.
import { PROTOCOLS, TRUST_RULES } from '../graph/edge.ts'
import * as batch from '../span/batch.ts'
import * as callWords from './call-words.ts'
import { addCall, callOperation, endOf } from './calls.ts'
import type { Draft } from './draft.ts'
import * as shapeWords from './shape-words.ts'

const { SpanFlag } = batch
const { Class } = callWords
const {
  SHAPE_BROKER,
  SHAPE_CALLER,
  SHAPE_CLIENT_PROTOCOL,
  SHAPE_SERVER_PROTOCOL,
  SHAPE_TARGET,
  SHAPE_TARGET_RULE,
  UNKNOWN_END,
  USER_END,
} = shapeWords

const SERVER_ONLY = TRUST_RULES.indexOf('serverOnly')
const PEER = TRUST_RULES.indexOf('peer')
const MESSAGING_PROTOCOL = PROTOCOLS.indexOf('messaging')

/** Adds the call of a span that was classed as virtual or entry; others have none of their own. */
export function addOwnCall(draft: Draft, i: number): void {
  if (draft.classes[i] === Class.virtual) addVirtualCall(draft, i)
  else if (draft.classes[i] === Class.entry)
    addEntry(draft, i, draft.table.words[draft.shapes[i]! + SHAPE_CALLER]!)
}

/** The call of a client-side span to the target that it states. */
export function addVirtualCall(draft: Draft, client: number): void {
  const { words } = draft.table
  const service = draft.services[client]!
  const shape = draft.shapes[client]!
  // Only a broker's name makes a broker the target.
  const isMessage = words[shape + SHAPE_BROKER]! >= 0
  addCall(draft, {
    source: service,
    target: endOf(words[shape + SHAPE_TARGET]!),
    home: service,
    rule: words[shape + SHAPE_TARGET_RULE]!,
    protocol: isMessage ? MESSAGING_PROTOCOL : words[shape + SHAPE_CLIENT_PROTOCOL]!,
    error: draft.flags[client]! & SpanFlag.error,
    operation: callOperation(draft, shape, -1),
    client,
    server: -1,
    gate: client,
  })
}

/** The call of a server span. caller: the end that it names, or -1: the user. */
export function addEntry(draft: Draft, server: number, caller: number): void {
  const service = draft.services[server]!
  const shape = draft.shapes[server]!
  const isNamed = caller >= 0 && caller !== UNKNOWN_END
  addCall(draft, {
    source: endOf(caller >= 0 ? caller : USER_END),
    target: service,
    home: service,
    rule: isNamed ? PEER : SERVER_ONLY,
    protocol: draft.table.words[shape + SHAPE_SERVER_PROTOCOL]!,
    error: draft.flags[server]! & SpanFlag.error,
    operation: callOperation(draft, -1, shape),
    client: -1,
    server,
    gate: server,
  })
}
