'use client'
// Deletes after it was asked once, in words that say what goes along.
import { Trash2 } from 'lucide-react'
import { useState, useTransition } from 'react'
import { type SaveResult, saved } from '../settings/form.tsx'
import { buttonClass } from '../ui/button.ts'
import { Dialog } from '../ui/dialog.tsx'

export type RemoveButtonProps = {
  readonly label: string
  readonly lead: string
  readonly remove: () => Promise<SaveResult>
  readonly onRemoved: () => void
}

export function RemoveButton({ label, lead, remove, onRemoved }: RemoveButtonProps) {
  const [isAsking, setAsking] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const [isPending, startTransition] = useTransition()
  const press = () =>
    startTransition(async () => {
      const result = await saved(remove())
      if (result.ok) onRemoved()
      else setProblem(result.problems[0]?.sentence ?? 'It was not deleted.')
    })
  return (
    <>
      <button type="button" className={buttonClass('quiet')} onClick={() => setAsking(true)}>
        <Trash2 size={14} aria-hidden /> {label}
      </button>
      {isAsking ? (
        <Dialog title={label} onClose={() => setAsking(false)}>
          <p className="[overflow-wrap:anywhere]">{lead}</p>
          <p role="alert" className="mt-3 text-[13px] text-danger empty:hidden">
            {problem}
          </p>
          <div className="mt-4 flex justify-end gap-2">
            <button type="button" className={buttonClass('quiet')} onClick={() => setAsking(false)}>
              Cancel
            </button>
            <button
              type="button"
              className={buttonClass('solid')}
              disabled={isPending}
              onClick={press}
            >
              {label}
            </button>
          </div>
        </Dialog>
      ) : null}
    </>
  )
}
