'use client'
// Accept, reject, snooze or comment, always with a reason. The action comes from the server side as a prop.
import { AlarmClock, Check, MessageSquare, X } from 'lucide-react'
import { useId, useState } from 'react'
import {
  type AlertState,
  STANDING_STATES,
  WAITING_STATES,
} from '../../core/baseline/alert-state.ts'
import { buttonClass, FIELD_CLASS } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'
import { type ActionResult, ReasonDialog } from '../ui/reason-dialog.tsx'

export type Decision = 'accept' | 'reject' | 'snooze' | 'comment'
type Act =
  | { readonly act: 'accept'; readonly reason: string; readonly untilMs: number | null }
  | { readonly act: 'snooze'; readonly reason: string; readonly untilMs: number }
  | { readonly act: 'reject' | 'comment'; readonly reason: string }
export type DecideAction = (input: {
  readonly alertId: string
  readonly act: Act
}) => Promise<ActionResult>

/** Which decisions fit an alert that is in this state. */
export function decisionsFor(state: AlertState): readonly Decision[] {
  if (WAITING_STATES.some((each) => each === state))
    return ['accept', 'reject', 'snooze', 'comment']
  return STANDING_STATES.some((each) => each === state) ? ['accept', 'comment'] : ['comment']
}

export type DecideButtonsProps = {
  readonly state: AlertState
  readonly canDecide: boolean
  readonly onChoose: (decision: Decision) => void
}

const BUTTONS = {
  accept: { kind: 'solid', Icon: Check, label: 'Accept' },
  reject: { kind: 'outline', Icon: X, label: 'Reject' },
  snooze: { kind: 'outline', Icon: AlarmClock, label: 'Snooze' },
  comment: { kind: 'quiet', Icon: MessageSquare, label: 'Comment' },
} as const

/** What can be done; what a button opens is `DecideDialog`. */
export function DecideButtons({ state, canDecide, onChoose }: DecideButtonsProps) {
  if (!canDecide) return <p className="text-[13px] text-muted">Your role may look, not decide.</p>
  return (
    <div className="flex flex-wrap gap-2">
      {decisionsFor(state).map((decision) => {
        const { kind, Icon, label } = BUTTONS[decision]
        return (
          <button
            key={decision}
            type="button"
            className={buttonClass(kind)}
            onClick={() => onChoose(decision)}
          >
            <Icon size={14} aria-hidden /> {label}
          </button>
        )
      })}
    </div>
  )
}

const WORDS = {
  accept: {
    title: 'Accept this',
    lead: 'It becomes part of a new baseline version; once that is active, the alert closes.',
    placeholder: 'Who knows of it, which change or ticket',
    submit: 'Accept into the baseline',
  },
  reject: {
    title: 'Reject this',
    lead: 'It stays out of the baseline and stays marked on the map. Seen again a day from now, it alerts again.',
    placeholder: 'Who was told, and what is to happen',
    submit: 'Reject',
  },
  snooze: {
    title: 'Snooze this alert',
    lead: 'It leaves the inbox and comes back when the time is over, or when it becomes worse.',
    placeholder: 'What is waited for',
    submit: 'Snooze',
  },
  comment: {
    title: 'Comment on this alert',
    lead: 'It stays in the history of the alert. Nothing else changes.',
    placeholder: 'What others should know',
    submit: 'Comment',
  },
} as const

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Label by duration; 0: without end. */
const DURATIONS = {
  accept: {
    0: 'for good',
    [7 * DAY_MS]: '7 days',
    [30 * DAY_MS]: '30 days',
    [90 * DAY_MS]: '90 days',
  },
  snooze: {
    [HOUR_MS]: '1 hour',
    [DAY_MS]: '1 day',
    [7 * DAY_MS]: '7 days',
    [30 * DAY_MS]: '30 days',
  },
} as const

export type DecideDialogProps = {
  readonly alertId: string
  readonly decision: Decision
  readonly summary: string
  readonly decide: DecideAction
  readonly onClose: () => void
  readonly onDone: () => void
}

export function DecideDialog(props: DecideDialogProps) {
  const { alertId, decision } = props
  const [durationMs, setDurationMs] = useState(decision === 'snooze' ? DAY_MS : 0)
  const words = WORDS[decision]
  return (
    <ReasonDialog
      title={words.title}
      label={decision === 'comment' ? 'Comment' : 'Reason'}
      placeholder={words.placeholder}
      submitLabel={words.submit}
      act={(reason) => props.decide({ alertId, act: actOf(decision, reason, durationMs) })}
      onClose={props.onClose}
      onDone={props.onDone}
    >
      <p className="[overflow-wrap:anywhere]">
        <Name>{props.summary}</Name>
      </p>
      <p className="text-[13px] text-muted">{words.lead}</p>
      {decision === 'accept' || decision === 'snooze' ? (
        <DurationField decision={decision} value={durationMs} onChange={setDurationMs} />
      ) : null}
    </ReasonDialog>
  )
}

function actOf(decision: Decision, reason: string, durationMs: number): Act {
  const untilMs = Date.now() + durationMs
  if (decision === 'accept')
    return { act: decision, reason, untilMs: durationMs === 0 ? null : untilMs }
  return decision === 'snooze' ? { act: decision, reason, untilMs } : { act: decision, reason }
}

type DurationFieldProps = {
  readonly decision: 'accept' | 'snooze'
  readonly value: number
  readonly onChange: (durationMs: number) => void
}

function DurationField({ decision, value, onChange }: DurationFieldProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-[13px] font-medium">
        For how long
      </label>
      <select
        id={id}
        className={FIELD_CLASS}
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
      >
        {Object.entries(DURATIONS[decision]).map(([durationMs, label]) => (
          <option key={durationMs} value={durationMs}>
            {label}
          </option>
        ))}
      </select>
    </div>
  )
}
