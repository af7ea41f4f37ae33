// One channel, to be changed.
import type { Metadata } from 'next'
import { forbidden, notFound } from 'next/navigation'
import { ChannelForm } from '../../../../../components/notifications/channel-form.tsx'
import { CHANNEL_LABELS } from '../../../../../components/notifications/notification-view.ts'
import { SettingsHead } from '../../../../../components/settings/settings-shell.tsx'
import { readChannel } from '../../../../../storage/channels.ts'
import { database } from '../../../../database.ts'
import { templateNames, toChannelView } from '../../../../read-notifications.ts'
import { requireSession } from '../../../../session.ts'
import { changeChannel, removeChannel } from '../../actions.ts'

export const metadata: Metadata = { title: 'Channel' }

type Props = { readonly params: Promise<{ readonly id: string }> }

export default async function ChannelPage({ params }: Props) {
  const user = await requireSession()
  if (user.role !== 'admin') forbidden()
  const channel = await readChannel(database(), (await params).id)
  if (channel === null) notFound()
  return (
    <>
      <SettingsHead
        title={channel.name}
        lead={`${CHANNEL_LABELS[channel.kind]}, set up by ${channel.createdBy}. What waits for it is tried again at once when you save.`}
      />
      <ChannelForm
        key={channel.revision}
        kind={channel.kind}
        channel={toChannelView(channel)}
        templateNames={templateNames()}
        save={changeChannel.bind(null, { id: channel.id, revision: channel.revision })}
        remove={removeChannel.bind(null, { id: channel.id })}
      />
    </>
  )
}
