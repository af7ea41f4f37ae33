// Lists inside rows. unnest flattens nested arrays, so a list that belongs to one row travels as
// the text of a Postgres array, still a parameter, and is cast there. Source: PostgreSQL manual,
// 8.15.6.

/** Each text once, sorted by its UTF-8 bytes as collation "C" does, the smallest so many. */
export function textsLiteral(texts: readonly string[], countMax: number): string {
  if (texts.length === 0) return '{}'
  const sorted = [...new Set(texts)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const quoted = sorted.slice(0, countMax).map((text) => `"${text.replace(/[\\"]/g, '\\$&')}"`)
  return `{${quoted.join()}}`
}

/** Each number once, ascending, the smallest so many. */
export function numbersLiteral(numbers: readonly number[], countMax: number): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b)
  return `{${sorted.slice(0, countMax).join()}}`
}
