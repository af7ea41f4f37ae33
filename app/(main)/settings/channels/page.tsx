// The channels, and whether they work.
import type { Metadata } from 'next'
import { forbidden } from 'next/navigation'
import { ChannelsScreen } from '../../../../components/notifications/channels-screen.tsx'
import { listChannels } from '../../../../storage/channels.ts'
import { listRoutes } from '../../../../storage/notification-routes.ts'
import { database } from '../../../database.ts'
import { toChannelView } from '../../../read-notifications.ts'
import { requireSession } from '../../../session.ts'
import { enableChannel, testChannel } from '../actions.ts'

export const metadata: Metadata = { title: 'Channels' }

export default async function ChannelsPage() {
  const user = await requireSession()
  if (user.role !== 'admin') forbidden()
  const [channels, routes] = await Promise.all([listChannels(database()), listRoutes(database())])
  const enabled = Object.groupBy(
    routes.filter((route) => route.isEnabled),
    (route) => route.channelId,
  )
  return (
    <ChannelsScreen
      channels={channels.map(toChannelView)}
      routes={Object.fromEntries(channels.map(({ id }) => [id, enabled[id]?.length ?? 0]))}
      test={testChannel}
      enable={enableChannel}
    />
  )
}
