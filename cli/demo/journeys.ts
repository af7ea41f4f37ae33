// What happens in the demo's shop: each journey is a tree of work and calls, from which traces are drawn.
// The edges are the same whatever the seed, so that a baseline of one run holds for the next.
import { POISONED_SEARCH, type Service, SHOP } from './services.ts'

/** How work is reached, and so what its own span says. */
export type Entry =
  | { readonly by: 'http'; readonly method: string; readonly route: string }
  | { readonly by: 'grpc'; readonly rpc: string }
  | { readonly by: 'queue'; readonly queue: string }
  | { readonly by: 'schedule'; readonly name: string }

export type Work = {
  readonly service: Service
  readonly entry: Entry
  /** Its own time without its calls, median. */
  readonly selfMs: number
  readonly calls: readonly Call[]
}

/** errorRatio: share of calls that fail by themselves. */
export type Call =
  | { readonly to: 'service'; readonly work: Work }
  | {
      readonly to: 'database'
      readonly database: Database
      readonly operation: string
      readonly collection: string
      readonly medianMs: number
      readonly errorRatio: number
    }
  | {
      readonly to: 'host'
      readonly host: string
      readonly method: string
      readonly path: string
      readonly medianMs: number
      readonly errorRatio: number
    }
  | { readonly to: 'queue'; readonly queue: string; readonly consumers: readonly Work[] }

export type Database = {
  readonly system: string
  readonly host: string
  readonly port: number
  readonly namespace: string
}

export type Journey = { readonly name: string; readonly weight: number; readonly work: Work }

const CATALOGUE_DB = { system: 'mongodb', host: 'catalogue-db', port: 27017, namespace: 'products' }
const ORDERS_DB = { system: 'postgresql', host: 'orders-db', port: 5432, namespace: 'orders' }
const ACCOUNTS_DB = { system: 'postgresql', host: 'accounts-db', port: 5432, namespace: 'accounts' }
const PAYMENT_PROVIDER = 'api.paylane.example'
const MAIL_PROVIDER = 'smtp.postwing.example'
const DROP_HOST = 'in.cdn-metrics.example'
const ORDER_EVENTS = 'order-events'

type Via = readonly [method: string, route: string]

function http(service: Service, [method, route]: Via, selfMs: number, ...calls: Call[]): Work {
  return { service, entry: { by: 'http', method, route }, selfMs, calls }
}

function grpc(service: Service, rpc: string, selfMs: number, ...calls: Call[]): Work {
  return { service, entry: { by: 'grpc', rpc }, selfMs, calls }
}

function consume(service: Service, queue: string, selfMs: number, ...calls: Call[]): Work {
  return { service, entry: { by: 'queue', queue }, selfMs, calls }
}

function call(work: Work): Call {
  return { to: 'service', work }
}

function query(database: Database, statement: string, medianMs: number): Call {
  const [operation = '', collection = ''] = statement.split(' ')
  return { to: 'database', database, operation, collection, medianMs, errorRatio: 0.0015 }
}

function request(host: string, [method, path]: Via, medianMs: number, errorRatio: number): Call {
  return { to: 'host', host, method, path, medianMs, errorRatio }
}

const { storefront, catalogue, cart, checkout, orders, payments } = SHOP
const { inventory, notifications, accounts, backOffice, restockJob } = SHOP

const readItem = http(catalogue, ['GET', '/items/{id}'], 3, query(CATALOGUE_DB, 'find items', 5))
const listItems = http(catalogue, ['GET', '/items'], 6, query(CATALOGUE_DB, 'find items', 11))
const readAccount = grpc(
  accounts,
  'shop.accounts.v1.Accounts/Get',
  2,
  query(ACCOUNTS_DB, 'SELECT account', 3),
)

const findItems = (search: Service, ...more: Call[]): Work =>
  grpc(search, 'shop.search.v1.Search/Find', 9, call(listItems), ...more)

const sendConfirmation = consume(
  notifications,
  ORDER_EVENTS,
  7,
  request(MAIL_PROVIDER, ['POST', '/v1/messages'], 120, 0.008),
)
const reserveStock = consume(inventory, ORDER_EVENTS, 5)

