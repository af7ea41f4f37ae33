'use client'
// Takes the last act on an alert back, together with the other alerts of that act.
import { Undo2 } from 'lucide-react'
import { useState, useTransition } from 'react'
import { buttonClass } from '../ui/button.ts'
import { type ActionResult, answered } from '../ui/reason-dialog.tsx'
import type { UndoableAct } from './alert-view.ts'

export type UndoAction = (input: { readonly actId: string }) => Promise<ActionResult>

const WORDS = {
  accept: 'acceptance',
  reject: 'rejection',
  snooze: 'snooze',
  assign: 'assignment',
} as const

type Props = { readonly act: UndoableAct; readonly undo: UndoAction }

export function UndoButton({ act, undo }: Props) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isPending, startTransition] = useTransition()
  const press = () =>
    startTransition(async () => {
      const result = await answered(undo({ actId: act.id }))
      setProblem(result.ok ? null : result.problem)
    })
  return (
    <>
      <button type="button" className={buttonClass('outline')} disabled={isPending} onClick={press}>
        <Undo2 size={14} aria-hidden /> Undo {WORDS[act.action]}
        {act.alerts > 1 ? ` of ${act.alerts} alerts` : ''}
      </button>
      <p role="alert" className="basis-full text-[13px] text-danger empty:hidden">
        {problem}
      </p>
    </>
  )
}
