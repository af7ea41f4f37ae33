// What is called over an edge: method and route, rpc method, database operation and collection,
// publish or receive. Never a query string, a statement or a header: decode keeps none.
import { Family } from '../span/batch.ts'
import { type Attributes, rpcServiceName } from './names.ts'

/** The operation a span states, or '' when it states none. families: Family bits. */
export function operationName(get: Attributes, families: number): string {
  if (families & Family.database) return databaseOperation(get)
  if (families & Family.messaging) {
    const verb = get('messaging.operation.type') || get('messaging.operation')
    if (verb) return verb
  }
  if (families & Family.rpc) return rpcOperation(get)
  if (families & Family.http) return httpOperation(get)
  return get('faas.invoked_name') ? 'invoke' : ''
}

function databaseOperation(get: Attributes): string {
  const verb = get('db.operation.name') || get('db.operation')
  const collection = get('db.collection.name') || get('db.sql.table')
  return [verb, collection].filter((part) => part !== '').join(' ')
}

function rpcOperation(get: Attributes): string {
  const service = rpcServiceName(get)
  const method = get('rpc.method')
  const name = method.slice(method.lastIndexOf('/') + 1)
  return service && name ? `${service}/${name}` : name || service
}

function httpOperation(get: Attributes): string {
  const method = (get('http.request.method') || get('http.method')).toUpperCase()
  const path = get('http.route') || get('url.path') || get('http.target')
  return [method, path].filter((part) => part !== '').join(' ')
}
