// The allow-list: the only attributes that pass decode. Order is the journal's format (positions are
// written to disk): append at the end, never reorder. Source: EDGES.md N1-N4, R3, R7, R11, R12, section 6;
// OpenTelemetry semantic conventions 1.45 and their older names.

/** How a kept value is reduced at decode, before it is stored anywhere. */
export type Reduction =
  /** Bounded text, control characters replaced. */
  | 'text'
  /** Only that the key is there: stored as ''. Statements and connection strings hold secrets. */
  | 'presence'
  /** scheme://host:port in lower case; credentials, path, query and fragment dropped. */
  | 'origin'
  /** An address (host, queue url) without credentials, query and fragment. */
  | 'address'
  /** Path without query, with ids, hashes, numbers and e-mails folded to {}: see path.ts. */
  | 'path'
  /** What is done, in one word: a verb or another short identifier, else ''. Some write a statement here. */
  | 'verb'
  /** A table or collection: up to the first character that no name has outside quotes. */
  | 'table'

type Key = { readonly name: string; readonly reduction: Reduction }
const text = (name: string): Key => ({ name, reduction: 'text' })
const address = (name: string): Key => ({ name, reduction: 'address' })
const verb = (name: string): Key => ({ name, reduction: 'verb' })
const table = (name: string): Key => ({ name, reduction: 'table' })
const presence = (name: string): Key => ({ name, reduction: 'presence' })

export const SPAN_KEYS: readonly Key[] = [
  text('server.service.name'),
  text('client.service.name'),
  text('service.peer.name'),
  text('peer.service'),
  address('server.address'),
  address('net.peer.name'),
  { name: 'url.full', reduction: 'origin' },
  { name: 'http.url', reduction: 'origin' },
  address('http.host'),
  address('net.sock.peer.name'),
  address('network.peer.address'),
  address('net.sock.peer.addr'),
  address('net.peer.ip'),
  text('server.port'),
  text('net.peer.port'),
  text('db.system.name'),
  text('db.system'),
  text('db.namespace'),
  text('db.name'),
  presence('db.query.text'),
  presence('db.statement'),
  verb('db.operation.name'),
  verb('db.operation'),
  table('db.collection.name'),
  table('db.sql.table'),
  presence('db.connection_string'),
  text('messaging.destination.template'),
  text('messaging.destination.temporary'),
  text('messaging.destination.anonymous'),
  text('messaging.destination.name'),
  text('messaging.destination'),
  address('aws.sqs.queue.url'),
  text('aws.sns.topic.arn'),
  text('aws.kinesis.stream_name'),
  text('rabbitmq.destination.routing_key'),
  text('messaging.rabbitmq.destination.routing_key'),
  text('messaging.rabbitmq.routing_key'),
  text('messaging.system.name'),
  text('messaging.system'),
  verb('messaging.operation.type'),
  verb('messaging.operation'),
  text('messaging.consumer.group.name'),
  text('messaging.kafka.consumer.group'),
  text('rpc.system.name'),
  text('rpc.system'),
  text('rpc.service'),
  text('rpc.method'),
  verb('http.request.method'),
  verb('http.method'),
  text('http.route'),
  text('url.scheme'),
  text('http.scheme'),
  { name: 'url.path', reduction: 'path' },
  { name: 'http.target', reduction: 'path' },
  text('faas.trigger'),
  text('faas.invoked_name'),
  text('gen_ai.provider.name'),
  text('gen_ai.system'),
  text('network.protocol.name'),
  text('tls.protocol.version'),
  // What the attributes named by a user state (DecodeLimits.peerKeys), in their order.
  text('strayline.peer.1'),
  text('strayline.peer.2'),
  text('strayline.peer.3'),
  text('strayline.peer.4'),
]

/** Position of the first attribute that a user names, and how many there may be. */
export const FIRST_PEER_KEY = SPAN_KEYS.findIndex((key) => key.name === 'strayline.peer.1')
export const PEER_KEYS_MAX = SPAN_KEYS.length - FIRST_PEER_KEY

export const RESOURCE_KEYS: readonly Key[] = [
  text('service.name'),
  text('service.namespace'),
  text('deployment.environment.name'),
  text('deployment.environment'),
  text('service.version'),
  text('service.instance.id'),
  text('telemetry.sdk.language'),
  text('k8s.namespace.name'),
  text('k8s.pod.name'),
  text('host.name'),
  // What a service says of itself: see core/graph/tags.ts.
  text('strayline.owner'),
  text('strayline.data.classes'),
  text('strayline.exposure'),
  text('strayline.layer'),
]
