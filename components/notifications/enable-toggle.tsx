'use client'
// A switch that turns a channel or a route on and off at once. A button of our own: Radix' Switch renders styles on
// the server that our content security policy refuses, and a bare checkbox flashes up beside it.
import { useState, useTransition } from 'react'
import { type SaveResult, saved } from '../settings/form.tsx'

export type EnableAction = (input: {
  readonly id: string
  readonly revision: number
  readonly isEnabled: boolean
}) => Promise<SaveResult>

export type EnableToggleProps = {
  readonly id: string
  readonly label: string
  readonly isEnabled: boolean
  readonly revision: number
  readonly enable: EnableAction
}

export function EnableToggle({ id, label, isEnabled, revision, enable }: EnableToggleProps) {
  const [problem, setProblem] = useState<string | null>(null)
  const [isPending, startTransition] = useTransition()
  const turn = (next: boolean) =>
    startTransition(async () => {
      const result = await saved(enable({ id, revision, isEnabled: next }))
      setProblem(result.ok ? null : (result.problems[0]?.sentence ?? 'It was not changed.'))
    })
  return (
    <>
      <button
        type="button"
        role="switch"
        aria-checked={isEnabled}
        aria-label={label}
        disabled={isPending}
        onClick={() => turn(!isEnabled)}
        className="group relative h-5 w-9 shrink-0 rounded-full border border-line-strong bg-hover aria-checked:bg-solid disabled:opacity-45"
      >
        <span className="block size-3.5 translate-x-0.5 rounded-full bg-muted transition-transform group-aria-checked:translate-x-[18px] group-aria-checked:bg-on-solid" />
      </button>
      <p role="alert" className="basis-full text-[12.5px] text-danger empty:hidden">
        {problem}
      </p>
    </>
  )
}
