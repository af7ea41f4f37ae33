// The OpenAPI 3.1 document, assembled from the declared routes: schemas come from zod itself
// (z.toJSONSchema), the rest is a mapping. Pure. Source: OpenAPI 3.1.1; docs/decisions/0020.
import { z } from 'zod'
import { findName, listNamed } from './named-schemas.ts'
import { errorsOf, type FieldsSchema, ROUTE_TAGS, type RouteSpec } from './route-spec.ts'

type Json = { readonly [key: string]: unknown }
type Schemas = { readonly [name: string]: Json }

const PROBLEM_SENTENCES: { readonly [status: number]: string } = {
  400: 'The request does not fit; detail names the field.',
  401: 'Nobody is signed in, or the token is wrong, expired or revoked.',
  403: 'The role is not enough, or a write does not come from one of our pages.',
  404: 'There is no such thing.',
  409: 'It is not in a state for this.',
  412: 'Somebody has changed it since it was read.',
  413: 'The body is too large.',
  415: 'The body has another content type.',
  428: 'If-Match is missing.',
  429: 'Too many requests: wait as long as Retry-After says.',
  503: 'The database cannot be reached now.',
  507: 'There is no room for it.',
}

/** Of the API, not of the product: its first number is that of the path. */
const API_VERSION = '1.0.0'

/** routes: in the order of the document. Errors: throws where a schema has no JSON form. */
export function buildOpenApi(routes: readonly RouteSpec[]): Json {
  const paths: { [path: string]: { [method: string]: Json } } = {}
  for (const route of routes) {
    const path = route.path.replace('/api/v1', '') || '/'
    const at = paths[path] ?? {}
    at[route.method.toLowerCase()] = operationOf(route)
    paths[path] = at
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Strayline',
      version: API_VERSION,
      description: 'Which services talk to each other, what was approved, and what strays.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, { session: [] }],
    tags: Object.entries(ROUTE_TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: { ...schemasOf(routes), Problem: PROBLEM },
      responses: problemResponses(routes),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'strayline token create' },
        session: { type: 'apiKey', in: 'cookie', name: 'strayline.session_token' },
      },
    },
  }
}

/** RFC 9457. */
const PROBLEM: Json = {
  type: 'object',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'One sentence for people.' },
  },
  required: ['type', 'title', 'status', 'detail'],
}

function operationOf(route: RouteSpec): Json {
  const { id, tag, summary, description, role, body, isForPeople } = route
  const who = `Least role: ${role}.${isForPeople ? ' Not for tokens.' : ''}`
  const parameters = [
    ...fieldsOf(route.params, 'path'),
    ...fieldsOf(route.query, 'query'),
    ...(route.needsMatch ? [IF_MATCH] : []),
  ]
  return {
    ...{ operationId: id, tags: [tag], summary },
    description: description === undefined ? who : `${description} ${who}`,
    ...(isForPeople ? { security: [{ session: [] }] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: bodyContent(route) } } : {}),
    responses: responsesOf(route),
  }
}

const IF_MATCH: Json = {
  ...{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } },
  description: 'The ETag of what was read and is to be replaced.',
}

function bodyContent(route: RouteSpec): Json {
  const name = route.body && nameOf(route.body.schema, route, 'Body')
  const json = { 'application/json': { schema: { $ref: `#/components/schemas/${name}` } } }
  if (!route.body?.yaml) return json
  return { ...json, 'application/yaml': { schema: { type: 'string' } } }
}

function responsesOf(route: RouteSpec): Json {
  const { answer } = route
  const types = (answer.types ?? []).map((type) => [type, { schema: { type: 'string' } }] as const)
  const content: { [type: string]: Json } = Object.fromEntries(types)
  if (answer.schema) {
    const $ref = `#/components/schemas/${nameOf(answer.schema, route, 'Answer')}`
    content['application/json'] = { schema: { $ref } }
  }
  const good: Json = {
    description: answer.description,
    ...(answer.etag ? { headers: { ETag: { schema: { type: 'string' } } } } : {}),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  }
  const isKept = route.method === 'GET' && answer.schema !== null
  const errors = errorsOf(route).map((status) => {
    return [status, { $ref: `#/components/responses/Problem${status}` }] as const
  })
  return {
    [answer.status]: good,
    ...(isKept ? { 304: { description: 'Unchanged since If-None-Match.' } } : {}),
    ...Object.fromEntries(errors),
  }
}

function problemResponses(routes: readonly RouteSpec[]): Json {
  const statuses = new Set(routes.flatMap(errorsOf))
  const schema = { $ref: '#/components/schemas/Problem' }
  return Object.fromEntries(
    [...statuses].sort().map((status) => [
      `Problem${status}`,
      {
        description: PROBLEM_SENTENCES[status] ?? 'Refused.',
        content: { 'application/problem+json': { schema } },
      },
    ]),
  )
}

/** A path's or query's fields as parameters. */
function fieldsOf(fields: FieldsSchema | undefined, place: 'path' | 'query'): readonly Json[] {
  if (!fields) return []
  const { properties = {}, required = [] } = z.toJSONSchema(fields, { io: 'input' })
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property as { description?: string }
    return {
      ...{ name, in: place, required: required.includes(name), schema },
      ...(description === undefined ? {} : { description }),
    }
  })
}

/** The name a schema was given, else one made of the route's. */
function nameOf(schema: z.ZodType, route: RouteSpec, part: 'Body' | 'Answer'): string {
  return findName(schema) ?? `${route.id.charAt(0).toUpperCase()}${route.id.slice(1)}${part}`
}

type Own = ReadonlyMap<z.ZodType, string>

function schemasOf(routes: readonly RouteSpec[]): Schemas {
  const bodies = new Map<z.ZodType, string>()
  const answers = new Map<z.ZodType, string>()
  for (const route of routes) {
    const { schema } = route.answer
    if (route.body) bodies.set(route.body.schema, nameOf(route.body.schema, route, 'Body'))
    if (schema) answers.set(schema, nameOf(schema, route, 'Answer'))
  }
  const taken = toSchemas(bodies, 'input')
  const given = toSchemas(answers, 'output')
  for (const [name, schema] of Object.entries(taken)) {
    const other = given[name]
    if (other && JSON.stringify(other) !== JSON.stringify(schema))
      throw new Error(`${name} means different things in and out: give it two names`)
  }
  return sorted({ ...taken, ...given })
}

function toSchemas(own: Own, io: 'input' | 'output'): Schemas {
  const all = z.registry<{ id: string }>()
  for (const [schema, id] of new Map([...listNamed(), ...own])) all.add(schema, { id })
  const uri = (id: string) => `#/components/schemas/${id}`
  const { schemas } = z.toJSONSchema(all, { io, uri })
  const bare = Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => {
    return [name, schema] as const
  })
  return keepReached(Object.fromEntries(bare), own)
}

/** Named schemas that nothing of this direction refers to are left out. */
function keepReached(schemas: Schemas, own: Own): Schemas {
  const reached = new Set(own.values())
  for (const name of reached) {
    const text = JSON.stringify(schemas[name])
    for (const [, next = ''] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) reached.add(next)
  }
  return Object.fromEntries(Object.entries(schemas).filter(([name]) => reached.has(name)))
}

function sorted(schemas: Schemas): Schemas {
  return Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1)))
}
