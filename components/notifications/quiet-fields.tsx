'use client'
// Quiet hours of a route: a zone, windows of the week, and what is told all the same.
import { Plus, X } from 'lucide-react'
import { SEVERITIES, type Severity } from '../../core/baseline/drift.ts'
import type { QuietHours } from '../../core/notify/route.ts'
import { CheckField, SelectField, TextField } from '../settings/form.tsx'
import { buttonClass } from '../ui/button.ts'

type Window = QuietHours['windows'][number]

/** By ISO weekday, from 1. */
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
const NIGHTS: Window = { days: [1, 2, 3, 4, 5], from: '20:00', to: '07:00' }
const WINDOWS_MAX = 20
const NOTHING = 'nothing'

const URGENT = {
  [NOTHING]: 'nothing: all of it waits',
  ...Object.fromEntries(
    SEVERITIES.map((each) => [each, each === 'critical' ? 'critical alerts' : `${each} or worse`]),
  ),
}

export type QuietFieldsProps = {
  readonly quiet: QuietHours | null
  readonly zones: readonly string[]
  readonly onChange: (quiet: QuietHours | null) => void
  readonly problemOf: (field: string) => string | null
}

export function QuietFields({ quiet, zones, onChange, problemOf }: QuietFieldsProps) {
  const begin = () => {
    const own = new Intl.DateTimeFormat().resolvedOptions().timeZone
    const zone = zones.includes(own) ? own : 'UTC'
    onChange({ zone, windows: [NIGHTS], urgent: 'critical' })
  }
  return (
    <fieldset className="flex flex-col gap-4 rounded-xl border px-4 pt-2 pb-4">
      <legend className="px-1 text-[13px] font-semibold">Quiet hours</legend>
      <CheckField
        label="Hold messages back in quiet hours"
        hint="They are told together when the quiet hours end."
        isChecked={quiet !== null}
        onChange={(isOn) => (isOn ? begin() : onChange(null))}
      />
      {quiet === null ? null : (
        <>
          <SelectField
            label="Zone"
            hint="The clock on the wall there, summer time and all."
            problem={problemOf('settings.quiet.zone')}
            value={quiet.zone}
            onChange={(zone) => onChange({ ...quiet, zone })}
            options={zoneOptions(zones, quiet.zone)}
          />
          <Windows
            windows={quiet.windows}
            problemOf={problemOf}
            onChange={(windows) => onChange({ ...quiet, windows: [...windows] })}
          />
          <SelectField
            label="Told at once all the same"
            problem={problemOf('settings.quiet.urgent')}
            value={quiet.urgent ?? NOTHING}
            onChange={(urgent) =>
              onChange({ ...quiet, urgent: urgent === NOTHING ? null : (urgent as Severity) })
            }
            options={URGENT}
          />
        </>
      )}
    </fieldset>
  )
}

function zoneOptions(zones: readonly string[], chosen: string): { [zone: string]: string } {
  const all = zones.includes(chosen) ? zones : [chosen, ...zones]
  return Object.fromEntries(all.map((zone) => [zone, zone.replaceAll('_', ' ')]))
}

type WindowsProps = {
  readonly windows: readonly Window[]
  readonly onChange: (windows: readonly Window[]) => void
  readonly problemOf: (field: string) => string | null
}

function Windows({ windows, onChange, problemOf }: WindowsProps) {
  const whole = problemOf('settings.quiet.windows')
  return (
    <div className="flex flex-col gap-3">
      {windows.map((window, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a window has no other name than its place
        <div key={at} className="flex flex-col gap-2.5 rounded-lg border p-3">
          <WindowFields
            label={`Window ${at + 1}`}
            window={window}
            problemOf={(field) => problemOf(`settings.quiet.windows.${at}.${field}`)}
            onChange={(next) => onChange(windows.with(at, next))}
          />
          <button
            type="button"
            className={buttonClass('quiet', 'self-start')}
            disabled={windows.length === 1}
            aria-label={`Remove window ${at + 1}`}
            onClick={() => onChange(windows.toSpliced(at, 1))}
          >
            <X size={14} aria-hidden /> Remove
          </button>
        </div>
      ))}
      <p role="alert" className="text-[12.5px] text-danger empty:hidden">
        {whole}
      </p>
      <button
        type="button"
        className={buttonClass('outline', 'self-start')}
        disabled={windows.length >= WINDOWS_MAX}
        onClick={() => onChange([...windows, { days: [6, 7], from: '00:00', to: '23:59' }])}
      >
        <Plus size={14} aria-hidden /> Another window
      </button>
    </div>
  )
}

type WindowFieldsProps = {
  readonly label: string
  readonly window: Window
  readonly onChange: (window: Window) => void
  readonly problemOf: (field: string) => string | null
}

function WindowFields({ label, window, onChange, problemOf }: WindowFieldsProps) {
  const { days, from, to } = window
  const toggle = (day: number) => {
    const next = days.includes(day) ? days.filter((each) => each !== day) : [...days, day]
    onChange({ ...window, days: next.toSorted((a, b) => a - b) })
  }
  return (
    <>
      <fieldset>
        <legend className="sr-only">{label}: days on which it begins</legend>
        <div className="flex flex-wrap gap-1">
          {DAYS.map((day, at) => (
            <button
              key={day}
              type="button"
              aria-pressed={days.includes(at + 1)}
              className="rounded-md border px-2 py-1 text-[12.5px] text-muted aria-pressed:border-ink aria-pressed:bg-hover aria-pressed:font-medium aria-pressed:text-ink"
              onClick={() => toggle(at + 1)}
            >
              {day}
            </button>
          ))}
        </div>
        <p role="alert" className="text-[12.5px] text-danger empty:hidden">
          {problemOf('days')}
        </p>
      </fieldset>
      <div className="grid grid-cols-2 gap-3 sm:max-w-xs">
        <TextField
          label="From"
          type="time"
          problem={problemOf('from')}
          value={from}
          onChange={(value) => onChange({ ...window, from: value })}
        />
        <TextField
          label="To"
          type="time"
          problem={problemOf('to')}
          value={to}
          onChange={(value) => onChange({ ...window, to: value })}
        />
      </div>
      {to <= from ? <p className="text-[12.5px] text-muted">It ends on the next day.</p> : null}
    </>
  )
}
