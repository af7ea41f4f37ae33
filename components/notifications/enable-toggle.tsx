'use client'
// A switch that turns a channel or a route on and off at once.
import { Switch } from 'radix-ui'
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
      <Switch.Root
        checked={isEnabled}
        disabled={isPending}
        onCheckedChange={turn}
        aria-label={label}
        className="relative h-5 w-9 shrink-0 rounded-full border border-line-strong bg-hover data-[state=checked]:bg-solid disabled:opacity-45"
      >
        <Switch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-muted transition-transform data-[state=checked]:translate-x-[18px] data-[state=checked]:bg-on-solid" />
      </Switch.Root>
      <p role="alert" className="basis-full text-[12.5px] text-danger empty:hidden">
        {problem}
      </p>
    </>
  )
}
