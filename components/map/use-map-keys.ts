'use client'
// Keys that work anywhere on the map page, unless something is being typed.
import { useEffect, useEffectEvent } from 'react'

export type MapKeys = {
  readonly onSearch: () => void
  /** To the next thing found, or the one before. */
  readonly onStepFound: (by: 1 | -1) => void
  readonly onToggleTable: () => void
  readonly onEscape: () => void
}

export function useMapKeys(keys: MapKeys): void {
  const act = useEffectEvent((event: KeyboardEvent) => {
    if (event.altKey || event.defaultPrevented) return
    const isDialogOpen = document.querySelector('dialog[open]') !== null
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== 'k' || isDialogOpen) return
      event.preventDefault()
      return keys.onSearch()
    }
    if (event.key === 'Escape') return keys.onEscape()
    if (isTyping(event.target) || isDialogOpen) return
    if (event.key === '/') {
      event.preventDefault()
      keys.onSearch()
    } else if (event.key === 'n') keys.onStepFound(1)
    else if (event.key === 'm') keys.onStepFound(-1)
    else if (event.key === 't' || event.key === 'T') keys.onToggleTable()
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => act(event)
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [])
}

/** Whether keys belong to a field. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.closest('input, textarea, select, [contenteditable]') !== null
}
