'use client'
// The first of the first steps: see the whole story before anything is connected.
import { FlaskConical } from 'lucide-react'
import { buttonClass } from '../ui/button.ts'
import type { DemoState } from './demo-state.ts'
import { useDemo } from './use-demo.ts'

export type DemoCardProps = { readonly initial: DemoState | null; readonly canStart: boolean }

export function DemoCard({ initial, canStart }: DemoCardProps) {
  const { state, problem, isStarting, start } = useDemo(initial)
  const isRunning = state?.status === 'running'
  const failed = state?.status === 'failed' ? `The demo failed: ${state.message}` : null
  return (
    <section
      aria-labelledby="demo-card"
      className="flex flex-col gap-2 rounded-xl border border-line-strong bg-surface p-5"
    >
      <FlaskConical size={22} aria-hidden className="text-muted" />
      <h3 id="demo-card" className="font-semibold">
        See a demo
      </h3>
      <p className="text-[13px] text-muted">
        A small shop sends traces, its graph is approved, then one service strays in three ways. It
        goes with one button.
      </p>
      <div className="mt-auto pt-1">
        {canStart ? (
          <button
            type="button"
            className={buttonClass('solid')}
            disabled={isStarting || isRunning}
            onClick={start}
          >
            Try the demo
          </button>
        ) : (
          <p className="text-[13px] text-muted">An admin can start it.</p>
        )}
      </div>
      <p role="status" className="text-[13px] text-muted empty:hidden">
        {isRunning ? `${state.note}…` : (problem ?? failed ?? '')}
      </p>
    </section>
  )
}
