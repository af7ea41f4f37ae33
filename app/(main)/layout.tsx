// Everything behind sign-in: the header, and the live wire that all parts of a page share.
import type { ReactNode } from 'react'
import { AccountMenu } from '../../components/shell/account-menu.tsx'
import { AddMenu } from '../../components/shell/add-menu.tsx'
import { EnvironmentSwitch } from '../../components/shell/environment-switch.tsx'
import { Header } from '../../components/shell/header.tsx'
import { LiveProvider } from '../../components/shell/live.tsx'
import { LiveIndicator } from '../../components/shell/live-state.tsx'
import { Nav } from '../../components/shell/nav.tsx'
import { ThemeToggle } from '../../components/shell/theme-toggle.tsx'
import { countOpenAlerts } from '../../storage/alerts.ts'
import { listEnvironments } from '../../storage/environments.ts'
import { database } from '../database.ts'
import { requireSession } from '../session.ts'
import { signOut } from '../sign-in/actions.ts'
import { readTheme } from '../theme.ts'

export default async function MainLayout({ children }: { readonly children: ReactNode }) {
  const user = await requireSession()
  const [environments, openAlerts, theme] = await Promise.all([
    listEnvironments(database()),
    countOpenAlerts(database(), null),
    readTheme(),
  ])
  return (
    <LiveProvider>
      {/* Cytoscape looks for a style element of this id and would inject one, which the policy refuses. */}
      <span id="__________cytoscape_stylesheet" hidden />
      <div className="flex h-dvh flex-col">
        <Header nav={<Nav openAlerts={openAlerts} />}>
          <LiveIndicator />
          <AddMenu />
          <EnvironmentSwitch environments={environments} />
          <ThemeToggle initial={theme} />
          <AccountMenu name={user.name} email={user.email} role={user.role} signOut={signOut} />
        </Header>
        <main className="flex min-h-0 flex-1 flex-col">{children}</main>
      </div>
    </LiveProvider>
  )
}
