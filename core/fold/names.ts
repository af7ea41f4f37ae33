// Who is at the other end: the names that a span's attributes state (EDGES N1-N4).
// An empty value is an absent one throughout.

/** Value of a kept attribute, or '' when absent. */
export type Attributes = (name: string) => string

const DATABASE_SYSTEMS: Readonly<Record<string, string>> = {
  mssql: 'microsoft.sql_server',
  oracle: 'oracle.db',
  db2: 'ibm.db2',
  hanadb: 'sap.hana',
  maxdb: 'sap.maxdb',
  informix: 'ibm.informix',
  netezza: 'ibm.netezza',
  dynamodb: 'aws.dynamodb',
  redshift: 'aws.redshift',
  cosmosdb: 'azure.cosmosdb',
  spanner: 'gcp.spanner',
  h2: 'h2database',
  firebird: 'firebirdsql',
  ingres: 'actian.ingres',
  adabas: 'softwareag.adabas',
  cache: 'intersystems.cache',
  intersystems_cache: 'intersystems.cache',
}

/** The other end as a span states it: its N3 name, and its N4 host after rewriting; '' when not stated. */
export type OtherEnd = { readonly peer: string; readonly host: string }

/** N1: `<system>:<instance>/<namespace>`, missing parts left out. */
export function databaseName(get: Attributes, { peer, host }: OtherEnd): string {
  const stated = (get('db.system.name') || get('db.system')).toLowerCase()
  const system = Object.hasOwn(DATABASE_SYSTEMS, stated) ? DATABASE_SYSTEMS[stated]! : stated
  const namespace = get('db.namespace') || get('db.name')
  let instance = peer || host
  if (namespace !== '' && isIpLiteral(instance)) instance = ''
  const rest = instance && namespace ? `${instance}/${namespace}` : instance || namespace
  return rest ? `${system || 'db'}:${rest}` : system || 'db'
}

/** N2: the broker's node: destination, else system, else peer, else host; '' when nothing is stated. */
export function brokerName(get: Attributes, { peer, host }: OtherEnd): string {
  return (
    destinationName(get) || get('messaging.system.name') || get('messaging.system') || peer || host
  )
}

function destinationName(get: Attributes): string {
  const template = get('messaging.destination.template')
  if (template) return template
  const isThrowaway =
    get('messaging.destination.temporary') === 'true' ||
    get('messaging.destination.anonymous') === 'true'
  if (isThrowaway) return ''
  return (
    get('messaging.destination.name') ||
    get('messaging.destination') ||
    lastPart(get('aws.sqs.queue.url'), '/') ||
    lastPart(get('aws.sns.topic.arn'), ':') ||
    get('aws.kinesis.stream_name') ||
    get('rabbitmq.destination.routing_key') ||
    get('messaging.rabbitmq.destination.routing_key') ||
    get('messaging.rabbitmq.routing_key')
  )
}

function lastPart(text: string, separator: string): string {
  return text.slice(text.lastIndexOf(separator) + 1)
}

/** N3 for a client-side span: the service it says it calls, or ''. */
export function calleeName(get: Attributes): string {
  return (
    get('server.service.name') ||
    get('service.peer.name') ||
    get('peer.service') ||
    ownPeerName(get)
  )
}

/** N3 for a server-side span: the service it says called it, or ''. */
export function callerName(get: Attributes): string {
  return (
    get('client.service.name') ||
    get('service.peer.name') ||
    get('peer.service') ||
    ownPeerName(get)
  )
}

/** As the attributes state it that the user named, where the conventions' own are silent. */
function ownPeerName(get: Attributes): string {
  return (
    get('strayline.peer.1') ||
    get('strayline.peer.2') ||
    get('strayline.peer.3') ||
    get('strayline.peer.4')
  )
}

/** N4: the stated host, normalised; '' when none is stated. */
export function hostName(get: Attributes): string {
  return (
    normalHost(get('server.address')) ||
    normalHost(get('net.peer.name')) ||
    normalHost(get('url.full')) ||
    normalHost(get('http.url')) ||
    normalHost(get('http.host')) ||
    normalHost(get('net.sock.peer.name')) ||
    normalHost(get('network.peer.address')) ||
    normalHost(get('net.sock.peer.addr')) ||
    normalHost(get('net.peer.ip'))
  )
}

/** The stated port, or 0. */
export function portNumber(get: Attributes): number {
  const stated = get('server.port') || get('net.peer.port')
  if (stated) return toPort(stated)
  const url = get('url.full') || get('http.url')
  const match = /:(\d{1,5})$/.exec(url)
  return match ? toPort(match[1]!) : 0
}

function toPort(text: string): number {
  const port = Number(text)
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0
}

/** Lower case, without scheme, credentials, path, port, brackets and trailing dot; loopback is localhost. */
function normalHost(stated: string): string {
  let host = stated.trim()
  if (host === '' || host.startsWith('/')) return host // a unix socket keeps its case
  const scheme = host.indexOf('://')
  if (scheme >= 0) host = host.slice(scheme + 3)
  host = host.split(/[/?#]/, 1)[0]!
  host = host.slice(host.lastIndexOf('@') + 1).toLowerCase()
  host = withoutPort(host)
  if (host.startsWith('::ffff:') && host.includes('.')) host = host.slice(7)
  if (host.endsWith('.')) host = host.slice(0, -1)
  if (host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host)) return 'localhost'
  return host
}

function withoutPort(host: string): string {
  if (host.startsWith('[')) {
    const end = host.indexOf(']')
    return end > 0 ? host.slice(1, end) : host.slice(1)
  }
  const colon = host.indexOf(':')
  // More than one colon is an IPv6 literal without brackets.
  return colon >= 0 && colon === host.lastIndexOf(':') ? host.slice(0, colon) : host
}

function isIpLiteral(host: string): boolean {
  return host.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(host)
}

/** The rpc service: rpc.service, else the part of a fully qualified rpc.method before its last slash. */
export function rpcServiceName(get: Attributes): string {
  const service = get('rpc.service')
  if (service) return service
  const method = get('rpc.method')
  const slash = method.lastIndexOf('/')
  return slash > 0 ? method.slice(method.startsWith('/') ? 1 : 0, slash) : ''
}
