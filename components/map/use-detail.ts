'use client'
// Reads what the panel shows, whenever something else is chosen and whenever the view changes.
import { useEffect, useState } from 'react'

export type Detail<T> =
  | { readonly state: 'reading' }
  | { readonly state: 'gone' }
  | { readonly state: 'failed' }
  | { readonly state: 'here'; readonly value: T }

/** address: a path of our own API. revision: any value that changes when the answer may have. */
export function useDetail<T>(address: string, revision: unknown): Detail<T> {
  const [detail, setDetail] = useState<{ address: string; detail: Detail<T> }>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision asks again
  useEffect(() => {
    const reading = new AbortController()
    const show = (next: Detail<T>) => {
      if (!reading.signal.aborted) setDetail({ address, detail: next })
    }
    readJson(address, reading.signal).then(
      (value) => show(value === null ? { state: 'gone' } : { state: 'here', value: value as T }),
      () => show({ state: 'failed' }),
    )
    return () => reading.abort()
  }, [address, revision])
  return detail?.address === address ? detail.detail : { state: 'reading' }
}

/** The answer, or null for 404. Errors: rejects for every other answer that is not good. */
async function readJson(address: string, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(address, { signal })
  if (answer.status === 404) return null
  if (!answer.ok) throw new Error(`${address} answered ${answer.status}`)
  return answer.json()
}
