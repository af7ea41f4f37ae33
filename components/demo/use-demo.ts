'use client'
// The demo as this page follows it: asked for again every second while it runs, and at every change of the
// graph otherwise. Starting it is one request; the answer is its state.
import { useCallback, useEffect, useState } from 'react'
import { useLive } from '../shell/live.tsx'
import { type DemoState, findDemo, type ToldCommand } from './demo-state.ts'

const ASK_EVERY_MS = 1_000

export type Demo = {
  /** Null: this server has run none. */
  readonly state: DemoState | null
  /** Why the last start did not work; null otherwise. */
  readonly problem: string | null
  readonly isStarting: boolean
  readonly start: () => void
}

/** initial: as the server read it with the page. */
export function useDemo(initial: DemoState | null): Demo {
  const [state, setState] = useState(initial)
  const [seen, setSeen] = useState(initial)
  const [problem, setProblem] = useState<string | null>(null)
  const [isStarting, setStarting] = useState(false)
  if (seen !== initial) {
    setSeen(initial)
    setState(initial)
  }
  const { onChange } = useLive()
  const isRunning = state?.status === 'running'
  const ask = useCallback(async () => {
    const commands = await askCommands()
    if (commands) setState(findDemo(commands))
  }, [])
  useEffect(() => {
    if (!isRunning) return onChange(ask)
    const timer = setInterval(ask, ASK_EVERY_MS)
    return () => clearInterval(timer)
  }, [isRunning, onChange, ask])
  const start = async () => {
    setStarting(true)
    setProblem(await askToStart())
    await ask()
    setStarting(false)
  }
  return { state, problem, isStarting, start: () => void start() }
}

async function askCommands(): Promise<readonly ToldCommand[] | null> {
  try {
    const answer = await fetch('/api/v1/commands')
    if (!answer.ok) return null
    return ((await answer.json()) as { readonly commands: readonly ToldCommand[] }).commands
  } catch {
    return null // the server is away: the live state in the header says so
  }
}

/** Null when it started, else a sentence. */
async function askToStart(): Promise<string | null> {
  try {
    const answer = await fetch('/api/v1/commands', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'demo' }),
    })
    if (answer.ok) return null
    const { detail } = (await answer.json()) as { readonly detail?: string }
    return detail ?? 'The demo did not start.'
  } catch {
    return 'The server did not answer: try again.'
  }
}
