// What evaluation asks of a shape, as whole numbers in one array: names become positions in tables, so that
// rules compare numbers and allocate nothing. Follows ShapeTable, from which all of it is worked out, in order.
import { PROTOCOLS, TRUST_RULES } from '../graph/edge.ts'
import { compareText, NODE_KINDS, type NodeKind } from '../graph/node.ts'
import { OVERFLOW_NAME } from './options.ts'
import type { Endpoint } from './role.ts'
import type { Shape, ShapeTable } from './shape.ts'

/** Words of a shape. */
export const SHAPE_WORDS = 16
export const SHAPE_ROLE = 0
/** Position in ShapeTable.services, or -1: nameless. */
export const SHAPE_SERVICE = 1
/** Where an unanswered call goes (R7), the broker it states (N2), the caller it names (N3): ends, or -1. */
export const SHAPE_TARGET = 2
export const SHAPE_BROKER = 3
export const SHAPE_CALLER = 4
/** Text, or NO_TEXT. */
export const SHAPE_HOST = 5
export const SHAPE_PORT = 6
export const SHAPE_OPERATION = 7
/** Positions in TRUST_RULES and PROTOCOLS. */
export const SHAPE_TARGET_RULE = 8
export const SHAPE_CLIENT_PROTOCOL = 9
export const SHAPE_SERVER_PROTOCOL = 10
export const SHAPE_FACE = 11
export const SHAPE_KIND = 12
/** ShapeBit bits. */
export const SHAPE_BITS = 13
export const SHAPE_WEIGHT = 14
/** Encryption, of encryption.ts. */
export const SHAPE_ENCRYPTION = 15

export const ShapeBit = {
  database: 1,
  messaging: 2,
  layered: 4,
  unattended: 8,
  /** The target is an external host, a store (database or broker), a service. */
  toExternal: 16,
  toStore: 32,
  toService: 64,
} as const

/** Texts with a fixed position. */
export const NO_TEXT = 0
export const UNNAMED_OPERATION = 1
export const OVERFLOW_TEXT = 2
const FIRST_TEXTS = ['', '(unnamed)', OVERFLOW_NAME]
/** Ends with a fixed position. */
export const USER_END = 0
export const UNKNOWN_END = 1
const FIRST_ENDS: readonly Endpoint[] = [
  { kind: 'user', name: 'user' },
  { kind: 'external', name: 'unknown' },
]

export type ShapeWords = {
  words: Int32Array
  /** Shapes and services taken over so far. */
  shapes: number
  services: number
  readonly ends: Endpoint[]
  readonly endByKey: Map<string, number>
  readonly texts: string[]
  readonly textByValue: Map<string, number>
  readonly environmentByName: Map<string, number>
  /** Of each service: its name, the end of a peer that states it, and the number of its environment. */
  readonly serviceNames: string[]
  readonly serviceEnds: number[]
  readonly serviceEnvironments: number[]
}

export function createShapeWords(): ShapeWords {
  const table: ShapeWords = {
    words: new Int32Array(64 * SHAPE_WORDS),
    shapes: 0,
    services: 0,
    ends: [],
    endByKey: new Map(),
    texts: [],
    textByValue: new Map(),
    environmentByName: new Map(),
    serviceNames: [],
    serviceEnds: [],
    serviceEnvironments: [],
  }
  for (const text of FIRST_TEXTS) internText(table, text)
  for (const { kind, name } of FIRST_ENDS) internEnd(table, kind, name)
  return table
}

/** Takes over the shapes and services that came since. */
export function followShapes(table: ShapeWords, { shapes, services }: ShapeTable): void {
  for (; table.services < services.length; table.services++) {
    const { name, environment } = services[table.services]!
    table.serviceNames.push(name)
    table.serviceEnds.push(internEnd(table, 'service', name))
    const known = table.environmentByName.get(environment) ?? table.environmentByName.size
    table.environmentByName.set(environment, known)
    table.serviceEnvironments.push(known)
  }
  for (; table.shapes < shapes.length; table.shapes++) {
    if ((table.shapes + 1) * SHAPE_WORDS > table.words.length) {
      const words = new Int32Array(table.words.length * 2)
      words.set(table.words)
      table.words = words
    }
    writeShape(table, table.shapes * SHAPE_WORDS, shapes[table.shapes]!)
  }
}

/** R4: ties are broken by service name, then kind; never by arrival. Where two shapes begin. */
export function compareForTie(table: ShapeWords, a: number, b: number): number {
  const { words, serviceNames } = table
  const left = serviceNames[words[a + SHAPE_SERVICE]!] ?? ''
  const right = serviceNames[words[b + SHAPE_SERVICE]!] ?? ''
  return compareText(left, right) || words[a + SHAPE_KIND]! - words[b + SHAPE_KIND]!
}

function writeShape(table: ShapeWords, at: number, shape: Shape): void {
  const { words } = table
  const { target, broker, caller } = shape
  words[at + SHAPE_ROLE] = shape.role
  words[at + SHAPE_SERVICE] = shape.service
  words[at + SHAPE_TARGET] = target ? internEnd(table, target.kind, target.name) : -1
  words[at + SHAPE_BROKER] = broker ? internEnd(table, 'messaging', broker) : -1
  words[at + SHAPE_CALLER] = caller ? internEnd(table, 'service', caller) : -1
  words[at + SHAPE_HOST] = internText(table, shape.host)
  words[at + SHAPE_PORT] = shape.port
  words[at + SHAPE_OPERATION] = internText(table, shape.operation)
  words[at + SHAPE_TARGET_RULE] = TRUST_RULES.indexOf(shape.targetRule)
  words[at + SHAPE_CLIENT_PROTOCOL] = PROTOCOLS.indexOf(shape.clientProtocol)
  words[at + SHAPE_SERVER_PROTOCOL] = PROTOCOLS.indexOf(shape.serverProtocol)
  words[at + SHAPE_FACE] = shape.face
  words[at + SHAPE_KIND] = shape.kind
  words[at + SHAPE_BITS] = bitsOf(shape)
  words[at + SHAPE_WEIGHT] = shape.weight
  words[at + SHAPE_ENCRYPTION] = shape.encryption
}

function bitsOf(shape: Shape): number {
  const target = shape.target?.kind
  return (
    (shape.isDatabase ? ShapeBit.database : 0) |
    (shape.isMessaging ? ShapeBit.messaging : 0) |
    (shape.isLayered ? ShapeBit.layered : 0) |
    (shape.isUnattended ? ShapeBit.unattended : 0) |
    (target === 'external' ? ShapeBit.toExternal : 0) |
    (target === 'database' || target === 'messaging' ? ShapeBit.toStore : 0) |
    (target === 'service' ? ShapeBit.toService : 0)
  )
}

function internEnd(table: ShapeWords, kind: NodeKind, name: string): number {
  const key = `${NODE_KINDS.indexOf(kind)}${name}`
  const known = table.endByKey.get(key)
  if (known !== undefined) return known
  table.endByKey.set(key, table.ends.length)
  return table.ends.push({ kind, name }) - 1
}

function internText(table: ShapeWords, text: string): number {
  const known = table.textByValue.get(text)
  if (known !== undefined) return known
  table.textByValue.set(text, table.texts.length)
  return table.texts.push(text) - 1
}
