// Values as YAML that no reader misreads: text stands bare only when it is plain words, else in double quotes with
// everything escaped that is invisible, runs the other way or breaks lines, so that a review sees what is there.
// Source: YAML 1.2.2, chapters 7.3 and 5.7; words that YAML 1.1 reads as something else are quoted as well.
import { writeMoment } from './moment.ts'

/** What may stand in a file: data of the forms that core/baseline/file writes. */
export type YamlValue = string | number | boolean | Date | readonly YamlValue[] | YamlFields
export type YamlFields = { readonly [field: string]: YamlValue | undefined }

/** Readable on one line, and on it as a list. */
const LINE_CHARS_MAX = 96
const BARE = /^[\p{L}_](?:[\p{L}\p{N}_./@+*()~$=-]|:(?=[^\s:])| (?=[^\s:]))*$/u
const WORDS_OF_YAML = /^(?:y|n|yes|no|on|off|true|false|null|e[+-]?\d+)$/i
/** Not visible as what they are: controls, format and bidi signs, odd spaces, surrogates, unassigned, fillers. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu

/** A text in one line. */
export function writeText(text: string): string {
  if (BARE.test(text) && !WORDS_OF_YAML.test(text) && text.search(HIDDEN) < 0) return text
  return JSON.stringify(text).replace(HIDDEN, escapeChar)
}

function escapeChar(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code > 0xffff) return `\\U${code.toString(16).padStart(8, '0')}`
  return `\\u${code.toString(16).padStart(4, '0')}`
}

/** A value in one line, in flow form. */
export function writeInline(value: YamlValue): string {
  if (typeof value === 'string') return writeText(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Date) return writeMoment(value)
  if (isList(value)) return `[${value.map(writeInline).join(', ')}]`
  const fields = definedFields(value).map(([field, inner]) => `${field}: ${writeInline(inner)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

/**
 * `field: value`, as lines without the first one's indent: a list that is too long for its line stands an item a
 * line below. indent: of the field, in spaces.
 */
export function writeField(field: string, value: YamlValue, indent: number): string {
  const inline = `${field}: ${writeInline(value)}`
  if (!isList(value) || value.length === 0 || indent + inline.length <= LINE_CHARS_MAX)
    return inline
  const margin = ' '.repeat(indent + 2)
  return [`${field}:`, ...value.map((item) => `${margin}- ${writeInline(item)}`)].join('\n')
}

/** An item of a list, its fields a line each, the first after the dash. indent: of the dash, in spaces. */
export function writeItem(fields: YamlFields, indent: number): string {
  const margin = ' '.repeat(indent)
  const lines = definedFields(fields).map(([field, value]) => writeField(field, value, indent + 2))
  return `${margin}- ${lines.join(`\n${margin}  `)}`
}

/** Those that have a value, in their order. */
export function definedFields(fields: YamlFields): readonly (readonly [string, YamlValue])[] {
  return Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [[field, value] as const],
  )
}

function isList(value: YamlValue): value is readonly YamlValue[] {
  return Array.isArray(value)
}
