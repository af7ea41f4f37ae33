// From a declared route to what Next calls: who asks, is it allowed, what is asked, one call, one answer.
// Everything a route refuses leaves here as problem+json.
import 'server-only'
import type { z } from 'zod'
import { type Caller, findCaller } from '../caller.ts'
import { etagOf, jsonAnswer, revisionOf } from '../json-answer.ts'
import { answerSafely, problem } from '../problem.ts'
import { refusalOf } from '../refusal.ts'
import { hasRole, type Role } from '../roles.ts'
import { readBody, readFields } from './read-input.ts'
import type { Method, RouteSpec } from './route-spec.ts'

type Parsed<S, Key extends string> = S extends { readonly [key in Key]: infer T }
  ? T extends z.ZodType
    ? z.output<T>
    : undefined
  : undefined
type ParsedBodyOf<S> = S extends { readonly body: { readonly schema: infer T extends z.ZodType } }
  ? z.output<T>
  : undefined

export type RouteInput<S extends RouteSpec> = {
  readonly request: Request
  readonly caller: Caller
  readonly params: Parsed<S, 'params'>
  readonly query: Parsed<S, 'query'>
  readonly body: ParsedBodyOf<S>
  /** Of If-Match. */
  readonly revision: S extends { readonly needsMatch: true } ? number : undefined
}

type DeepReadonly<T> = T extends readonly (infer E)[]
  ? readonly DeepReadonly<E>[]
  : T extends object
    ? { readonly [key in keyof T]: DeepReadonly<T[key]> }
    : T

/** What the answer's schema takes (undefined: nothing); null is a 404 with the route's own sentence. */
export type RouteAnswer<S extends RouteSpec> =
  | DeepReadonly<Parsed<S['answer'], 'schema'>>
  | Response
  | null

export type Served = {
  readonly method: Method
  readonly answer: (request: Request, context: RouteContext) => Promise<Response>
}
export type RouteContext = { readonly params: Promise<unknown> }

/** Binds a declared route to what it does. The handler may throw what storage refuses by its code. */
export function serve<S extends RouteSpec>(
  spec: S,
  handle: (input: RouteInput<S>) => Promise<RouteAnswer<S>>,
): Served {
  const answer = (request: Request, context: RouteContext) =>
    answerSafely(async () => {
      const found = await findCaller(request)
      if (!found.ok) return found.response
      const refusal = refuseRole(spec, found.caller)
      if (refusal !== null) return refusal
      const read = await readInput(spec, request, context)
      if (!read.ok) return read.response
      const input = { ...read.input, request, caller: found.caller } as RouteInput<S>
      try {
        return finish(spec, request, await handle(input))
      } catch (error) {
        return refusalOf(error)
      }
    })
  return { method: spec.method, answer }
}

type NextRoutes = {
  readonly [method in Method | 'OPTIONS']: (
    request: Request,
    context: RouteContext,
  ) => Promise<Response>
}

/** The exports of a route file: what is served, and 405 with Allow for every other method. */
export function methods(...served: readonly Served[]): NextRoutes {
  const allow = served.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
  const headers = { allow: [...allow, 'OPTIONS'].join(', ') }
  const refuse = (request: Request) =>
    answerSafely(async () => {
      const found = await findCaller(request)
      if (!found.ok) return found.response
      return problem(405, `Allowed here: ${headers.allow}.`, headers)
    })
  const of = (method: Method) =>
    served.find((candidate) => candidate.method === method)?.answer ?? refuse
  const tell = async () => new Response(null, { status: 204, headers })
  return {
    ...{ GET: of('GET'), POST: of('POST'), PUT: of('PUT'), PATCH: of('PATCH') },
    ...{ DELETE: of('DELETE'), OPTIONS: tell },
  }
}

function refuseRole(spec: RouteSpec, caller: Caller): Response | null {
  if (spec.isForPeople && caller.kind === 'token')
    return problem(403, 'This is for people who are signed in, not for tokens.')
  return hasRole(caller.role, spec.role) ? null : problem(403, ROLE_SENTENCES[spec.role])
}

const ROLE_SENTENCES: { readonly [role in Role]: string } = {
  viewer: 'Your role may not see this.',
  analyst: 'Your role may look, not change anything.',
  admin: 'Only an admin may do this.',
}

type ReadInput =
  | { readonly ok: true; readonly input: object }
  | { readonly ok: false; readonly response: Response }

async function readInput(
  spec: RouteSpec,
  request: Request,
  context: RouteContext,
): Promise<ReadInput> {
  const params = spec.params?.safeParse(await context.params)
  if (params && !params.success)
    return { ok: false, response: problem(404, spec.missing ?? 'There is no such thing.') }
  const revision = spec.needsMatch ? readRevision(request) : { ok: true as const, value: undefined }
  if (!revision.ok) return revision
  const query = spec.query
    ? readFields(request, spec.query)
    : { ok: true as const, value: undefined }
  if (!query.ok) return query
  const body = spec.body
    ? await readBody(request, spec.body)
    : { ok: true as const, value: undefined }
  if (!body.ok) return body
  return {
    ok: true,
    input: {
      ...{ params: params?.data, query: query.value, body: body.value },
      revision: revision.value,
    },
  }
}

type ReadRevision =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly response: Response }

/** RFC 9110, 13.1.1: what does not match is 412; RFC 6585: a missing condition is 428. */
function readRevision(request: Request): ReadRevision {
  const header = request.headers.get('if-match')
  if (header === null)
    return {
      ok: false,
      response: problem(428, 'Send If-Match with the ETag of what you read and want to replace.'),
    }
  const revision = revisionOf(header)
  if (revision !== null) return { ok: true, value: revision }
  return { ok: false, response: problem(412, 'If-Match is no ETag of this: read it again.') }
}

function finish(spec: RouteSpec, request: Request, answer: unknown): Response {
  if (answer instanceof Response) return answer
  if (answer === null) return problem(404, spec.missing ?? 'There is no such thing.')
  if (spec.answer.status === 204) return new Response(null, { status: 204 })
  const revision = spec.answer.etag === 'revision' ? revisionIn(answer) : undefined
  if (spec.method === 'GET') return jsonAnswer(request, answer, revision)
  return Response.json(answer, {
    status: spec.answer.status,
    headers: {
      'cache-control': 'no-store',
      ...(revision === undefined ? {} : { etag: etagOf(revision) }),
    },
  })
}

function revisionIn(answer: unknown): number {
  const { revision } = answer as { readonly revision?: unknown }
  if (typeof revision !== 'number')
    throw new Error('this answer has no revision to make an ETag of')
  return revision
}
