// Writes channels and routes as people and programs want them, for the forms and /api/v1 alike: what is wrong with
// them beyond their shape comes back as sentences about fields, before anything is stored.
import 'server-only'
import type { z } from 'zod'
import type { ChannelView, RouteView } from '../components/notifications/notification-view.ts'
import { type FieldProblem, findChannelProblems } from '../core/notify/check-channel.ts'
import { findRouteProblems } from '../core/notify/check-route.ts'
import { createChannel, readChannel, updateChannel } from '../storage/channels.ts'
import { StorageError } from '../storage/failure.ts'
import { createRoute, updateRoute } from '../storage/notification-routes.ts'
import type {
  ChannelBody,
  ChannelChange,
  RouteBody,
  RouteChange,
} from './contract/routes/notifications.ts'
import { database } from './database.ts'
import { problem } from './problem.ts'
import { toChannelView, toRouteView } from './read-notifications.ts'
import { secretsKey } from './secrets-key.ts'

export type Saved<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] }

/** What is changed, as it was looked at, and by whom. */
export type Changing<Change> = {
  readonly id: string
  readonly revision: number
  readonly change: Change
  readonly actor: string
}

/** Errors: StorageError as createChannel of storage. */
export async function saveNewChannel(
  body: z.output<typeof ChannelBody>,
  actor: string,
): Promise<Saved<ChannelView>> {
  const problems = findChannelProblems({ ...body, kept: [] })
  if (problems.length > 0) return { ok: false, problems }
  const channel = await createChannel(database(), await secretsKey(), { ...body, actor })
  return { ok: true, value: toChannelView(channel) }
}

/** Errors: StorageError as updateChannel of storage. */
export async function saveChannelChange(
  changing: Changing<z.output<typeof ChannelChange>>,
): Promise<Saved<ChannelView>> {
  const { id, revision, change, actor } = changing
  const stored = await readChannel(database(), id)
  if (stored === null) throw new StorageError('CHANNEL_UNKNOWN', 'There is no such channel.')
  const { settings = stored.settings, secrets = {} } = change
  const problems = findChannelProblems({ settings, secrets, kept: stored.secretNames })
  if (problems.length > 0) return { ok: false, problems }
  const wanted = { ...change, id, actor, expectedRevision: revision }
  return {
    ok: true,
    value: toChannelView(await updateChannel(database(), await secretsKey(), wanted)),
  }
}

/** Errors: StorageError as createRoute of storage. */
export async function saveNewRoute(
  body: z.output<typeof RouteBody>,
  actor: string,
): Promise<Saved<RouteView>> {
  const problems = findRouteProblems(body.settings)
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, value: toRouteView(await createRoute(database(), { ...body, actor })) }
}

/** Errors: StorageError as updateRoute of storage. */
export async function saveRouteChange(
  changing: Changing<z.output<typeof RouteChange>>,
): Promise<Saved<RouteView>> {
  const { id, revision, change, actor } = changing
  const problems = change.settings ? findRouteProblems(change.settings) : []
  if (problems.length > 0) return { ok: false, problems }
  const wanted = { ...change, id, actor, expectedRevision: revision }
  return { ok: true, value: toRouteView(await updateRoute(database(), wanted)) }
}

/** As a route answers: what was saved, or a 400 that names the field. */
export function savedOr400<T>(saved: Saved<T>): T | Response {
  if (saved.ok) return saved.value
  const [first] = saved.problems
  return problem(400, `${first?.path.join('.')}: ${first?.sentence}`)
}
