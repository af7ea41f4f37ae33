// The routes, in their order.
import type { Metadata } from 'next'
import { forbidden } from 'next/navigation'
import { RoutesScreen } from '../../../../components/notifications/routes-screen.tsx'
import { listChannels } from '../../../../storage/channels.ts'
import { listRoutes } from '../../../../storage/notification-routes.ts'
import { database } from '../../../database.ts'
import { toRouteView } from '../../../read-notifications.ts'
import { requireSession } from '../../../session.ts'
import { enableRoute, moveRoutes } from '../actions.ts'

export const metadata: Metadata = { title: 'Routes' }

export default async function RoutesPage() {
  const user = await requireSession()
  if (user.role !== 'admin') forbidden()
  const [channels, routes] = await Promise.all([listChannels(database()), listRoutes(database())])
  return (
    <RoutesScreen
      routes={routes.map(toRouteView)}
      hasChannels={channels.length > 0}
      enable={enableRoute}
      order={moveRoutes}
    />
  )
}