const placeOrder = http(orders, ['POST', '/orders'], 8, query(ORDERS_DB, 'INSERT orders', 6), {
  to: 'queue',
  queue: ORDER_EVENTS,
  consumers: [sendConfirmation, reserveStock],
})
const charge = grpc(
  payments,
  'shop.payments.v1.Payments/Charge',
  6,
  request(PAYMENT_PROVIDER, ['POST', '/v2/charges'], 180, 0.012),
)
const readCart = grpc(cart, 'shop.cart.v1.Cart/Get', 3)
const signIn = grpc(
  accounts,
  'shop.accounts.v1.Accounts/SignIn',
  14,
  query(ACCOUNTS_DB, 'SELECT credential', 4),
)

/** What the shop does every day. */
export const JOURNEYS: readonly Journey[] = [
  {
    name: 'browse',
    weight: 40,
    work: http(storefront, ['GET', '/'], 12, call(listItems)),
  },
  {
    name: 'look at an item',
    weight: 30,
    work: http(storefront, ['GET', '/items/{id}'], 9, call(readItem)),
  },
  {
    name: 'search',
    weight: 24,
    work: http(storefront, ['GET', '/search'], 8, call(findItems(SHOP.search))),
  },
  {
    name: 'add to cart',
    weight: 14,
    work: http(
      storefront,
      ['POST', '/cart'],
      7,
      call(grpc(cart, 'shop.cart.v1.Cart/Add', 4, call(readItem))),
    ),
  },
  { name: 'sign in', weight: 8, work: http(storefront, ['POST', '/sign-in'], 6, call(signIn)) },
  {
    name: 'check out',
    weight: 9,
    work: http(
      storefront,
      ['POST', '/checkout'],
      10,
      call(
        http(checkout, ['POST', '/checkout'], 11, call(readCart), call(charge), call(placeOrder)),
      ),
    ),
  },
  {
    name: 'serve a customer',
    weight: 4,
    work: http(
      backOffice,
      ['GET', '/customers/{id}'],
      15,
      call(readAccount),
      call(http(orders, ['GET', '/orders'], 5, query(ORDERS_DB, 'SELECT orders', 8))),
    ),
  },
  {
    name: 'restock',
    weight: 2,
    work: {
      service: restockJob,
      entry: { by: 'schedule', name: 'restock' },
      selfMs: 40,
      calls: [call(http(inventory, ['GET', '/stock'], 9))],
    },
  },
]

/** A search in the poisoned release: the customer gets an answer, and three things more happen. */
export const ATTACK: Journey = {
  name: 'search, poisoned',
  weight: 1,
  work: http(
    storefront,
    ['GET', '/search'],
    8,
    call(
      findItems(
        POISONED_SEARCH,
        call(http(backOffice, ['GET', '/internal/export'], 22, call(readAccount))),
        query(ACCOUNTS_DB, 'SELECT credential', 31),
        request(DROP_HOST, ['POST', '/v2/batch'], 240, 0),
      ),
    ),
  ),
}

/** Names of every edge of the normal journeys: what a baseline of the shop must hold. */
export function normalEdges(): ReadonlySet<string> {
  const edges = new Set<string>()
  for (const { work } of JOURNEYS) {
    if (work.entry.by !== 'schedule') edges.add(`user → ${work.service.name}`)
    addEdges(edges, work)
  }
  return edges
}

function addEdges(edges: Set<string>, { service, calls }: Work): void {
  for (const each of calls) {
    edges.add(`${service.name} → ${targetOf(each)}`)
    if (each.to === 'service') addEdges(edges, each.work)
    if (each.to !== 'queue') continue
    for (const consumer of each.consumers) {
      edges.add(`${each.queue} → ${consumer.service.name}`)
      addEdges(edges, consumer)
    }
  }
}

function targetOf(each: Call): string {
  switch (each.to) {
    case 'service':
      return each.work.service.name
    case 'database':
      return each.database.host
    case 'host':
      return each.host
    case 'queue':
      return each.queue
  }
}
