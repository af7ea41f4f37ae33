// The first step of a new channel: what kind of place it leads to.
import Link from 'next/link'
import { CHANNEL_KINDS } from '../../core/notify/channel.ts'
import { SettingsHead } from '../settings/settings-shell.tsx'
import { KIND_LEADS } from './channel-fields.ts'
import { CHANNEL_LABELS } from './notification-view.ts'

export function KindChoice() {
  return (
    <>
      <SettingsHead title="New channel" lead="Where is somebody to be told?" />
      <ul className="grid gap-3 sm:grid-cols-2">
        {CHANNEL_KINDS.map((kind) => (
          <li key={kind}>
            <Link
              prefetch={false}
              href={`/settings/channels/new?kind=${kind}`}
              className="block h-full rounded-xl border bg-surface px-4 py-3 hover:bg-hover"
            >
              <span className="block font-medium">{CHANNEL_LABELS[kind]}</span>
              <span className="mt-0.5 block text-[13px] text-muted">{KIND_LEADS[kind]}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}
