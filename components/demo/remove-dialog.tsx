'use client'
// Removes an environment that is not of real traces: says what goes, asks once.
import { Trash2 } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { buttonClass } from '../ui/button.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Name } from '../ui/name.tsx'
import { type ActionResult, answered } from '../ui/reason-dialog.tsx'

export type RemoveGraphAction = (input: { readonly environment: string }) => Promise<ActionResult>

export type RemoveDialogProps = {
  readonly environment: string
  /** What happens, in a sentence or two. */
  readonly lead: string
  readonly remove: RemoveGraphAction
  readonly onClose: () => void
}

/** Goes to the map of what is left when it is done. */
export function RemoveDialog(props: RemoveDialogProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isPending, startTransition] = useTransition()
  const router = useRouter()
  const submit = () =>
    startTransition(async () => {
      const result = await answered(props.remove({ environment: props.environment }))
      if (!result.ok) return setProblem(result.problem)
      props.onClose()
      router.push('/map')
      router.refresh()
    })
  return (
    <Dialog title="Remove this environment" onClose={props.onClose}>
      <form action={submit} className="flex flex-col gap-4">
        <p>
          Environment{' '}
          <strong className="font-semibold">
            <Name>{props.environment}</Name>
          </strong>
        </p>
        <p className="text-[13px] text-muted">{props.lead}</p>
        <p role="alert" className="text-[13px] text-danger empty:hidden">
          {problem}
        </p>
        <div className="flex justify-end gap-2">
          <button type="button" className={buttonClass('quiet')} onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" className={buttonClass('solid')} disabled={isPending}>
            <Trash2 size={14} aria-hidden /> Remove environment
          </button>
        </div>
      </form>
    </Dialog>
  )
}
