// What the schema refuses, in words a person can act on, each at its place in the text.
import type { z } from 'zod'
import { closestWord, type FileProblem } from './place.ts'
import { offsetOf, placeAt, type YamlRead } from './read-yaml.ts'
import {
  entrySchema,
  FILE_FORM,
  patternSchema,
  ruleSchema,
  shellSchema,
  taggedNodeSchema,
} from './schema.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** path: of the value that was checked. Shapes: at least one problem an issue. */
export function explainIssues(
  read: YamlRead,
  issues: readonly Issue[],
  path: Path,
): readonly FileProblem[] {
  return issues.flatMap((issue) => explain(read, issue, [...path, ...issue.path]))
}

function explain(read: YamlRead, issue: Issue, path: Path): readonly FileProblem[] {
  const problem = (message: string, at: Path = path, of: 'key' | 'value' = 'value') => ({
    ...placeAt(read.lines, offsetOf(read, at, of)),
    message,
  })
  const value = valueAt(read.value, path)
  const field = String(path.findLast((step) => typeof step === 'string') ?? 'the file')
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => problem(unknownField(key, path), [...path, key], 'key'))
    case 'invalid_union':
      if (value === undefined) return [problem(`${field} is missing`)]
      return explainUnion(read, issue, path) ?? [problem(neitherForm(field, path, value))]
    case 'invalid_type':
      if (value === undefined) return [problem(`${field} is missing`)]
      return [problem(wrongType(field, TYPES[issue.expected] ?? issue.expected, value))]
    case 'invalid_value':
      if (value === undefined) return [problem(`${field} is missing`)]
      return [problem(wrongWord(field, issue.values.map(String), value))]
    case 'too_small':
    case 'too_big':
      return [problem(`${field} are numbers from 0 to 65535`)]
    case 'custom':
    case 'invalid_format':
      return [problem(issue.message)]
    default:
      return [problem(`${field}: ${issue.message}`)]
  }
}

const TYPES: { readonly [expected: string]: string } = {
  string: 'text',
  object: 'fields, each on a line as name: value',
  array: 'a list, each item on a line after a dash',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
}

function wrongType(field: string, expected: string, value: unknown): string {
  const isOtherScalar = typeof value === 'number' || typeof value === 'boolean'
  if (expected === 'text' && isOtherScalar)
    return `${field} must be text, and YAML reads ${String(value)} as a ${typeof value === 'number' ? 'number' : 'truth value'}; put it in quotes`
  if (value === null && expected === 'text') return `${field} has no value; fill it in or remove it`
  return `${field} must be ${expected}`
}

function wrongWord(field: string, words: readonly string[], value: unknown): string {
  const written = typeof value === 'string' ? value : JSON.stringify(value)
  const close = closestWord(written, words)
  const hint = close ? `did you mean ${close}?` : `write ${inWords(words)}`
  if (field === 'strayline') return `this must be ${FILE_FORM}, the only form there is`
  return `${field} cannot be ${JSON.stringify(value)}; ${hint}`
}

function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** The branch that was meant, by the form of what was written; null when it was neither. */
function explainUnion(
  read: YamlRead,
  issue: Issue & { readonly code: 'invalid_union' },
  path: Path,
): readonly FileProblem[] | null {
  const value = valueAt(read.value, path)
  const isFields = typeof value === 'object' && value !== null && !Array.isArray(value)
  const meant = issue.errors.find((branch) => {
    const isRefused = branch.some((each) => each.path.length === 0 && isOfForm(each))
    return !isRefused && (isFields || typeof value === 'string')
  })
  return meant === undefined ? null : explainIssues(read, meant, path)
}

function neitherForm(field: string, path: Path, value: unknown): string {
  if (path[0] === 'rules')
    return `${field} must be any, or fields such as { kind: service, name: checkout-* }`
  if (typeof value === 'number' || typeof value === 'boolean')
    return wrongType(field, 'text', value)
  return `${field} must be text, or fields such as { kind: service, name: checkout }`
}

/** The value is not even of the branch's form. */
function isOfForm(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value'
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined
    at = (at as { readonly [key: PropertyKey]: unknown })[step]
  }
  return at
}

function unknownField(key: string, path: Path): string {
  const close = closestWord(key, fieldsAt(path))
  const hint = close ? `did you mean ${close}?` : `there are ${fieldsAt(path).join(', ')}`
  return `${JSON.stringify(key)} is no field here; ${hint}`
}

function fieldsAt(path: Path): readonly string[] {
  const [list, , ...inner] = path
  if (list === undefined) return Object.keys(shellSchema.shape)
  if (inner.length > 0 && list === 'rules') return Object.keys(patternSchema.options[1].shape)
  if (inner.length > 0) return ['kind', 'namespace', 'name', 'environment']
  const schema = { entries: entrySchema, rules: ruleSchema, nodes: taggedNodeSchema }[String(list)]
  return schema ? Object.keys(schema.shape) : []
}
