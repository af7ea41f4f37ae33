// /api/v1/channels: all of them with their health; a new one.
import { listChannels } from '../../../../storage/channels.ts'
import { actorOf } from '../../../caller.ts'
import { CREATE_CHANNEL, LIST_CHANNELS } from '../../../contract/routes/notifications.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'
import { toChannelHealth } from '../../../read-notifications.ts'
import { savedOr400, saveNewChannel } from '../../../save-notifications.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_CHANNELS, async () => ({
    items: (await listChannels(database())).map(toChannelHealth),
  })),
  serve(CREATE_CHANNEL, async ({ body, caller }) =>
    savedOr400(await saveNewChannel(body, actorOf(caller))),
  ),
)
