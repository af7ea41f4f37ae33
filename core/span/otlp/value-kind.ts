// What kinds of values attributes have.

/** Kind of an AnyValue; `other` has no text of its own (arrays, kvlists, bytes). */
export const ValueKind = { none: 0, string: 1, bool: 2, int: 3, double: 4, other: 5 } as const

/** What usualValue (key-value.ts) gives beside a position. */
export const UNUSUAL = -1
export const ONE_INT = -2
