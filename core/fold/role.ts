// What a span does in a trace (R3), where its call goes when nobody answers (R7), and how (R11).
import type { Protocol, TrustRule } from '../graph/edge.ts'
import type { NodeKind } from '../graph/node.ts'
import * as batch from '../span/batch.ts'
import {
  type Attributes,
  calleeName,
  databaseName,
  type OtherEnd,
  rpcServiceName,
} from './names.ts'

const { Family, SpanKind } = batch

/** What a span does in a trace (EDGES R3); its kind, corrected by what its attributes say. */
export const Role = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 } as const
export type Role = (typeof Role)[keyof typeof Role]

/** The other end as stated: becomes a node in the environment of the span's service. */
export type Endpoint = { readonly kind: NodeKind; readonly name: string }

/** R3. */
export function roleOf(kind: number, get: Attributes, families: number): Role {
  const operation = get('messaging.operation.type') || get('messaging.operation')
  if (operation === 'settle') return Role.internal
  const hasMessaging = (families & Family.messaging) !== 0
  switch (kind) {
    case SpanKind.server:
      return hasMessaging && get('faas.trigger') === 'pubsub' ? Role.consumer : Role.server
    case SpanKind.producer:
      return Role.producer
    case SpanKind.consumer:
      return Role.consumer
    case SpanKind.client:
      return clientRole(hasMessaging, operation)
    case SpanKind.unspecified: {
      const isClient = calleeName(get) || get('db.system.name') || get('db.system')
      return isClient ? clientRole(hasMessaging, operation) : Role.internal
    }
    default:
      return Role.internal
  }
}

function clientRole(hasMessaging: boolean, operation: string): Role {
  if (!hasMessaging) return Role.client
  if (['publish', 'send', 'create'].includes(operation)) return Role.producer
  if (['receive', 'process', 'deliver'].includes(operation)) return Role.consumer
  return Role.client
}

/** R8: a CLIENT without messaging attributes and a SERVER state no broker. */
export function statesBroker(kind: number, role: Role, families: number): boolean {
  if (role === Role.internal || role === Role.server) return false
  if (kind === SpanKind.producer || kind === SpanKind.consumer) return true
  return (families & Family.messaging) !== 0
}

/** R7, in its order; an item that gives no name falls through to the next. */
export function targetOf(
  get: Attributes,
  families: number,
  role: Role,
  { broker, ...other }: OtherEnd & { readonly broker: string },
): [Endpoint | null, TrustRule] {
  if (role !== Role.client && role !== Role.producer) return [null, 'clientOnly']
  if (broker) return [{ kind: 'messaging', name: broker }, 'messaging']
  if (families & Family.database)
    return [{ kind: 'database', name: databaseName(get, other) }, 'clientOnly']
  if (other.peer) return [{ kind: 'service', name: other.peer }, 'peer']
  const invoked = get('faas.invoked_name')
  if (invoked) return [{ kind: 'service', name: invoked }, 'peer']
  const rpcService = rpcServiceName(get)
  const isAws = rpcSystem(get) === 'aws-api' && rpcService !== ''
  const external =
    other.host ||
    (isAws ? `aws:${rpcService.toLowerCase()}` : '') ||
    get('gen_ai.provider.name') ||
    get('gen_ai.system') ||
    rpcService
  return [external ? { kind: 'external', name: external } : null, 'clientOnly']
}

/** R11; a server half's database attributes describe its own calls, never the one it answers. */
export function protocolOf(get: Attributes, families: number, isCaller: boolean): Protocol {
  if (isCaller && families & Family.database) return 'database'
  if (rpcSystem(get) === 'grpc') return 'grpc'
  if (families & Family.rpc) return 'rpc'
  return families & Family.http ? 'http' : 'other'
}

function rpcSystem(get: Attributes): string {
  return get('rpc.system.name') || get('rpc.system')
}

export function isLayered(get: Attributes, families: number): boolean {
  if (families & (Family.database | Family.messaging)) return true
  return (
    rpcSystem(get) === 'aws-api' ||
    get('faas.invoked_name') !== '' ||
    get('gen_ai.provider.name') !== '' ||
    get('gen_ai.system') !== ''
  )
}
