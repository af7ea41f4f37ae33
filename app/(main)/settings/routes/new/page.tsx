// A new route.
import type { Metadata } from 'next'
import { forbidden, redirect } from 'next/navigation'
import { RouteForm } from '../../../../../components/notifications/route-form.tsx'
import { SettingsHead } from '../../../../../components/settings/settings-shell.tsx'
import { readRouteChoices } from '../../../../read-notifications.ts'
import { requireSession } from '../../../../session.ts'
import { createRoute } from '../../actions.ts'

export const metadata: Metadata = { title: 'New route' }

export default async function NewRoutePage() {
  const user = await requireSession()
  if (user.role !== 'admin') forbidden()
  const choices = await readRouteChoices()
  // The list says that a channel comes first.
  if (Object.keys(choices.channels).length === 0) redirect('/settings/routes')
  return (
    <>
      <SettingsHead title="New route" lead="Which alerts a channel is told, and when." />
      <RouteForm route={null} {...choices} save={createRoute} remove={null} />
    </>
  )
}
