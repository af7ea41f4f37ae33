// /api/v1/deliveries: a page of what was told, the newest first.
import { LIST_DELIVERIES } from '../../../contract/routes/notifications.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'
import { readDeliveryPage } from '../../../read-notifications.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_DELIVERIES, ({ query: { channel, state, alert, limit, cursor } }) =>
    readDeliveryPage(database(), {
      ...(channel === undefined ? {} : { channelId: channel }),
      ...(state === undefined ? {} : { states: [state] }),
      ...(alert === undefined ? {} : { alertId: alert }),
      ...(cursor === undefined ? {} : { after: cursor }),
      limit,
    }),
  ),
)
