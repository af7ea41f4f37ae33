// Spans of the work with Postgres, where it happens: a statement by itself, or a transaction as a whole, is one
// client span. It says which database and what verb; never a statement's text, a parameter or a message.
// Source: OpenTelemetry semantic conventions, "Database client spans", "PostgreSQL".
import { inSpan, type OwnSpan } from '../telemetry/trace.ts'
import type { PrismaClient } from './prisma.ts'
import type { Sql } from './sql.ts'

type Attributes = OwnSpan['attributes']

/** The same pool, whose statements and transactions make spans. */
export function traceStatements(sql: Sql, url: string): Sql {
  const database = describeDatabase(url)
  const begin = ((...args: Parameters<Sql['begin']>) =>
    inSpan(databaseSpan(database, 'TRANSACTION'), () => sql.begin(...args))) as Sql['begin']
  return new Proxy(sql, {
    get: (target, name) => (name === 'begin' ? begin : Reflect.get(target, name)),
    apply: (target, self, args) => {
      const made: unknown = Reflect.apply(target, self, args)
      if (made instanceof Promise) traceStatement(made, databaseSpan(database, verbOf(args[0])))
      return made
    },
  })
}

/** The same client, whose operations make spans; inside a transaction each one does. */
export function traceOperations(client: PrismaClient, url: string): PrismaClient {
  const database = describeDatabase(url)
  const traced = client.$extends({
    query: {
      $allOperations: ({ model, operation, args, query }) => {
        const span = databaseSpan(database, operation, model)
        return inSpan(span, () => query(args))
      },
    },
  })
  // It lacks the listeners of the plain client, which nobody here uses.
  return traced as unknown as PrismaClient
}

/** postgres.js runs a statement when it is waited for; one that is part of another never is. */
function traceStatement(statement: Promise<unknown>, span: OwnSpan): void {
  const run = statement.then.bind(statement)
  let outcome: Promise<unknown> | null = null
  const then: typeof run = (onRows, onError) => {
    outcome ??= inSpan(span, () => new Promise((resolve, reject) => void run(resolve, reject)))
    return outcome.then(onRows, onError)
  }
  Object.defineProperty(statement, 'then', { value: then })
}

/** The first word of our own text, such as SELECT. */
function verbOf(strings: unknown): string {
  const [text] = Array.isArray(strings) ? strings : []
  return /^\s*(\w+)/.exec(String(text ?? ''))?.[1]?.toUpperCase() ?? ''
}

function databaseSpan(database: Attributes, operation: string, collection?: string): OwnSpan {
  return {
    name: [operation, collection].filter(Boolean).join(' '),
    kind: 'client',
    attributes: {
      ...database,
      'db.operation.name': operation,
      ...(collection ? { 'db.collection.name': collection } : {}),
    },
  }
}

function describeDatabase(url: string): Attributes {
  const { hostname, port, pathname } = new URL(url)
  return {
    'db.system.name': 'postgresql',
    'db.namespace': decodeURIComponent(pathname.slice(1)),
    'server.address': hostname,
    'server.port': Number(port || 5432),
  }
}
