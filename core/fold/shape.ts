// A shape is everything about a span but its ids, status and times: who it belongs to, its role, and
// what it says of its peer. Traffic has few of them, so each is worked out once and shared.
import type { Protocol, TrustRule } from '../graph/edge.ts'
import { rewriteName } from '../graph/glob.ts'
import * as batch from '../span/batch.ts'
import { type AttributeSet, DEFAULT_DECODE_LIMITS, type SpanBatch } from '../span/batch.ts'
import { RESOURCE_KEYS, SPAN_KEYS } from '../span/keys.ts'
import { boundText } from '../span/text.ts'
import { type Encryption, encryptionOf } from './encryption.ts'
import {
  type Attributes,
  brokerName,
  calleeName,
  callerName,
  hostName,
  portNumber,
} from './names.ts'
import { operationName } from './operation.ts'
import * as options from './options.ts'
import { type FoldOptions, OVERFLOW_NAME } from './options.ts'
import {
  type Endpoint,
  isLayered,
  protocolOf,
  Role,
  roleOf,
  statesBroker,
  targetOf,
} from './role.ts'
import { internService, isTransparent, type ServiceTable } from './services.ts'

const { Family } = batch
const { SHAPE_CHARS_MEAN_MAX } = options

export type Shape = {
  readonly kind: number
  readonly role: Role
  /** Position in ShapeTable.services, or -1: nameless. */
  readonly service: number
  /** Equal for shapes that can only take part in the same edges: see presence.ts. */
  readonly face: number
  /** Where an unanswered client-side call goes (R7), or null: nobody can tell. */
  readonly target: Endpoint | null
  readonly targetRule: TrustRule
  /** The broker this span itself states (N2), or ''. */
  readonly broker: string
  /** Server side: the caller it names (N3), or ''. */
  readonly caller: string
  readonly host: string
  /** 0 when not stated. */
  readonly port: number
  readonly encryption: Encryption
  /** Of a call this span makes, and of one it answers (R11). */
  readonly clientProtocol: Protocol
  readonly serverProtocol: Protocol
  readonly isDatabase: boolean
  readonly isMessaging: boolean
  /** Database, messaging, aws-api, faas or gen_ai: R9(c) speaks of these. */
  readonly isLayered: boolean
  /** A faas timer or pub/sub trigger: its root is no user's request (R12). */
  readonly isUnattended: boolean
  readonly operation: string
  readonly version: string
  /** Sampling weight, as a code of core/span/sampling.ts: see weights.ts. */
  readonly weight: number
  /** Canonical text of the attributes: decides between copies of one span (R2). */
  readonly sortKey: string
}

/** The settings that decide what a span's attributes mean. */
export type ShapeOptions = Pick<
  FoldOptions,
  | 'shapesMax'
  | 'serviceIdentity'
  | 'transparentServices'
  | 'rewriteHosts'
  | 'rewriteDatabases'
  | 'rewriteDestinations'
>

export type ShapeTable = ServiceTable & {
  readonly options: ShapeOptions
  readonly shapes: Shape[]
  readonly shapeByKey: Map<string, number>
  /** Shapes with a sampling weight, by shape without * 2^16 + weight. */
  readonly weighted: Map<number, number>
  readonly faceByKey: Map<string, number>
  /** Length of all keys of shapeByKey: a shape of 60 long values weighs a hundred ordinary ones. */
  keyChars: number
  /** How often a new shape did not fit and lost its attributes. */
  overflows: number
}

export function createShapeTable(options: ShapeOptions): ShapeTable {
  return {
    options,
    shapes: [],
    shapeByKey: new Map(),
    services: [],
    serviceByKey: new Map(),
    transparent: new Set(),
    weighted: new Map(),
    faceByKey: new Map(),
    keyChars: 0,
    overflows: 0,
  }
}

/** The shape of one span of a batch, by its texts: for what batch-shapes.ts has not met. */
export function internSpanShape(table: ShapeTable, batch: SpanBatch, span: number): number {
  const resource = batch.resourceSets[batch.resources[span]!]!
  const attributes = batch.attributeSets[batch.attributes[span]!]!
  const { strings } = batch
  const resourceText = canonicalText(resource, strings, isOfService)
  return internShape(
    table,
    `${canonicalText(attributes, strings)}\n${resourceText}`,
    batch.kinds[span]!,
    {
      resource: reader(resource, strings, RESOURCE_POSITIONS),
      span: reader(attributes, strings, SPAN_POSITIONS),
      families: attributes.families,
    },
  )
}

type SpanText = {
  readonly resource: Attributes
  readonly span: Attributes
  readonly families: number
}

function internShape(table: ShapeTable, sortKey: string, kind: number, text: SpanText): number {
  const key = `${kind}\n${sortKey}`
  const known = table.shapeByKey.get(key)
  if (known !== undefined) return known
  if (isFull(table, table.options.shapesMax) && sortKey !== OVERFLOW_NAME) {
    table.overflows++
    return internOverflow(table, sortKey, kind, text)
  }
  return addShape(table, key, makeShape(table, sortKey, kind, text))
}

