// What people and programs write, as schemas that the declared routes and the server actions share.
import { z } from 'zod'

/** Text that Postgres can hold. */
export const StorableText = z
  .string()
  .refine((text) => !text.includes('\0'), 'must not hold NUL')
  .refine((text) => text.isWellFormed(), 'must be Unicode text')

export const Environment = StorableText.min(1).max(600)
/** Why a person decided so. */
export const Reason = StorableText.trim().min(1).max(1000)
/** What a person is called. */
export const PersonName = StorableText.trim().min(1).max(120)

/** Ids of stored nodes, edges and alerts: whole numbers, as text. */
export const StoredId = z.string().regex(/^\d{1,18}$/)

/** What goes into the database as JSON: every text in it must be one that Postgres can hold. */
export function storable<S extends z.ZodType>(schema: S): S {
  return schema.refine((value) => isStorable(value), 'must be Unicode text without NUL')
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return StorableText.safeParse(value).success
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).flat().every(isStorable)
}
