'use client'
// What shapes, lines and badges mean. Drawn with the same glyphs and tokens as the map.
import { ChevronDown } from 'lucide-react'
import { NODE_KINDS, type NodeKind } from '../../core/graph/node.ts'
import { KIND_LABELS, KIND_PATHS, QUESTION_PATH } from './graph-icons.ts'

export function Legend({ hasBaseline }: { readonly hasBaseline: boolean }) {
  return (
    <details className="group absolute bottom-3 left-3 max-w-[calc(100%-5rem)] rounded-lg border bg-surface text-[12.5px] shadow-sm">
      <summary className="flex list-none items-center gap-1.5 px-2.5 py-1.5 font-medium text-muted hover:text-ink">
        Legend
        <ChevronDown size={13} aria-hidden className="rotate-180 group-open:rotate-0" />
      </summary>
      <div className="grid gap-x-6 gap-y-1.5 border-t px-3 py-2.5 sm:grid-cols-2">
        <ul className="flex flex-col gap-1.5">
          {NODE_KINDS.map((kind) => (
            <li key={kind} className="flex items-center gap-2.5">
              <ShapeSwatch kind={kind} />
              {KIND_LABELS[kind]}
            </li>
          ))}
        </ul>
        <ul className="flex flex-col gap-1.5">
          <LineSwatch
            line="stroke-edge"
            width={1.4}
            text={hasBaseline ? 'in the baseline' : 'seen'}
          />
          <LineSwatch line="stroke-drift" width={3.25} badge="+" text="new: not in the baseline" />
          <LineSwatch
            line="stroke-drift"
            width={2.25}
            badge="×"
            text="rejected: kept out of the baseline"
          />
          <LineSwatch line="stroke-edge" width={1.4} dash="5 4" text="known from one side only" />
          <li className="flex items-center gap-2.5">
            <svg width="38" height="20" aria-hidden="true">
              <rect
                x="4"
                y="2"
                width="30"
                height="16"
                rx="4"
                className="fill-surface stroke-line-strong"
                strokeDasharray="3 3"
              />
            </svg>
            service that sends no spans
          </li>
          <li className="flex items-center gap-2.5">
            <svg width="38" height="20" aria-hidden="true">
              <g transform="translate(9.500 0.500) scale(0.78)">
                <circle
                  cx="12"
                  cy="12"
                  r="10.500"
                  className="fill-canvas stroke-muted"
                  strokeWidth="2"
                />
                <path d={QUESTION_PATH} fill="none" className="stroke-muted" strokeWidth="2.4" />
              </g>
            </svg>
            requests whose caller is unknown
          </li>
        </ul>
      </div>
    </details>
  )
}

const OUTLINES: { readonly [kind in NodeKind]: string } = {
  service: 'M7 2h24a3 3 0 0 1 3 3v10a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3V5a3 3 0 0 1 3-3z',
  database: 'M4 4q15-4 30 0v12q-15 4-30 0z',
  messaging: 'M8 2h22l4 4v8l-4 4H8l-4-4V6z',
  external: 'M8 2h22l5 8-5 8H8l-5-8z',
  user: 'M19 2c9 0 16 3.600 16 8s-7 8-16 8-16-3.600-16-8 7-8 16-8z',
}

function ShapeSwatch({ kind }: { readonly kind: NodeKind }) {
  return (
    <svg width="38" height="20" aria-hidden="true">
      <path d={OUTLINES[kind]} className="fill-surface stroke-line-strong" />
      <g transform="translate(13.500 4.500) scale(0.46)">
        <path d={KIND_PATHS[kind]} fill="none" className="stroke-muted" strokeWidth="2.2" />
      </g>
    </svg>
  )
}

type LineSwatchProps = {
  readonly line: string
  readonly width: number
  readonly text: string
  readonly badge?: string
  readonly dash?: string
}

function LineSwatch({ line, width, text, badge, dash }: LineSwatchProps) {
  return (
    <li className="flex items-center gap-2.5">
      <svg width="38" height="20" aria-hidden="true">
        <path d="M2 10h30" className={line} strokeWidth={width} strokeDasharray={dash} />
        <path d="M30 5.500l6 4.500-6 4.500" fill="none" className={line} strokeWidth="1.6" />
        {badge ? (
          <>
            <circle cx="16" cy="10" r="6" className="fill-drift" />
            <text
              x="16"
              y="13.500"
              textAnchor="middle"
              fontSize="10"
              fontWeight="700"
              className="fill-on-drift"
            >
              {badge}
            </text>
          </>
        ) : null}
      </svg>
      {text}
    </li>
  )
}
