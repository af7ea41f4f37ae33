// Schemas that have a name of their own in the OpenAPI document, so that several routes can refer to them.
import type { z } from 'zod'

const NAMES = new Map<z.ZodType, string>()

/** Gives a schema its name in the document: a noun, unique. */
export function named<S extends z.ZodType>(name: string, schema: S): S {
  NAMES.set(schema, name)
  return schema
}

/** Undefined for one without a name of its own. */
export function findName(schema: z.ZodType): string | undefined {
  return NAMES.get(schema)
}

export function listNamed(): Iterable<readonly [z.ZodType, string]> {
  return NAMES
}
