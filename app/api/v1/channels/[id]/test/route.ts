// /api/v1/channels/ID/test: a message that says no more than that it is a test.
import { requestTest } from '../../../../../../storage/deliveries.ts'
import { actorOf } from '../../../../../caller.ts'
import { TEST_CHANNEL } from '../../../../../contract/routes/notifications.ts'
import { methods, serve } from '../../../../../contract/serve.ts'
import { database } from '../../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(TEST_CHANNEL, async ({ params, caller }) => ({
    deliveryId: await requestTest(database(), { channelId: params.id, actor: actorOf(caller) }),
  })),
)
