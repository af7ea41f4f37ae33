// What was told, what waits, and what could not be delivered.
import type { Metadata } from 'next'
import { forbidden } from 'next/navigation'
import { DeliveriesScreen } from '../../../../components/notifications/deliveries-screen.tsx'
import { DELIVERY_STATES } from '../../../../core/notify/delivery.ts'
import { listChannels } from '../../../../storage/channels.ts'
import { countDeliveries } from '../../../../storage/delivery-reads.ts'
import { StoredId } from '../../../api-input.ts'
import { database } from '../../../database.ts'
import { readDeliveryPage } from '../../../read-notifications.ts'
import { requireSession } from '../../../session.ts'
import { resend } from '../actions.ts'

export const metadata: Metadata = { title: 'Deliveries' }

const DELIVERIES_LISTED = 100

type Parameter = string | string[]
type Props = {
  readonly searchParams: Promise<{
    readonly channel?: Parameter
    readonly state?: Parameter
    readonly after?: Parameter
  }>
}

export default async function DeliveriesPage({ searchParams }: Props) {
  const user = await requireSession()
  if (user.role !== 'admin') forbidden()
  const wanted = await searchParams
  const state = DELIVERY_STATES.find((known) => known === wanted.state) ?? null
  const channelId = StoredId.safeParse(wanted.channel).data
  const after = StoredId.safeParse(wanted.after).data
  const [channels, counts, page] = await Promise.all([
    listChannels(database()),
    countDeliveries(database(), channelId),
    readDeliveryPage(database(), {
      ...(channelId === undefined ? {} : { channelId }),
      ...(state === null ? {} : { states: [state] }),
      ...(after === undefined ? {} : { after }),
      limit: DELIVERIES_LISTED,
    }),
  ])
  return (
    <DeliveriesScreen
      deliveries={page.items}
      isMore={page.nextCursor !== null}
      isFirst={after === undefined}
      counts={counts}
      channels={Object.fromEntries(channels.map(({ id, name }) => [id, name]))}
      channelId={channelId ?? null}
      state={state}
      resend={resend}
    />
  )
}
