'use client'
// A route as it is made or changed: which alerts, to which channel, and when.
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { SEVERITIES, type Severity } from '../../core/baseline/drift.ts'
import type { QuietHours } from '../../core/notify/route.ts'
import { CheckField, SelectField, SettingsForm, TextField } from '../settings/form.tsx'
import type { RemoveAction, SaveDraftAction } from './channel-form.tsx'
import { MatchFields, matchFrom, matchTextsOf } from './match-fields.tsx'
import type { RouteView } from './notification-view.ts'
import { QuietFields } from './quiet-fields.tsx'
import { RemoveButton } from './remove-button.tsx'
import { RoutePreview } from './route-preview.tsx'

export type RouteFormProps = {
  /** Null: a new one. */
  readonly route: RouteView | null
  /** Name by id; at least one. */
  readonly channels: { readonly [id: string]: string }
  readonly environments: readonly string[]
  /** IANA zones, those that can be planned by. */
  readonly zones: readonly string[]
  readonly save: SaveDraftAction
  /** Null: there is nothing to remove yet. */
  readonly remove: RemoveAction | null
}

const LIST = '/settings/routes'

const SEVERITY_OPTIONS: { readonly [severity in Severity]: string } = {
  low: 'low: all of them',
  medium: 'medium or worse',
  high: 'high or worse',
  critical: 'critical only',
}

/** The mildest first. */
const LEAST = Object.fromEntries(
  SEVERITIES.toReversed().map((severity) => [severity, SEVERITY_OPTIONS[severity]]),
)

export function RouteForm({ route, channels, environments, zones, save, remove }: RouteFormProps) {
  const router = useRouter()
  const [name, setName] = useState(route?.name ?? '')
  const [channelId, setChannelId] = useState(route?.channelId ?? Object.keys(channels)[0] ?? '')
  const [isEnabled, setEnabled] = useState(route?.isEnabled ?? true)
  const [match, setMatch] = useState(() => matchTextsOf(route?.settings.match ?? null))
  const [quiet, setQuiet] = useState<QuietHours | null>(route?.settings.quiet ?? null)
  const [digest, setDigest] = useState(String(route?.settings.digestMinutes ?? 0))
  const [tellsEnd, setTellsEnd] = useState(route?.settings.tellsEnd ?? true)
  const leave = () => router.push(LIST)
  const readSettings = () => {
    return { match: matchFrom(match), quiet, digestMinutes: Number(digest), tellsEnd }
  }
  const submit = () => save({ name: name.trim(), channelId, isEnabled, settings: readSettings() })
  return (
    <SettingsForm
      label="Route"
      save={submit}
      onSaved={leave}
      onCancel={leave}
      submitLabel={route === null ? 'Create route' : 'Save'}
      footer={
        route === null || remove === null ? null : (
          <RemoveButton
            label="Delete route"
            lead={`${route.channel} is told no more by ${route.name}. What waits already is sent.`}
            remove={remove}
            onRemoved={leave}
          />
        )
      }
    >
      {(problemOf) => (
        <>
          <TextField
            label="Name"
            hint="Letters, digits, dots, dashes and underscores."
            problem={problemOf('name')}
            value={name}
            onChange={setName}
            placeholder="prod-critical"
          />
          <SelectField
            label="Channel"
            problem={problemOf('channelId')}
            value={channelId}
            onChange={setChannelId}
            options={channels}
          />
          <SelectField
            label="Severity"
            problem={problemOf('settings.match.severity')}
            value={match.severity}
            onChange={(severity) => setMatch({ ...match, severity: severity as Severity })}
            options={LEAST}
          />
          <MatchFields
            texts={match}
            environments={environments}
            onChange={setMatch}
            problemOf={problemOf}
          />
          <QuietFields quiet={quiet} zones={zones} onChange={setQuiet} problemOf={problemOf} />
          <TextField
            label="Digest (minutes)"
            hint="What comes within so many minutes is told as one; 0: each alert at once, at most 1440."
            problem={problemOf('settings.digestMinutes')}
            type="number"
            value={digest}
            onChange={setDigest}
          />
          <CheckField
            label="Also tell how it ended"
            hint="That an alert was rejected, accepted, withdrawn or has recovered: only where its opening was told."
            isChecked={tellsEnd}
            onChange={setTellsEnd}
          />
          <CheckField label="Enabled" isChecked={isEnabled} onChange={setEnabled} />
          <RoutePreview
            environments={environments}
            readRoute={() => ({ id: route?.id ?? null, channelId, settings: readSettings() })}
          />
        </>
      )}
    </SettingsForm>
  )
}
