// /api/v1/channels/ID: one channel with its settings, for admins.
import { deleteChannel, readChannel } from '../../../../../storage/channels.ts'
import { actorOf } from '../../../../caller.ts'
import {
  CHANGE_CHANNEL,
  DELETE_CHANNEL,
  READ_CHANNEL,
} from '../../../../contract/routes/notifications.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { toChannelView } from '../../../../read-notifications.ts'
import { saveChannelChange, savedOr400 } from '../../../../save-notifications.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_CHANNEL, async ({ params }) => {
    const channel = await readChannel(database(), params.id)
    return channel && toChannelView(channel)
  }),
  serve(CHANGE_CHANNEL, async ({ params, body: change, revision, caller }) =>
    savedOr400(await saveChannelChange({ ...params, revision, change, actor: actorOf(caller) })),
  ),
  serve(DELETE_CHANNEL, async ({ params, caller }) => {
    await deleteChannel(database(), { ...params, actor: actorOf(caller) })
    return undefined
  }),
)
