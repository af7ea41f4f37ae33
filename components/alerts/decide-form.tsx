'use client'
// Accept or reject, always with a reason. The action comes from the server side as a prop.
import { Check, X } from 'lucide-react'
import { unstable_rethrow } from 'next/navigation'
import { useId, useState, useTransition } from 'react'
import { buttonClass, FIELD_CLASS } from '../ui/button.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Name } from '../ui/name.tsx'

export type Decision = 'accept' | 'reject'
export type DecisionInput = {
  readonly alertId: string
  readonly decision: Decision
  readonly reason: string
}
/** What an action says when it is done: nothing, or a sentence for the person. */
export type ActionResult = { readonly ok: true } | { readonly ok: false; readonly problem: string }
export type DecideAction = (input: DecisionInput) => Promise<ActionResult>

/** An action's result; a sentence too when no answer came, so that the form and its text stay. */
export async function answered(action: Promise<ActionResult>): Promise<ActionResult> {
  try {
    return await action
  } catch (error) {
    unstable_rethrow(error) // a redirect to the sign-in page
    return { ok: false, problem: 'The server did not answer. Your reason is kept: try again.' }
  }
}

export const REASON_CHARACTERS_MAX = 1000

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
  const words = WORDS[props.decision]
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [isPending, startTransition] = useTransition()
  const reasonId = useId()
  const submit = () =>
    startTransition(async () => {
      const { alertId, decision } = props
      const result = await answered(props.decide({ alertId, decision, reason }))
      if (result.ok) props.onDone()
      else setProblem(result.problem)
    })
  return (
    <Dialog title={words.title} onClose={props.onClose}>
      <form action={submit} className="flex flex-col gap-4">
        <p className="[overflow-wrap:anywhere]">
          <Name>{props.summary}</Name>
        </p>
        <p className="text-[13px] text-muted">{words.lead}</p>
        <div className="flex flex-col gap-1.5">
          <label htmlFor={reasonId} className="text-[13px] font-medium">
            Reason
          </label>
          <textarea
            id={reasonId}
            className={FIELD_CLASS}
            rows={3}
            required
            maxLength={REASON_CHARACTERS_MAX}
            value={reason}
            placeholder="Who knows of it, which change or ticket"
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        <p role="alert" className="text-[13px] text-danger empty:hidden">
          {problem}
        </p>
        <div className="flex justify-end gap-2">
          <button type="button" className={buttonClass('quiet')} onClick={props.onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={buttonClass('solid')}
            disabled={isPending || reason.trim() === ''}
          >
            {words.submit}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
