// A command that the dashboard runs as a child process, as it stands: what the API hands out.

export const COMMAND_KINDS = ['demo', 'import'] as const
export type CommandKind = (typeof COMMAND_KINDS)[number]

export type CommandStatus = 'running' | 'done' | 'failed' | 'stopped'

export type CommandState = {
  readonly kind: CommandKind
  /** Tells one run from the next. */
  readonly id: string
  readonly status: CommandStatus
  /** E-mail address of who started it, or 'serve'. */
  readonly startedBy: string
  /** Unix ms. */
  readonly startedMs: number
  /** Unix ms; null while it runs. */
  readonly endedMs: number | null
  /** Spans; total null while it is not known. */
  readonly sent: number
  readonly total: number | null
  /** What it does now, in a word: 'reading', 'sending', 'settling'. */
  readonly note: string
  /** What else the last line of its progress told. */
  readonly details: { readonly [name: string]: string | number | null }
  /** What could not be read, the first ones, and how many in all. Untrusted text. */
  readonly problems: readonly { readonly place: string; readonly reason: string }[]
  readonly problemCount: number
  /** Why it failed; null otherwise. */
  readonly message: string | null
  /** What it said of itself at the end: named numbers. */
  readonly result: { readonly [name: string]: number }
  /** What the starter wants to be remembered with it, such as the environment. */
  readonly about: { readonly [name: string]: string }
}
