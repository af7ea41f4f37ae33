// The classes of a button, so that links, buttons and menu triggers look alike.

const BASE =
  'inline-flex items-center justify-center gap-1.5 rounded-md text-[13px] font-medium ' +
  'whitespace-nowrap transition-colors disabled:opacity-45 disabled:pointer-events-none'

const KINDS = {
  solid: 'h-8 px-3 bg-solid text-on-solid hover:opacity-90',
  outline: 'h-8 px-3 border border-line-strong bg-surface text-ink hover:bg-hover',
  drift: 'h-8 px-3 bg-drift text-on-drift hover:opacity-90',
  quiet: 'h-8 px-2.5 text-muted hover:text-ink hover:bg-hover',
  icon: 'h-8 w-8 text-muted hover:text-ink hover:bg-hover',
} as const

export type ButtonKind = keyof typeof KINDS

/** Class names of one kind of button. */
export function buttonClass(kind: ButtonKind, more = ''): string {
  return `${BASE} ${KINDS[kind]} ${more}`
}

/** Class names of a text field, a select or a text area. */
export const FIELD_CLASS =
  'w-full rounded-md border border-line-strong bg-surface px-2.5 py-1.5 text-[14px] text-ink ' +
  'placeholder:text-faint focus-visible:outline-2 focus-visible:outline-offset-0'
