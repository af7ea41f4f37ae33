'use client'
// The live wire of the open tab: one event stream, shared by everything on the page. It closes while the
// tab is hidden. Each time it opens it says "changed" once, so that what was missed is read.
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { type Pulse, parsePulse } from './pulse.ts'

const RETRY_MS = 3000

export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'paused'

type Live = {
  readonly state: LiveState
  /** The newest pulse; null before the first. */
  readonly pulse: Pulse | null
  /** Calls back at each change of the graph or the alerts, until unsubscribed. */
  readonly onChange: (listener: () => void) => () => void
}

const LiveContext = createContext<Live | null>(null)

export function useLive(): Live {
  const live = useContext(LiveContext)
  if (!live) throw new Error('useLive needs a LiveProvider above it')
  return live
}

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [state, setState] = useState<LiveState>('connecting')
  const [pulse, setPulse] = useState<Pulse | null>(null)
  const listeners = useRef(new Set<() => void>())
  useEffect(() => {
    const announce = () => {
      for (const listener of listeners.current) listener()
    }
    return runWire({ onState: setState, onPulse: setPulse, onChange: announce })
  }, [])
  // The same function for good: who listens must not have to listen anew at each pulse.
  const onChange = useCallback((listener: () => void) => {
    listeners.current.add(listener)
    return () => {
      listeners.current.delete(listener)
    }
  }, [])
  const live = useMemo<Live>(() => ({ state, pulse, onChange }), [state, pulse, onChange])
  return <LiveContext value={live}>{children}</LiveContext>
}

type Wire = {
  readonly onState: (state: LiveState) => void
  readonly onPulse: (pulse: Pulse) => void
  readonly onChange: () => void
}

/** Opens the stream whenever the tab is visible. Returns how to end it. */
function runWire(wire: Wire): () => void {
  let source: EventSource | null = null
  let retry: ReturnType<typeof setTimeout> | undefined
  const close = () => {
    clearTimeout(retry)
    source?.close()
    source = null
  }
  const open = () => {
    close()
    source = new EventSource('/api/v1/events')
    source.addEventListener('open', () => {
      wire.onState('live')
      // What happened between the server's reading and this moment was told to nobody here.
      wire.onChange()
    })
    source.addEventListener('pulse', (event) => readPulse(event, wire.onPulse))
    source.addEventListener('change', (event) => {
      readPulse(event, wire.onPulse)
      wire.onChange()
    })
    source.addEventListener('end', leaveWhenSignedOut)
    source.addEventListener('error', () => {
      wire.onState('reconnecting')
      if (source?.readyState !== EventSource.CLOSED) return
      void leaveWhenSignedOut()
      retry = setTimeout(open, RETRY_MS)
    })
  }
  const follow = () => {
    if (document.visibilityState === 'visible') return open()
    close()
    wire.onState('paused')
  }
  follow()
  document.addEventListener('visibilitychange', follow)
  return () => {
    document.removeEventListener('visibilitychange', follow)
    close()
  }
}

function readPulse(event: MessageEvent<unknown>, onPulse: (pulse: Pulse) => void): void {
  const pulse = parsePulse(event.data)
  if (pulse) onPulse(pulse)
}

/** A stream that was refused may mean that the session has ended: then this page has nothing to show. */
async function leaveWhenSignedOut(): Promise<void> {
  const answer = await fetch('/api/v1/session').catch(() => null)
  if (answer?.status !== 401) return
  const next = window.location.pathname + window.location.search
  window.location.assign(`/sign-in?next=${encodeURIComponent(next)}`)
}
