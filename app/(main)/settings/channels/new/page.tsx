// A new channel: first its kind, then what that needs.
import type { Metadata } from 'next'
import { forbidden } from 'next/navigation'
import { ChannelForm } from '../../../../../components/notifications/channel-form.tsx'
import { KindChoice } from '../../../../../components/notifications/kind-choice.tsx'
import { CHANNEL_LABELS } from '../../../../../components/notifications/notification-view.ts'
import { SettingsHead } from '../../../../../components/settings/settings-shell.tsx'
import { CHANNEL_KINDS } from '../../../../../core/notify/channel.ts'
import { templateNames } from '../../../../read-notifications.ts'
import { requireSession } from '../../../../session.ts'
import { createChannel } from '../../actions.ts'

export const metadata: Metadata = { title: 'New channel' }

type Props = { readonly searchParams: Promise<{ readonly kind?: string | string[] }> }

export default async function NewChannelPage({ searchParams }: Props) {
  const user = await requireSession()
  if (user.role !== 'admin') forbidden()
  const wanted = await searchParams
  const kind = CHANNEL_KINDS.find((known) => known === wanted.kind)
  if (kind === undefined) return <KindChoice />
  return (
    <>
      <SettingsHead
        title={`New channel: ${CHANNEL_LABELS[kind]}`}
        lead="Save it, then send a test message. Nobody is told of alerts before a route leads here."
      />
      <ChannelForm
        kind={kind}
        channel={null}
        templateNames={templateNames()}
        save={createChannel}
        remove={null}
      />
    </>
  )
}
