// What the tests of baseline, diff and check share: a small shop's traces in files, and the commands run on them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { requestOf, span, type TestSpan } from '../support/spans.ts'

export type Folder = {
  readonly path: string
  /** Writes a file and gives its path. */
  readonly write: (name: string, text: string) => string
  readonly read: (name: string) => string
  readonly remove: () => void
}

export function makeFolder(): Folder {
  const folder = mkdtempSync(path.join(tmpdir(), 'strayline-gate-'))
  return {
    path: folder,
    write: (name, text) => {
      const file = path.join(folder, name)
      writeFileSync(file, text)
      return file
    },
    read: (name) => readFileSync(path.join(folder, name), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A call from one service to another, both sides seen, in a trace of its own. */
export function call(trace: number, source: string, target: string, environment?: string) {
  const resource = environment === undefined ? {} : { 'deployment.environment.name': environment }
  const attributes = { 'http.request.method': 'GET', 'http.route': `/${target}` }
  return [
    span({ trace, id: 1, service: source, kind: 'client', resource, attributes }),
    span({ trace, id: 2, parent: 1, service: target, kind: 'server', resource, attributes }),
  ]
}

/** A query of a service to a database, as its client tells it. */
export function query(trace: number, source: string, database: string): readonly TestSpan[] {
  const attributes = { 'db.system.name': 'postgresql', 'db.namespace': database }
  return [span({ trace, id: 1, service: source, kind: 'client', attributes })]
}

/** OTLP/JSON of these spans. */
export function captureOf(...spans: readonly (readonly TestSpan[])[]): string {
  return JSON.stringify(requestOf(spans.flat()))
}

/** Gateway, cart, orders and a database, each call in two traces. */
export const SHOP: readonly TestSpan[] = [1, 11].flatMap((trace) => [
  ...call(trace, 'gateway', 'cart'),
  ...call(trace + 1, 'gateway', 'orders'),
  ...call(trace + 2, 'cart', 'orders'),
  ...query(trace + 3, 'orders', 'orders'),
])
