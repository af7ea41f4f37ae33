'use client'
// The channels: what kind, whether they work, and the ways to test, change and add one.
import { BellPlus, Pencil } from 'lucide-react'
import Link from 'next/link'
import { SettingsHead } from '../settings/settings-shell.tsx'
import { buttonClass } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'
import { plural } from '../ui/numbers.ts'
import { Time } from '../ui/time.tsx'
import { type EnableAction, EnableToggle } from './enable-toggle.tsx'
import { Notice } from './notice-box.tsx'
import { CHANNEL_LABELS, type ChannelView } from './notification-view.ts'
import { type TestAction, TestButton } from './test-button.tsx'

export type ChannelsScreenProps = {
  readonly channels: readonly ChannelView[]
  /** Enabled routes by channel id. */
  readonly routes: { readonly [channelId: string]: number }
  readonly test: TestAction
  readonly enable: EnableAction
}

const NEW = '/settings/channels/new'

export function ChannelsScreen({ channels, routes, test, enable }: ChannelsScreenProps) {
  if (channels.length === 0) return <NoChannel />
  return (
    <>
      <SettingsHead title="Channels" lead="Where people are told of alerts.">
        <Link prefetch={false} href={NEW} className={buttonClass('solid')}>
          <BellPlus size={15} aria-hidden /> New channel
        </Link>
      </SettingsHead>
      <ul aria-label="Channels" className="divide-y rounded-xl border bg-surface">
        {channels.map((channel) => (
          <li key={channel.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
            <div className="min-w-0 flex-1 basis-72 [overflow-wrap:anywhere]">
              <p className="font-medium">
                <Link
                  prefetch={false}
                  href={`/settings/channels/${channel.id}`}
                  className="hover:underline"
                >
                  <Name>{channel.name}</Name>
                </Link>{' '}
                <span className="text-[12.5px] font-normal text-muted">
                  {CHANNEL_LABELS[channel.kind]}
                </span>
              </p>
              <Health channel={channel} routes={routes[channel.id] ?? 0} />
            </div>
            <EnableToggle
              id={channel.id}
              label={`Enable ${channel.name}`}
              isEnabled={channel.isEnabled}
              revision={channel.revision}
              enable={enable}
            />
            <Link
              prefetch={false}
              href={`/settings/channels/${channel.id}`}
              aria-label={`Edit ${channel.name}`}
              className={buttonClass('icon')}
            >
              <Pencil size={15} aria-hidden />
            </Link>
            <TestButton channelId={channel.id} name={channel.name} test={test} />
          </li>
        ))}
      </ul>
    </>
  )
}

function NoChannel() {
  return (
    <>
      <SettingsHead title="Channels" lead="Where people are told of alerts." />
      <Notice title="There is no channel yet">
        <p>
          A channel is a place that people look at anyway: a chat room, a mailbox, the pager, a
          SIEM. Set one up and test it; then a route says which alerts it is told, and when. Until
          then alerts are seen only by who opens Strayline.
        </p>
        <Link prefetch={false} href={NEW} className={buttonClass('solid', 'self-start')}>
          <BellPlus size={15} aria-hidden /> Set up a channel
        </Link>
      </Notice>
    </>
  )
}

type HealthProps = { readonly channel: ChannelView; readonly routes: number }

function Health({ channel, routes }: HealthProps) {
  const { failingSinceMs, lastSentMs, lastError, pausedUntilMs, isEnabled } = channel
  return (
    <div className="mt-0.5 text-[12.5px] text-muted">
      <p>
        {isEnabled ? null : <strong className="font-semibold text-ink">Off. </strong>}
        {lastSentMs === null ? (
          'Nothing was sent yet.'
        ) : (
          <>
            Last sent <Time ms={lastSentMs} />.
          </>
        )}{' '}
        {routes === 0 ? (
          <Link prefetch={false} href="/settings/routes/new" className="underline">
            No route leads here.
          </Link>
        ) : (
          `${plural(routes, 'route')} ${routes === 1 ? 'leads' : 'lead'} here.`
        )}
      </p>
      {failingSinceMs === null ? null : (
        <p className="mt-1 text-danger">
          <strong className="font-semibold">Fails</strong> since <Time ms={failingSinceMs} />
          {pausedUntilMs === null ? null : (
            <>
              , tried again at <Time ms={pausedUntilMs} />
            </>
          )}
          .
        </p>
      )}
      {lastError === null ? null : (
        <p className={failingSinceMs === null ? '' : 'text-danger'}>
          <Name>{lastError}</Name>
        </p>
      )}
    </div>
  )
}
