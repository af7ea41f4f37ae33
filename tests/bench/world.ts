// The system whose traffic the benches make up: services that call each other along fixed requests. A request
// passes 8 services; half of its 30 spans are internal or database spans. Each edge is known beforehand, so
// that what was counted can be compared with what happened.
import { attribute, bytesField } from '../support/otlp-bytes.ts'
import { createRandom } from '../support/random.ts'

export const SERVICES_PER_TRACE = 8
/** Where the item number stands in paths: always four digits, so that lengths are fixed. */
const ITEM = '0000'
const VERBS = ['GET', 'POST', 'PUT', 'DELETE'] as const
const TABLES = ['items', 'carts', 'payments', 'customers', 'shipments', 'prices'] as const

/** One span of a request, encoded but for its ids, times, item number and status. */
export type SpanPlan = {
  /** Position in World.services. */
  readonly service: number
  /** Position in the request's plans, -1 for the root. */
  readonly parent: number
  /** Field `spans` of ScopeSpans, with its head. */
  readonly bytes: Buffer
  /** Where the values to be filled in lie in `bytes`; a root keeps a parent of zeros. */
  readonly traceIdAt: number
  readonly spanIdAt: number
  readonly parentAt: number
  readonly startAt: number
  readonly endAt: number
  readonly statusAt: number
  readonly itemsAt: readonly number[]
  readonly durationMs: number
  /** Position in World.edges of the call that this span ends, -1: none. */
  readonly edge: number
}

/** Plans in the order in which they are exported: a span ends before its parent. */
export type RequestPlan = { readonly plans: readonly SpanPlan[] }

export type World = {
  readonly services: readonly string[]
  /** `source -> target`, as kinds and names. */
  readonly edges: readonly string[]
  readonly requests: readonly RequestPlan[]
}

export type WorldOptions = {
  readonly seed: number
  /** About how many: at most one request's more. */
  readonly edges: number
  /** A tenth of the edges when it is left out; few services cannot have many edges. */
  readonly services?: number
  /** How many paths each request is made on: that many times the operations. 1 when it is left out. */
  readonly paths?: number
}

type Draft = {
  readonly services: readonly string[]
  readonly edgeByName: Map<string, number>
  readonly random: () => number
}

export function createWorld(options: WorldOptions): World {
  const {
    edges,
    services: serviceCount = Math.max(16, Math.round(edges / 10)),
    paths = 1,
  } = options
  const services = Array.from({ length: serviceCount }, (_, i) => serviceName(i))
  const draft: Draft = { services, edgeByName: new Map(), random: createRandom(options.seed) }
  const requests: RequestPlan[] = []
  while (draft.edgeByName.size < edges) {
    const calls = drawCalls(draft)
    for (let path = 0; path < paths; path++) requests.push(planRequest(draft, calls, path))
  }
  return { services, edges: [...draft.edgeByName.keys()], requests }
}

/** Two services and the one call between them: what a bench adds to its traffic as never seen before. */
export function createPair(source: string, target: string): World {
  const [verb, route] = ['GET', `/v1/${target}`] as const
  const server = serverSpan(1, { name: target, verb, route, edge: 0 })
  const plans = [{ ...server, parent: 1 }, clientSpan(0, target, verb, route)]
  const edges = [`service ${source} -> service ${target}`]
  return { services: [source, target], edges, requests: [{ plans }] }
}

function serviceName(i: number): string {
  const names = ['orders', 'billing', 'stock', 'mail', 'search', 'basket', 'profile', 'ledger']
  return `${names[i % names.length]}-${Math.floor(i / names.length) + 1}`
}

/** The calls of a request, from the root down. */
type Call = {
  readonly service: number
  /** Position of the caller among the calls, -1 for the root. */
  readonly caller: number
  readonly verb: (typeof VERBS)[number]
  readonly table: (typeof TABLES)[number]
}

/** A tree of calls between distinct services. */
function drawCalls(draft: Draft): Call[] {
  return chooseServices(draft).map((service, i) => ({
    service,
    caller: i === 0 ? -1 : Math.floor(draft.random() * i),
    verb: VERBS[Math.floor(draft.random() * VERBS.length)]!,
    table: TABLES[Math.floor(draft.random() * TABLES.length)]!,
  }))
}

/** The spans of the calls; each service but the root's also asks its database. path: letters tell paths apart. */
function planRequest(draft: Draft, calls: readonly Call[], path: number): RequestPlan {
  const suffix = path === 0 ? '' : `/${pathName(path)}`
  const plans: SpanPlan[] = []
  const parents: number[] = []
  const add = (parent: number, plan: SpanPlan) => {
    parents.push(parent)
    return plans.push(plan) - 1
  }
  // Made from the root down, exported from the leaves up: positions are turned round at the end.
  const inner: number[] = []
  calls.forEach(({ service, caller, verb, table }, i) => {
    const name = draft.services[service]!
    const route = `/v1/${name}${suffix}`
    const callerService = calls[caller]?.service ?? -1
    let client = -1
    if (caller >= 0) client = add(inner[caller]!, clientSpan(callerService, name, verb, route))
    const source = caller < 0 ? 'user user' : `service ${draft.services[callerService]}`
    const edge = edgeOf(draft, source, `service ${name}`)
    const server = add(client, serverSpan(service, { name, verb, route, edge }))
    inner.push(add(server, internalSpan(service, `${name}.handle`)))
    if (caller < 0) return
    const store = `database postgresql:${name}-db/${name}`
    add(inner[i]!, databaseSpan(service, name, table, edgeOf(draft, `service ${name}`, store)))
  })
  const last = plans.length - 1
  const turned = plans.map((plan, i) => ({
    ...plan,
    parent: parents[i]! < 0 ? -1 : last - parents[i]!,
  }))
  return { plans: turned.reverse() }
}

