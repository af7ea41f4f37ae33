'use client'
// The routes in their order: which alerts go to which channel, in a sentence each.
import { ArrowDown, ArrowUp, Pencil, Split } from 'lucide-react'
import Link from 'next/link'
import { useState, useTransition } from 'react'
import { type SaveResult, saved } from '../settings/form.tsx'
import { SettingsHead } from '../settings/settings-shell.tsx'
import { buttonClass } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'
import { type EnableAction, EnableToggle } from './enable-toggle.tsx'
import { Notice } from './notice-box.tsx'
import type { RouteView } from './notification-view.ts'
import { sayRoute } from './route-words.ts'

export type OrderAction = (input: { readonly ids: readonly string[] }) => Promise<SaveResult>

export type RoutesScreenProps = {
  readonly routes: readonly RouteView[]
  readonly hasChannels: boolean
  readonly enable: EnableAction
  readonly order: OrderAction
}

const NEW = '/settings/routes/new'
const LEAD =
  'Which alerts go where. Of the routes to one channel the first that matches speaks; other channels are told beside it.'

export function RoutesScreen({ routes, hasChannels, enable, order }: RoutesScreenProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isPending, startTransition] = useTransition()
  if (routes.length === 0) return <NoRoute hasChannels={hasChannels} />
  const move = (at: number, by: number) =>
    startTransition(async () => {
      const ids = routes.map((route) => route.id)
      const [moved = ''] = ids.splice(at, 1)
      ids.splice(at + by, 0, moved)
      const result = await saved(order({ ids }))
      setProblem(result.ok ? null : (result.problems[0]?.sentence ?? 'It was not moved.'))
    })
  return (
    <>
      <SettingsHead title="Routes" lead={LEAD}>
        <Link prefetch={false} href={NEW} className={buttonClass('solid')}>
          <Split size={15} aria-hidden /> New route
        </Link>
      </SettingsHead>
      <p role="alert" className="text-[13px] text-danger empty:hidden">
        {problem}
      </p>
      <ol aria-label="Routes" className="divide-y rounded-xl border bg-surface">
        {routes.map((route, at) => (
          <li key={route.id} className="flex flex-wrap items-center gap-x-2 gap-y-2 px-4 py-3">
            <div className="min-w-0 flex-1 basis-72 [overflow-wrap:anywhere]">
              <p className="font-medium">
                <Link
                  prefetch={false}
                  href={`/settings/routes/${route.id}`}
                  className="hover:underline"
                >
                  <Name>{route.name}</Name>
                </Link>{' '}
                <span className="font-normal text-faint">→</span> <Name>{route.channel}</Name>
              </p>
              <p className="mt-0.5 text-[12.5px] text-muted">
                {route.isEnabled ? null : <strong className="font-semibold text-ink">Off. </strong>}
                <Name>{sayRoute(route.settings)}</Name>
              </p>
            </div>
            <EnableToggle
              id={route.id}
              label={`Enable ${route.name}`}
              isEnabled={route.isEnabled}
              revision={route.revision}
              enable={enable}
            />
            <Link
              prefetch={false}
              href={`/settings/routes/${route.id}`}
              aria-label={`Edit ${route.name}`}
              className={buttonClass('icon')}
            >
              <Pencil size={15} aria-hidden />
            </Link>
            <button
              type="button"
              className={buttonClass('icon')}
              aria-label={`Move ${route.name} up`}
              disabled={isPending || at === 0}
              onClick={() => move(at, -1)}
            >
              <ArrowUp size={15} aria-hidden />
            </button>
            <button
              type="button"
              className={buttonClass('icon')}
              aria-label={`Move ${route.name} down`}
              disabled={isPending || at === routes.length - 1}
              onClick={() => move(at, 1)}
            >
              <ArrowDown size={15} aria-hidden />
            </button>
          </li>
        ))}
      </ol>
    </>
  )
}

function NoRoute({ hasChannels }: { readonly hasChannels: boolean }) {
  return (
    <>
      <SettingsHead title="Routes" lead={LEAD} />
      <Notice title="There is no route yet">
        <p>
          A route says which alerts a channel is told, and when: by environment, kind, severity and
          owner, with quiet hours, one by one or gathered.{' '}
          {hasChannels ? '' : 'It leads to a channel, and there is none yet: begin with that.'}
        </p>
        <Link
          prefetch={false}
          href={hasChannels ? NEW : '/settings/channels/new'}
          className={buttonClass('solid', 'self-start')}
        >
          <Split size={15} aria-hidden /> {hasChannels ? 'Create a route' : 'Set up a channel'}
        </Link>
      </Notice>
    </>
  )
}
