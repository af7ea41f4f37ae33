// A mutant: one small fault planted into a folder of the core, and the rule it breaks.

export type Mutant = {
  /** What goes wrong, in words. */
  readonly name: string
  /** The rule of the rule book, or the part of the streaming, that no longer holds. */
  readonly rule: string
  /** In the subject's folder. */
  readonly file: string
  /** Occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
}

/** What mutants are planted into, and what must notice them. */
export type Subject = {
  /** From the root; loaded anew for each mutant. */
  readonly folder: string
  /** Files, from the root. */
  readonly tests: readonly string[]
  readonly mutants: readonly Mutant[]
}

export type Verdict =
  | { readonly kind: 'killed'; readonly by: string }
  /** Every test passed: one is missing. */
  | { readonly kind: 'survived' }
  /** The text is not there, or there twice, or the file no longer loads with it. */
  | { readonly kind: 'invalid'; readonly reason: string }

/** What each test costs, in ms, by name: the quick ones are run first. */
export type Costs = { readonly [test: string]: number }

/** What a thread is asked to do. mutant: null stands for none at all, the control. */
export type Order = {
  readonly number: number
  readonly mutant: Mutant | null
  readonly costs: Costs
}

export type Answer = { readonly number: number; readonly verdict: Verdict; readonly costs: Costs }

/** [rule, what goes wrong, text, replacement] */
type Line = readonly [string, string, string, string]

export function mutantsOf(file: string, lines: readonly Line[]): Mutant[] {
  return lines.map(([rule, name, find, replace]) => ({ rule, name, file, find, replace }))
}
