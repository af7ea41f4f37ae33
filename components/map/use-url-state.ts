'use client'
// What the map shows is in the URL, so that a link is a view. Changes replace the entry of the history and
// do not ask the server; environment and window do, by navigation.
import { usePathname, useSearchParams } from 'next/navigation'
import { useCallback } from 'react'

export type MapPart = 'map' | 'table' | 'both'

export type MapUrl = {
  /** Element id (graph-elements.ts) of what the panel shows. */
  readonly select: string | null
  readonly show: MapPart
  /** Queries of the find language, as typed. */
  readonly find: string
  readonly hide: string
}

export type UrlChange = { readonly [name in keyof MapUrl]?: string | null }

/** The map's part of the URL and how to change it; null or '' takes a parameter out. */
export function useMapUrl(): readonly [MapUrl, (change: UrlChange) => void] {
  const params = useSearchParams()
  const path = usePathname()
  const change = useCallback(
    (wanted: UrlChange) => {
      const next = new URLSearchParams(window.location.search)
      for (const [name, value] of Object.entries(wanted))
        if (value) next.set(name, value)
        else next.delete(name)
      const query = next.toString()
      window.history.replaceState(null, '', query ? `${path}?${query}` : path)
    },
    [path],
  )
  const select = params.get('select')
  const show = params.get('show')
  return [
    {
      select: select !== null && /^[ne]\d{1,20}$/.test(select) ? select : null,
      show: show === 'table' || show === 'both' ? show : 'map',
      find: params.get('find') ?? '',
      hide: params.get('hide') ?? '',
    },
    change,
  ]
}
