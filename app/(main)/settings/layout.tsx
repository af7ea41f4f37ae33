// The frame of the settings. Each page asks by itself who may see it.
import type { ReactNode } from 'react'
import { SettingsShell } from '../../../components/settings/settings-shell.tsx'

export default function SettingsLayout({ children }: { readonly children: ReactNode }) {
  return <SettingsShell>{children}</SettingsShell>
}
