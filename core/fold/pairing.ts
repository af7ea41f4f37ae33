// R5, R10, R11, R12: calls that a SERVER span answers, and entries of those that nobody here called.
import { PROTOCOLS, TRUST_RULES } from '../graph/edge.ts'
import * as batch from '../span/batch.ts'
import * as callWords from './call-words.ts'
import * as callers from './callers.ts'
import { callerOf } from './callers.ts'
import { addCall, callOperation, endOf } from './calls.ts'
import { addAnswer, type Draft } from './draft.ts'
import * as draftWords from './draft-words.ts'
import type { OrphanPolicy } from './options.ts'
import { addEntry } from './own-calls.ts'
import * as role from './role.ts'
import * as shapeWords from './shape-words.ts'

const { SpanFlag } = batch
const { Caller } = callers
const { Class } = callWords
const { LOST_PARENT, Mark } = draftWords
const { Role } = role
const {
  SHAPE_BITS,
  SHAPE_BROKER,
  SHAPE_CALLER,
  SHAPE_CLIENT_PROTOCOL,
  SHAPE_SERVER_PROTOCOL,
  ShapeBit,
  UNKNOWN_END,
} = shapeWords

const PAIRED = TRUST_RULES.indexOf('paired')
const SERVER_ONLY = TRUST_RULES.indexOf('serverOnly')
const MESSAGING = TRUST_RULES.indexOf('messaging')
const MESSAGING_PROTOCOL = PROTOCOLS.indexOf('messaging')

/** Adds the calls of every named SERVER span. */
export function pairServers(draft: Draft, orphans: OrphanPolicy): void {
  const { count, roles, services, classes } = draft
  for (let i = 0; i < count; i++) {
    if (roles[i] !== Role.server || services[i]! < 0) continue
    const caller = callerOf(draft, i)
    if (caller >= 0) answerClient(draft, caller, i)
    else if (caller === Caller.service) callFromService(draft, i)
    else if (caller === Caller.nested) classes[i] = Class.internal
    else enter(draft, i, caller === Caller.root, orphans)
  }
}

function answerClient(draft: Draft, client: number, server: number): void {
  const { words } = draft.table
  const { shapes, services, flags, classes } = draft
  const clientShape = shapes[client]!
  const serverShape = shapes[server]!
  const home = services[server]!
  const broker = words[clientShape + SHAPE_BROKER]!
  const isPush = draft.roles[client] === Role.producer && broker >= 0
  addAnswer(draft, client, home)
  classes[client] = Class.paired
  // A topic that pushes to an http endpoint: the path leads through the topic (R8).
  classes[server] = isPush ? Class.messaging : Class.paired
  if (isPush) draft.marks[client]! |= Mark.consumed
  const protocol = Math.max(
    words[clientShape + SHAPE_CLIENT_PROTOCOL]!,
    words[serverShape + SHAPE_SERVER_PROTOCOL]!,
  )
  addCall(draft, {
    source: isPush ? endOf(broker) : services[client]!,
    target: home,
    home,
    rule: isPush ? MESSAGING : PAIRED,
    protocol: isPush ? MESSAGING_PROTOCOL : protocol,
    error: (flags[server]! | (isPush ? 0 : flags[client]!)) & SpanFlag.error,
    operation: callOperation(draft, clientShape, serverShape),
    client: isPush ? -1 : client,
    server,
    gate: -1,
  })
}

/** R5.3: the client span is missing. */
function callFromService(draft: Draft, server: number): void {
  const { shapes, services, flags } = draft
  draft.classes[server] = Class.hop
  addCall(draft, {
    source: services[draft.above[server]!]!,
    target: services[server]!,
    home: services[server]!,
    rule: SERVER_ONLY,
    protocol: draft.table.words[shapes[server]! + SHAPE_SERVER_PROTOCOL]!,
    error: flags[server]! & SpanFlag.error,
    operation: callOperation(draft, -1, shapes[server]!),
    client: -1,
    server,
    gate: -1,
  })
}

/** R10: a request from outside, or from a caller that is only named; R12: timers have no caller. */
function enter(draft: Draft, server: number, isRoot: boolean, orphans: OrphanPolicy): void {
  const { words } = draft.table
  const { classes } = draft
  const shape = draft.shapes[server]!
  if (isRoot && words[shape + SHAPE_BITS]! & ShapeBit.unattended) {
    classes[server] = Class.internal
    return
  }
  const stated = words[shape + SHAPE_CALLER]!
  const caller = stated >= 0 ? stated : (draft.proxies?.callers.get(server) ?? -1)
  const isUnattributed = !isRoot && caller < 0
  classes[server] = isUnattributed ? Class.unpairedServer : Class.entry
  if (isUnattributed) {
    draft.unattributed.push(server)
    if (orphans === 'drop' || draft.above[server] !== LOST_PARENT) return
  }
  addEntry(draft, server, isUnattributed ? UNKNOWN_END : caller)
}
