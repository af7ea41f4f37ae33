// How we know an edge, in words: which rule inferred its calls, what that is worth, and what to fix in the
// instrumentation when no call was ever seen from both sides. Names in these texts are shown by <Name>.
// Source: EDGES.md R5 to R10; docs/guide/edges.md says the same at length.
import { TRUST_RULES, type Trust, type TrustRule } from '../../core/graph/edge.ts'
import type { NodeKind } from '../../core/graph/node.ts'

/** Calls by rule, as a line each. */
export const TRUST_WORDS: { readonly [rule in TrustRule]: string } = {
  paired: 'reported by both sides',
  hop: 'spans below, without a server span',
  clientOnly: 'reported by the caller only',
  serverOnly: 'reported by the callee only',
  peer: 'one side names the other',
  messaging: 'through a queue or topic',
  link: 'through a queue or topic, by span link',
}

export type TrustEnd = {
  readonly kind: NodeKind
  readonly name: string
  /** Spans of its own were seen. */
  readonly isObserved: boolean
}

export type TrustView = {
  readonly verdict: string
  /** What to do about it; null when there is nothing to fix. */
  readonly fix: Fix | null
}

/** A sentence with a name in it, which came from a span; '' when it has none. */
export type Fix = { readonly before: string; readonly name: string; readonly after: string }

/** The verdict on an edge. Shapes: any trust, also one without calls. */
export function judgeTrust(trust: Trust, source: TrustEnd, target: TrustEnd): TrustView {
  const total = TRUST_RULES.reduce((sum, rule) => sum + trust[rule], 0)
  if (trust.paired > 0)
    return {
      verdict:
        trust.paired === total
          ? 'Both sides have reported every call.'
          : 'Both sides have reported some of the calls.',
      fix: null,
    }
  if (source.kind === 'messaging' || target.kind === 'messaging')
    return {
      verdict: 'A queue or topic sends no spans: its producers and consumers report it.',
      fix: null,
    }
  if (trust.link + trust.messaging > 0)
    return { verdict: 'A message was sent and received; its queue is not named.', fix: NAME_QUEUE }
  if (source.kind === 'user')
    return { verdict: 'A request from outside: only the callee can report it.', fix: null }
  if (source.kind === 'external')
    return { verdict: 'Nobody reports these callers; only the callee does.', fix: FIND_CALLER }
  if (target.kind !== 'service')
    return {
      verdict: `Only the caller reports this: ${SILENT[target.kind] ?? 'the other end'} sends no spans.`,
      fix: null,
    }
  if (trust.hop > 0) return { verdict: HOP, fix: serverSpanFix(target.name) }
  return oneSided(trust, source, target)
}

const HOP = 'Spans of the callee continue the caller’s, but its own server span is missing.'
const NAME_QUEUE: Fix = sentence(
  'State messaging.destination.name on the producer’s or the consumer’s span, and the queue is on the map.',
)
const FIND_CALLER: Fix = sentence(
  'Their parent spans never arrive: instrument the callers, or check that their exporters work.',
)
const SILENT: { readonly [kind in NodeKind]?: string } = {
  database: 'a database',
  external: 'a host outside',
}

function sentence(before: string): Fix {
  return { before, name: '', after: '' }
}

/** Between two services, without a pair. */
function oneSided(trust: Trust, source: TrustEnd, target: TrustEnd): TrustView {
  const isCalleeSilent = trust.serverOnly === 0 && !target.isObserved
  if (isCalleeSilent)
    return {
      verdict: 'Only the caller reports this.',
      fix: instrument(target.name),
    }
  if (!source.isObserved)
    return {
      verdict: 'Only the callee reports this, by the name of its caller.',
      fix: instrument(source.name),
    }
  if (trust.serverOnly > 0)
    return {
      verdict: 'Only the callee reports this; the caller’s own client span is missing.',
      fix: {
        before: 'Instrument the outgoing calls of ',
        name: source.name,
        after: ': its HTTP, gRPC or database client.',
      },
    }
  return {
    verdict: 'Only one side reports this, although both send spans.',
    fix: {
      before: 'Check that traceparent reaches ',
      name: target.name,
      after: ': a proxy or an old client may drop it.',
    },
  }
}

function serverSpanFix(name: string): Fix {
  return { before: 'Instrument the incoming requests of ', name, after: '.' }
}

function instrument(name: string): Fix {
  return { before: 'Instrument ', name, after: ', or check that its exporter works.' }
}
