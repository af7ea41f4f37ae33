// Which edges become one when nodes are merged: pairs of (from, into), handed to the module of each table that
// hangs on an edge.

export type EdgePair = { readonly from: bigint; readonly into: bigint }

/** The two columns of pairs, as parameters of unnest. */
export function pairColumns(pairs: readonly EdgePair[]): {
  readonly from: string[]
  readonly into: string[]
} {
  return {
    from: pairs.map((pair) => String(pair.from)),
    into: pairs.map((pair) => String(pair.into)),
  }
}
