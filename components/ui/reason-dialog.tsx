'use client'
// The dialog of everything that is done with a reason. The reason typed stays when the doing failed.
import { unstable_rethrow } from 'next/navigation'
import { type ReactNode, useEffect, useId, useRef, useState, useTransition } from 'react'
import { buttonClass, FIELD_CLASS } from './button.ts'
import { Dialog } from './dialog.tsx'
import { sayNoAnswer } from './no-answer.ts'

/** What an action says: that it is done, with a note where that is not all, or a sentence why not. */
export type ActionResult =
  | { readonly ok: true; readonly note?: string }
  | { readonly ok: false; readonly problem: string }

/** An action's result; a sentence too when no answer came, so that the form and its text stay. */
export async function answered(action: Promise<ActionResult>): Promise<ActionResult> {
  try {
    return await action
  } catch (error) {
    unstable_rethrow(error) // a redirect to the sign-in page
    return { ok: false, problem: await sayNoAnswer() }
  }
}

export type ReasonDialogProps = {
  readonly title: string
  /** What stands above the reason. */
  readonly children: ReactNode
  readonly placeholder: string
  /** Of the field; 'Reason' when left out. */
  readonly label?: string
  readonly submitLabel: string
  /** False while there is nothing that could be done. */
  readonly isReady?: boolean
  /** At the left of the buttons. */
  readonly footer?: ReactNode
  readonly act: (reason: string) => Promise<ActionResult>
  readonly onClose: () => void
  readonly onDone: () => void
}

const REASON_CHARACTERS_MAX = 1000

export function ReasonDialog({ isReady = true, label = 'Reason', ...props }: ReasonDialogProps) {
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string | null>(null)
  const [note, setNote] = useState<string | null>(null)
  const [isPending, startTransition] = useTransition()
  const reasonId = useId()
  const field = useRef<HTMLTextAreaElement>(null)
  // Else the button that closes has the focus, and a space in what is typed presses it.
  useEffect(() => field.current?.focus(), [])
  const submit = () =>
    startTransition(async () => {
      const result = await answered(props.act(reason))
      if (!result.ok) setProblem(result.problem)
      else if (result.note) setNote(result.note)
      else props.onDone()
    })
  if (note !== null) return <DoneDialog title={props.title} note={note} onClose={props.onDone} />
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form action={submit} className="flex flex-col gap-4">
        {props.children}
        <div className="flex flex-col gap-1.5">
          <label htmlFor={reasonId} className="text-[13px] font-medium">
            {label}
          </label>
          <textarea
            id={reasonId}
            ref={field}
            className={FIELD_CLASS}
            rows={3}
            required
            maxLength={REASON_CHARACTERS_MAX}
            value={reason}
            placeholder={props.placeholder}
            onChange={(event) => setReason(event.target.value)}
          />
        </div>
        <p role="alert" className="text-[13px] text-danger empty:hidden">
          {problem}
        </p>
        <div className="flex items-center justify-end gap-2">
          {props.footer}
          <button type="button" className={buttonClass('quiet')} onClick={props.onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className={buttonClass('solid')}
            disabled={isPending || !isReady || reason.trim() === ''}
          >
            {props.submitLabel}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

type DoneProps = { readonly title: string; readonly note: string; readonly onClose: () => void }

/** It is done, and cannot be done twice from here. */
function DoneDialog({ title, note, onClose }: DoneProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p role="status" className="mb-4">
        {note}
      </p>
      <div className="flex justify-end">
        <button type="button" className={buttonClass('solid')} onClick={onClose}>
          Done
        </button>
      </div>
    </Dialog>
  )
}
