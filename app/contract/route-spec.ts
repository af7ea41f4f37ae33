// What one route of /api/v1 is, said once: the handler parses and checks by it (serve.ts), the OpenAPI
// document is made of it (openapi.ts). Plain data, without a server import, so that tests read it too.
import type { z } from 'zod'
import type { Role } from '../roles.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export const ROUTE_TAGS = {
  graph: 'The live graph of a window, its nodes and edges',
  baselines: 'What was approved: versions, their entries and rules, comparisons',
  alerts: 'What strays, and what was decided about it',
  notifications: 'Who is told of alerts, how and when, and what became of it',
  inventory: 'Environments and their settings, tags of services and stores',
  audit: 'Who did what',
  intake: 'What comes in, imports and the demo',
  about: 'Who is asking, and what can be asked',
} as const

/** An object whose fields are named in a path or a query. */
export type FieldsSchema = z.ZodType<object> & { readonly shape: object }

export type BodySpec = {
  /** Of a JSON body, or of what `parseYaml` made of a YAML one. */
  readonly schema: z.ZodType
  /** 64 KiB when left out. */
  readonly bytesMax?: number
  /** Present: application/yaml is taken, too. */
  readonly yaml?: {
    readonly bytesMax: number
    /** What the text says, for the schema; the query says what a file has no place for. */
    readonly parse: (text: string, query: { readonly [name: string]: string }) => ParsedYaml
  }
}
export type ParsedYaml =
  | { readonly ok: true; readonly value: unknown }
  /** One sentence with lines and columns. */
  | { readonly ok: false; readonly problem: string }

export type AnswerSpec = {
  readonly status: 200 | 201 | 202 | 204
  readonly description: string
  /** Of a JSON answer; null: no body, or text of `types`. */
  readonly schema: z.ZodType | null
  /** Content types of text answers, which the handler makes itself. */
  readonly types?: readonly string[]
  /** What If-Match of a replacing write must show; left out: the content's own hash, on reads. */
  readonly etag?: 'revision'
}

export type RouteSpec = {
  /** Verb and noun, unique: the operationId. */
  readonly id: string
  readonly method: Method
  /** With {name} for a parameter; the file is the same path under app/, with [name]. */
  readonly path: `/api/v1/${string}`
  readonly tag: keyof typeof ROUTE_TAGS
  readonly summary: string
  readonly description?: string
  /** The least role that may ask. */
  readonly role: Role
  /** Present: a token may not ask, only somebody who is signed in. */
  readonly isForPeople?: true
  readonly params?: FieldsSchema
  readonly query?: FieldsSchema
  readonly body?: BodySpec
  /** Present: replaces something, so If-Match must name the revision that was read. */
  readonly needsMatch?: true
  readonly answer: AnswerSpec
  /** The sentence of a 404: parameters that name nothing, or a handler that answers null. */
  readonly missing?: string
  /** Statuses of refusals beyond those that follow from the rest (errorsOf). */
  readonly errors?: readonly number[]
}

/** Every status with which this route may refuse, sorted. */
export function errorsOf(spec: RouteSpec): readonly number[] {
  const errors = new Set<number>([400, 401, 429, 503, ...(spec.errors ?? [])])
  if (spec.role !== 'viewer' || spec.isForPeople) errors.add(403)
  if (spec.method !== 'GET') errors.add(403) // a write from elsewhere
  if (spec.missing !== undefined) errors.add(404)
  if (spec.body) for (const status of [413, 415]) errors.add(status)
  if (spec.needsMatch) for (const status of [412, 428]) errors.add(status)
  return [...errors].sort((a, b) => a - b)
}
