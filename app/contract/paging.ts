// Lists in pieces: ?limit=&cursor= and {items, nextCursor}. A cursor is opaque to callers: the place after
// the last item, sealed to its route, and refused when it is of another or was made up.
import { z } from 'zod'

export const PAGE_ITEMS_MAX = 500
const PAGE_ITEMS = 100

/** The two fields of a list's query. key: what places an item in the list's order, as JSON. */
export function pageFields<K extends z.ZodType>(route: string, key: K) {
  return {
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(PAGE_ITEMS_MAX)
      .default(PAGE_ITEMS)
      .describe('How many items at most.'),
    cursor: z
      .string()
      .max(2000)
      .transform((text, context) => {
        const parsed = z.tuple([z.literal(route), key]).safeParse(decode(text))
        if (parsed.success) return (parsed.data as [string, z.output<K>])[1]
        context.addIssue('is no cursor of this list: leave it out to begin anew')
        return z.NEVER
      })
      .optional()
      .describe('nextCursor of the page before; left out: the first page.'),
  }
}

/** The answer of a list. */
export function pageOf<I extends z.ZodType>(item: I) {
  return z.strictObject({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('null: this was the last page.'),
  })
}

export type Page<T> = { readonly items: readonly T[]; readonly nextCursor: string | null }

/** A page of rows that were read one beyond the limit, so that the end is known. keyOf: of pageFields. */
export function cutPage<R, T>(
  rows: readonly R[],
  page: {
    readonly route: string
    readonly limit: number
    readonly keyOf: (row: R) => unknown
    readonly toItem: (row: R) => T
  },
): Page<T> {
  const kept = rows.slice(0, page.limit)
  const last = kept.at(-1)
  const isMore = rows.length > page.limit && last !== undefined
  return {
    items: kept.map(page.toItem),
    nextCursor: isMore ? encode([page.route, page.keyOf(last)]) : null,
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function decode(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return null
  }
}
