'use client'
// Accept or reject, always with a reason. The action comes from the server side as a prop.
import { Check, X } from 'lucide-react'
import { buttonClass } from '../ui/button.ts'
import { Name } from '../ui/name.tsx'
import { type ActionResult, ReasonDialog } from '../ui/reason-dialog.tsx'

export type Decision = 'accept' | 'reject'
export type DecisionInput = {
  readonly alertId: string
  readonly decision: Decision
  readonly reason: string
}
export type DecideAction = (input: DecisionInput) => Promise<ActionResult>

export type DecideButtonsProps = {
  readonly canDecide: boolean
  readonly onChoose: (decision: Decision) => void
}

/** The two buttons; what they open is `DecideDialog`. */
export function DecideButtons({ canDecide, onChoose }: DecideButtonsProps) {
  if (!canDecide) return <p className="text-[13px] text-muted">Your role may look, not decide.</p>
  return (
    <div className="flex gap-2">
      <button type="button" className={buttonClass('solid')} onClick={() => onChoose('accept')}>
        <Check size={14} aria-hidden /> Accept
      </button>
      <button type="button" className={buttonClass('outline')} onClick={() => onChoose('reject')}>
        <X size={14} aria-hidden /> Reject
      </button>
    </div>
  )
}

const WORDS = {
  accept: {
    title: 'Accept this edge',
    lead: 'The edge becomes part of a new baseline version, and every open alert about it closes.',
    submit: 'Accept into the baseline',
  },
  reject: {
    title: 'Reject this edge',
    lead: 'The edge stays out of the baseline and stays marked on the map. It does not alert again while it goes on.',
    submit: 'Reject',
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
  const words = WORDS[decision]
  return (
    <ReasonDialog
      title={words.title}
      placeholder="Who knows of it, which change or ticket"
      submitLabel={words.submit}
      act={(reason) => props.decide({ alertId, decision, reason })}
      onClose={props.onClose}
      onDone={props.onDone}
    >
      <p className="[overflow-wrap:anywhere]">
        <Name>{props.summary}</Name>
      </p>
      <p className="text-[13px] text-muted">{words.lead}</p>
    </ReasonDialog>
  )
}
