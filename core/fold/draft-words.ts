// The words and marks of the desk: see draft.ts.

/** Values of `parents` and `above` that are no span. */
export const NO_PARENT = -1
export const LOST_PARENT = -2

/** Bits of `marks`. */
export const Mark = {
  /** Another span of the trace has the same id. */
  shared: 1,
  /** A client-side span that a server-side span or a hop answered. */
  answered: 2,
  /** A client-side span whose message someone consumed. */
  consumed: 4,
  /** A client-side span that another span stands for (R8 batch, R9). */
  represented: 8,
  /** Reached the hold time, in this evaluation or before. */
  held: 16,
  /** Reached it in this evaluation. */
  newlyHeld: 32,
} as const

/** Words of `linked`: a span of any trace. */
export const LINKED_WORDS = 5
export const LINKED_ROW = 0
export const LINKED_SHAPE = 1
export const LINKED_SERVICE = 2
export const LINKED_ERROR = 3
export const LINKED_NEXT = 4

/** Words of `borrowed`. */
export const BORROWED_WORDS = 2
export const BORROWED_BROKER = 0
export const BORROWED_NEXT = 1
