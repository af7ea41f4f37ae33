// The glyph of a node's kind, the same that the canvas draws.
import type { NodeKind } from '../../core/graph/node.ts'
import { KIND_LABELS, KIND_PATHS } from '../map/graph-icons.ts'

export function KindIcon({ kind, size = 16 }: { readonly kind: NodeKind; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      className="shrink-0 text-muted"
      role="img"
      aria-label={KIND_LABELS[kind]}
    >
      <path d={KIND_PATHS[kind]} />
    </svg>
  )
}
