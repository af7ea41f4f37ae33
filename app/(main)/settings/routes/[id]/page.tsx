// One route, to be changed.
import type { Metadata } from 'next'
import { forbidden, notFound } from 'next/navigation'
import { RouteForm } from '../../../../../components/notifications/route-form.tsx'
import { SettingsHead } from '../../../../../components/settings/settings-shell.tsx'
import { readRoute } from '../../../../../storage/notification-routes.ts'
import { database } from '../../../../database.ts'
import { readRouteChoices, toRouteView } from '../../../../read-notifications.ts'
import { requireSession } from '../../../../session.ts'
import { changeRoute, removeRoute } from '../../actions.ts'

export const metadata: Metadata = { title: 'Route' }

type Props = { readonly params: Promise<{ readonly id: string }> }

export default async function RoutePage({ params }: Props) {
  const user = await requireSession()
  if (user.role !== 'admin') forbidden()
  const [route, choices] = await Promise.all([
    readRoute(database(), (await params).id),
    readRouteChoices(),
  ])
  if (route === null) notFound()
  return (
    <>
      <SettingsHead title={route.name} lead="It holds for alerts from the moment you save." />
      <RouteForm
        key={route.revision}
        route={toRouteView(route)}
        {...choices}
        save={changeRoute.bind(null, { id: route.id, revision: route.revision })}
        remove={removeRoute.bind(null, { id: route.id })}
      />
    </>
  )
}
