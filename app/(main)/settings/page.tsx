// The settings begin with their first page.
import { redirect } from 'next/navigation'
import { requireSession } from '../../session.ts'

export default async function SettingsPage() {
  await requireSession()
  redirect('/settings/channels')
}