function isFull(table: ShapeTable, shapesMax: number): boolean {
  return table.shapeByKey.size >= shapesMax || table.keyChars >= shapesMax * SHAPE_CHARS_MEAN_MAX
}

function addShape(table: ShapeTable, key: string, shape: Shape): number {
  const id = table.shapes.push(shape) - 1
  table.shapeByKey.set(key, id)
  table.keyChars += key.length
  return id
}

/** Full: the span keeps its service and loses what it says of its peer; later even its service. */
function internOverflow(table: ShapeTable, sortKey: string, kind: number, text: SpanText): number {
  const bare = `\n${sortKey.slice(sortKey.indexOf('\n') + 1)}`
  const known = table.shapeByKey.get(`${kind}\n${bare}`)
  if (known !== undefined) return known
  if (isFull(table, 2 * table.options.shapesMax)) {
    const resource = (name: string) => (name === 'service.name' ? OVERFLOW_NAME : '')
    return internShape(table, OVERFLOW_NAME, kind, { resource, span: () => '', families: 0 })
  }
  const shape = makeShape(table, bare, kind, { ...text, span: () => '', families: 0 })
  return addShape(table, `${kind}\n${bare}`, shape)
}

function makeShape(table: ShapeTable, sortKey: string, kind: number, text: SpanText): Shape {
  const get = text.span
  const { rewriteHosts, rewriteDestinations } = table.options
  const role = roleOf(kind, get, text.families)
  const isServerSide = role === Role.server || role === Role.consumer
  const named = isServerSide ? callerName(get) : calleeName(get)
  // A peer that is spliced out is no peer: what else the span states decides.
  const peer = isTransparent(table.options, '', named) ? '' : named
  const service = internService(table, table.options, text.resource)
  const host = hostName(get)
  const other = { peer, host: rewriteName(rewriteHosts, host) }
  const broker = statesBroker(kind, role, text.families)
    ? boundName(rewriteName(rewriteDestinations, brokerName(get, other)))
    : ''
  const [stated, targetRule] = targetOf(get, text.families, role, { ...other, broker })
  const target = stated && finalTarget(table, stated)
  const trigger = get('faas.trigger')
  return {
    kind,
    role,
    service,
    face: internFace(table, service, role, broker),
    target,
    targetRule,
    broker,
    caller: isServerSide ? peer : '',
    host,
    port: portNumber(get),
    encryption: encryptionOf(get),
    clientProtocol: protocolOf(get, text.families, true),
    serverProtocol: protocolOf(get, text.families, false),
    isDatabase: (text.families & Family.database) !== 0,
    isMessaging: (text.families & Family.messaging) !== 0,
    isLayered: isLayered(get, text.families),
    isUnattended: trigger === 'timer' || trigger === 'pubsub',
    operation: boundName(operationName(get, text.families)),
    version: text.resource('service.version'),
    weight: 0,
    sortKey,
  }
}

function finalTarget(table: ShapeTable, { kind, name }: Endpoint): Endpoint {
  const { rewriteDatabases } = table.options
  return {
    kind,
    name: boundName(kind === 'database' ? rewriteName(rewriteDatabases, name) : name),
  }
}

/** Composed of parts that are bounded each, or written by a rule: within the bound again. */
function boundName(name: string): string {
  return boundText(name, DEFAULT_DECODE_LIMITS.nameBytesMax)
}

function internFace(table: ShapeTable, service: number, role: Role, broker: string): number {
  const key = `${service} ${role} ${broker}`
  const known = table.faceByKey.get(key)
  if (known !== undefined) return known
  table.faceByKey.set(key, table.faceByKey.size)
  return table.faceByKey.size - 1
}

const SPAN_POSITIONS = new Map(SPAN_KEYS.map((key, position) => [key.name, position]))
const RESOURCE_POSITIONS = new Map(RESOURCE_KEYS.map((key, position) => [key.name, position]))

function reader(
  set: AttributeSet,
  strings: readonly string[],
  positions: ReadonlyMap<string, number>,
): Attributes {
  const values = new Map<number, string>()
  set.keys.forEach((key, i) => {
    values.set(key, strings[set.values[i]!]!)
  })
  return (name) => values.get(positions.get(name)!) ?? ''
}

/** Pods and hosts come and go by the thousand and change nothing in an edge: no shape is made of them. */
const SERVICE_KEYS = new Set(
  [
    'service.name',
    'service.namespace',
    'service.version',
    'deployment.environment.name',
    'deployment.environment',
  ].map((name) => RESOURCE_POSITIONS.get(name)),
)

/** Whether a resource key decides which service, and which version of it. */
export function isOfService(key: number): boolean {
  return SERVICE_KEYS.has(key)
}

function canonicalText(
  set: AttributeSet,
  strings: readonly string[],
  isKept: (key: number) => boolean = () => true,
): string {
  let text = `${set.families}`
  set.keys.forEach((key, i) => {
    if (isKept(key)) text += `\0${key}=${strings[set.values[i]!]}`
  })
  return text
}
