// /api/v1/deliveries/resend: dead deliveries, one or many, are tried again.
import { resendDeliveries } from '../../../../../storage/deliveries.ts'
import { actorOf } from '../../../../caller.ts'
import { RESEND_DELIVERIES } from '../../../../contract/routes/notifications.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(RESEND_DELIVERIES, async ({ body, caller }) => ({
    resent: await resendDeliveries(database(), { ...body, actor: actorOf(caller) }),
  })),
)