/** Letters only: a number in a path would be taken for an id. */
function pathName(path: number): string {
  const letter = (place: number) => String.fromCharCode(97 + (Math.floor(path / 26 ** place) % 26))
  return `part-${letter(1)}${letter(0)}`
}

function chooseServices(draft: Draft): number[] {
  const chosen = new Set<number>()
  while (chosen.size < SERVICES_PER_TRACE)
    chosen.add(Math.floor(draft.random() * draft.services.length))
  return [...chosen]
}

function edgeOf(draft: Draft, source: string, target: string): number {
  const name = `${source} -> ${target}`
  const known = draft.edgeByName.get(name)
  if (known !== undefined) return known
  draft.edgeByName.set(name, draft.edgeByName.size)
  return draft.edgeByName.size - 1
}

function clientSpan(service: number, target: string, verb: string, route: string): SpanPlan {
  return encodeSpan({ service, kind: 3, name: verb, durationMs: 20, edge: -1 }, [
    attribute('http.request.method', verb),
    attribute('url.full', `http://${target}:8080${route}/${ITEM}`),
    attribute('server.address', target),
    attribute('server.port', 8080),
    attribute('http.response.status_code', 200),
    attribute('network.protocol.version', '1.1'),
    attribute('thread.name', 'http-client-worker-7'),
  ])
}

type ServerPlan = {
  readonly name: string
  readonly verb: string
  readonly route: string
  readonly edge: number
}

function serverSpan(service: number, { name, verb, route, edge }: ServerPlan): SpanPlan {
  const about = { service, kind: 2, name: `${verb} ${route}/{id}`, durationMs: 15, edge }
  return encodeSpan(about, [
    attribute('http.request.method', verb),
    attribute('http.route', `${route}/{id}`),
    attribute('url.path', `${route}/${ITEM}`),
    attribute('url.scheme', 'http'),
    attribute('server.address', name),
    attribute('server.port', 8080),
    attribute('http.response.status_code', 200),
    attribute('network.protocol.version', '1.1'),
    attribute('client.address', '10.17.4.211'),
    attribute('user_agent.original', 'okhttp/4.12.0'),
  ])
}

function internalSpan(service: number, name: string): SpanPlan {
  return encodeSpan({ service, kind: 1, name, durationMs: 12, edge: -1 }, [
    attribute('code.function.name', `com.example.shop.${name}.process`),
    attribute('code.file.path', 'src/main/java/com/example/shop/RequestHandler.java'),
    attribute('code.line.number', 148),
    attribute('thread.id', 61),
    attribute('thread.name', 'request-executor-thread-12'),
    attribute('shop.tenant.tier', 'standard-customer'),
  ])
}

function databaseSpan(service: number, name: string, table: string, edge: number): SpanPlan {
  const about = { service, kind: 3, name: `SELECT ${table}`, durationMs: 3, edge }
  return encodeSpan(about, [
    attribute('db.system.name', 'postgresql'),
    attribute('db.namespace', name),
    attribute('db.operation.name', 'SELECT'),
    attribute('db.collection.name', table),
    attribute('db.query.text', `SELECT * FROM ${table} WHERE id = $1 AND tenant = $2 LIMIT 50`),
    attribute('server.address', `${name}-db`),
    attribute('server.port', 5432),
    attribute('db.response.returned_rows', 7),
  ])
}

type SpanText = Pick<SpanPlan, 'service' | 'durationMs' | 'edge'> & {
  readonly kind: number
  readonly name: string
}

/** trace_id (1), span_id (2), parent_span_id (4), name (5), kind (6), times (7, 8), attributes (9), status (15). */
function encodeSpan(text: SpanText, attributes: readonly Buffer[]): SpanPlan {
  const ids = [bytesField(1, Buffer.alloc(16)), bytesField(2, Buffer.alloc(8))]
  const parent = bytesField(4, Buffer.alloc(8))
  const head = [
    ...ids,
    parent,
    bytesField(5, Buffer.from(text.name)),
    Buffer.from([0x30, text.kind]),
  ]
  const times = Buffer.concat([Buffer.from([0x39]), NO_TIME, Buffer.from([0x41]), NO_TIME])
  const rest = attributes.map((one) => bytesField(9, one))
  const span = Buffer.concat([...head, times, ...rest, Buffer.from([0x7a, 2, 0x18, 0])])
  const bytes = bytesField(2, span)
  const start = bytes.length - span.length
  const timesAt = start + Buffer.concat(head).length
  return {
    service: text.service,
    parent: -1,
    bytes,
    traceIdAt: start + 2,
    spanIdAt: start + 20,
    parentAt: start + 30,
    startAt: timesAt + 1,
    endAt: timesAt + 10,
    statusAt: bytes.length - 1,
    itemsAt: positionsOf(bytes, `/${ITEM}`).map((at) => at + 1),
    durationMs: text.durationMs,
    edge: text.edge,
  }
}

const NO_TIME = Buffer.alloc(8)

function positionsOf(bytes: Buffer, text: string): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + 1)) found.push(at)
  return found
}
