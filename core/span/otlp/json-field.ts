// Reading fields of parsed JSON whose shape nobody promised.
import { Malformed } from './malformed.ts'

export type JsonObject = { readonly [name: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The field by its JSON name, else by its name in the .proto file. */
export function field(object: JsonObject, camel: string, snake: string): unknown {
  const value = object[camel]
  return value === undefined && snake !== camel ? object[snake] : value
}

/** A repeated message field; absent and null are empty. Throws Malformed when it is anything else. */
export function listOf(object: JsonObject, camel: string, snake: string): readonly JsonObject[] {
  const value = field(object, camel, snake)
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new Malformed(`${camel} is not an array`)
  for (const item of value) {
    if (!isObject(item)) throw new Malformed(`${camel} holds something that is not an object`)
  }
  return value
}
