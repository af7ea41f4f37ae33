// How far the demo is, as the page needs it: read from what /api/v1/commands says of the command that tells it.

export type DemoState = {
  readonly status: 'running' | 'done' | 'failed' | 'stopped'
  /** Where in the story it is: see STEPS. */
  readonly phase: string
  /** What it does now, in words. */
  readonly note: string
  /** Unix ms by the server's clock: when what the note says ends; null when nobody knows. */
  readonly untilMs: number | null
  /** Why it failed; null otherwise. */
  readonly message: string | null
}

/** A command as the API tells it; more fields than these are there. */
export type ToldCommand = {
  readonly kind: string
  readonly status: DemoState['status']
  readonly note: string
  readonly message: string | null
  readonly details: { readonly [name: string]: string | number | null }
}

/** The newest run of the demo; null when this server has run none. */
export function findDemo(commands: readonly ToldCommand[]): DemoState | null {
  const command = commands.find((each) => each.kind === 'demo')
  if (!command) return null
  const { status, note, message, details } = command
  const { phase, untilMs } = details
  return {
    ...{ status, note, message },
    phase: typeof phase === 'string' ? phase : '',
    untilMs: typeof untilMs === 'number' ? untilMs : null,
  }
}

export const STEPS = ['Learn', 'Approve', 'Attack', 'You decide'] as const

const STEP_BY_PHASE: { readonly [phase: string]: number } = {
  baseline: 1,
  attack: 2,
  settling: 2,
  traffic: 3,
}

/** Position in STEPS. */
export function stepOf(demo: DemoState | null): number {
  if (demo?.status !== 'running') return STEPS.length - 1
  return STEP_BY_PHASE[demo.phase] ?? 0
}
