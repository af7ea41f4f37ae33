'use client'
// The import that the page shows: begun here, or by somebody else; followed until it ends.
import { useRouter } from 'next/navigation'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import type { ImportView } from './import-view.ts'
import { uploadCapture } from './upload.ts'

const ASK_EVERY_MS = 500

export type FollowedImport = {
  /** Null when there is nothing to show. */
  readonly view: ImportView | null
  /** Why this page's upload failed, when the server has no import to say it of. */
  readonly problem: string | null
  readonly isOpen: boolean
  readonly begin: (file: File, environment: string) => Promise<void>
  readonly cancel: () => Promise<void>
  /** Puts an ended one away. */
  readonly clear: () => void
}

export function useImport(initial: ImportView | null): FollowedImport {
  const [view, setView] = useState(initial)
  const [problem, setProblem] = useState<string | null>(null)
  const [isUploading, setUploading] = useState(false)
  const uploading = useRef<AbortController | null>(null)
  const router = useRouter()
  const isOpen = isUploading || (view !== null && ['receiving', 'running'].includes(view.status))
  const take = useEffectEvent((next: ImportView | null) => {
    setView(next)
    if (next && !['receiving', 'running'].includes(next.status)) router.refresh()
  })
  useEffect(() => {
    if (!isOpen || isUploading) return
    const asking = new AbortController()
    const timer = setInterval(async () => {
      const next = await readImport(asking.signal)
      if (next) take(next)
    }, ASK_EVERY_MS)
    return () => {
      asking.abort()
      clearInterval(timer)
    }
  }, [isOpen, isUploading])
  const begin = async (file: File, environment: string) => {
    const controller = new AbortController()
    uploading.current = controller
    setProblem(null)
    setView(null)
    setUploading(true)
    const { signal } = controller
    const outcome = await uploadCapture({ file, environment, signal, onView: setView })
    setUploading(false)
    if (outcome.ok) setView(outcome.view)
    else if (!signal.aborted) {
      setView(null)
      setProblem(outcome.problem)
    }
  }
  const cancel = async () => {
    uploading.current?.abort()
    await fetch('/api/v1/imports', { method: 'DELETE' }).catch(() => null) // the next reading tells
    setView(await readImport(new AbortController().signal))
  }
  const clear = () => {
    setView(null)
    setProblem(null)
  }
  return { view, problem, isOpen, begin, cancel, clear }
}

async function readImport(signal: AbortSignal): Promise<ImportView | null> {
  try {
    const answer = await fetch('/api/v1/imports', { signal })
    if (!answer.ok) return null
    return ((await answer.json()) as { readonly import: ImportView | null }).import
  } catch {
    return null // aborted, or the server is away: asked again in a moment
  }
}
