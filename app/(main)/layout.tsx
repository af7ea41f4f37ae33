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
import { database } from '../database.ts'
import { findDefaultEnvironment, findEnvironments } from '../default-environment.ts'
import { requireSession } from '../session.ts'
import { signOut } from '../sign-in/actions.ts'
import { readTheme } from '../theme.ts'

export default async function MainLayout({ children }: { readonly children: ReactNode }) {
  const user = await requireSession()
  const [environments, fallback, openAlerts, theme] = await Promise.all([
    findEnvironments(),
    findDefaultEnvironment(),
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
          <EnvironmentSwitch
            environments={environments.map(({ name }) => name)}
            fallback={fallback ?? ''}
          />
          <ThemeToggle initial={theme} />
          <AccountMenu name={user.name} email={user.email} role={user.role} signOut={signOut} />
        </Header>
        <main className="flex min-h-0 flex-1 flex-col">{children}</main>
      </div>
    </LiveProvider>
  )
}
