'use server'
// What admins change about notifications from its pages. Everything given is untrusted, as any request; what is wrong
// comes back as a sentence for each field.
import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import type { FormProblem, Refused, SaveResult } from '../../../components/settings/form.tsx'
import type { FieldProblem } from '../../../core/notify/check-channel.ts'
import { deleteChannel } from '../../../storage/channels.ts'
import { requestTest, resendDeliveries } from '../../../storage/deliveries.ts'
import { StorageError } from '../../../storage/failure.ts'
import { deleteRoute, orderRoutes } from '../../../storage/notification-routes.ts'
import { StoredId } from '../../api-input.ts'
import {
  CHANGE_CHANNEL,
  CHANGE_ROUTE,
  CREATE_CHANNEL,
  CREATE_ROUTE,
  ORDER_ROUTES,
  RESEND_DELIVERIES,
} from '../../contract/routes/notifications.ts'
import { database } from '../../database.ts'
import { explainRefusal } from '../../refusal.ts'
import {
  type Saved,
  saveChannelChange,
  saveNewChannel,
  saveNewRoute,
  saveRouteChange,
} from '../../save-notifications.ts'
import { requireSession, type SessionUser } from '../../session.ts'

const One = z.object({ id: StoredId })
const Revised = One.extend({ revision: z.int() })
const Enabling = Revised.extend({ isEnabled: z.boolean() })

export async function createChannel(draft: unknown): Promise<SaveResult> {
  const user = await requireSession()
  return asAdmin(user, CREATE_CHANNEL.body.schema, draft, (channel) =>
    saveNewChannel(channel, user.email),
  )
}

/** read: which one, and the revision that was looked at. */
export async function changeChannel(read: unknown, draft: unknown): Promise<SaveResult> {
  const user = await requireSession()
  const given = Revised.safeParse(read)
  if (!given.success) return refuse('', 'There is no such channel.')
  return asAdmin(user, CHANGE_CHANNEL.body.schema, draft, (change) =>
    saveChannelChange({ ...given.data, change, actor: user.email }),
  )
}

export async function enableChannel(input: unknown): Promise<SaveResult> {
  const user = await requireSession()
  return asAdmin(user, Enabling, input, ({ isEnabled, ...given }) =>
    saveChannelChange({ ...given, change: { isEnabled }, actor: user.email }),
  )
}

export async function removeChannel(input: unknown): Promise<SaveResult> {
  const user = await requireSession()
  return asAdmin(user, One, input, async ({ id }) => {
    await deleteChannel(database(), { id, actor: user.email })
    return undefined
  })
}

/** Gives the id of the delivery whose outcome tells. */
export async function testChannel(
  input: unknown,
): Promise<{ readonly ok: true; readonly deliveryId: string } | Refused> {
  const user = await requireSession()
  let deliveryId = ''
  const result = await asAdmin(user, One, input, async ({ id: channelId }) => {
    deliveryId = await requestTest(database(), { channelId, actor: user.email })
    return undefined
  })
  return result.ok ? { ok: true, deliveryId } : result
}

export async function createRoute(draft: unknown): Promise<SaveResult> {
  const user = await requireSession()
  return asAdmin(user, CREATE_ROUTE.body.schema, draft, (route) => saveNewRoute(route, user.email))
}

/** read: which one, and the revision that was looked at. */
export async function changeRoute(read: unknown, draft: unknown): Promise<SaveResult> {
  const user = await requireSession()
  const given = Revised.safeParse(read)
  if (!given.success) return refuse('', 'There is no such route.')
  return asAdmin(user, CHANGE_ROUTE.body.schema, draft, (change) =>
    saveRouteChange({ ...given.data, change, actor: user.email }),
  )
}

export async function enableRoute(input: unknown): Promise<SaveResult> {
  const user = await requireSession()
  return asAdmin(user, Enabling, input, ({ isEnabled, ...given }) =>
    saveRouteChange({ ...given, change: { isEnabled }, actor: user.email }),
  )
}

export async function moveRoutes(input: unknown): Promise<SaveResult> {
  const user = await requireSession()
  return asAdmin(user, ORDER_ROUTES.body.schema, input, async ({ ids }) => {
    await orderRoutes(database(), { ids, actor: user.email })
    return undefined
  })
}

export async function removeRoute(input: unknown): Promise<SaveResult> {
  const user = await requireSession()
  return asAdmin(user, One, input, async ({ id }) => {
    await deleteRoute(database(), { id, actor: user.email })
    return undefined
  })
}

export async function resend(input: unknown): Promise<SaveResult> {
  const user = await requireSession()
  return asAdmin(user, RESEND_DELIVERIES.body.schema, input, async ({ ids }) => {
    const resent = await resendDeliveries(database(), { ids, actor: user.email })
    return resent > 0
      ? undefined
      : refuse('', 'None of these can be sent again: newer news of the alert has arrived.')
  })
}

type Outcome = Saved<unknown> | Refused | undefined

/** Whether the role allows it, what is given fits, and storage takes it: else sentences. */
async function asAdmin<S extends z.ZodType>(
  user: SessionUser,
  schema: S,
  input: unknown,
  work: (given: z.output<S>) => Promise<Outcome>,
): Promise<SaveResult> {
  if (user.role !== 'admin') return refuse('', 'Only an admin may change this.')
  const parsed = schema.safeParse(input)
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map(sayIssue) }
  try {
    const outcome = await work(parsed.data)
    if (outcome?.ok === false) return { ok: false, problems: outcome.problems.map(sayProblem) }
  } catch (error) {
    const field = error instanceof StorageError && error.code.endsWith('_NAME_TAKEN') ? 'name' : ''
    return refuse(field, explainRefusal(error))
  }
  revalidatePath('/', 'layout')
  return { ok: true }
}

function refuse(field: string, sentence: string): Refused {
  return { ok: false, problems: [{ field, sentence }] }
}

function sayIssue({ path, message }: z.core.$ZodIssue): FormProblem {
  return { field: path.join('.'), sentence: message }
}

function sayProblem(problem: FieldProblem | FormProblem): FormProblem {
  if ('field' in problem) return problem
  return { field: problem.path.join('.'), sentence: problem.sentence }
}
