// Patterns that users write for names: literal text with `*` for any run of characters. No other sign has a
// meaning, so that no pattern can be slow: matching looks for each literal once, from left to right.

/** The literals between the stars, in order: one more than there are stars. */
export type Glob = readonly string[]

export function parseGlob(pattern: string): Glob {
  return pattern.split('*')
}

/** What each star stands for (the earliest ones as short as possible), or null when it does not match. */
export function matchGlob(glob: Glob, text: string): readonly string[] | null {
  const first = glob[0]!
  const last = glob.length - 1
  if (last === 0) return text === first ? [] : null
  if (!text.startsWith(first)) return null
  const end = text.length - glob[last]!.length
  const captures: string[] = []
  let at = first.length
  for (let i = 1; i < last; i++) {
    const found = text.indexOf(glob[i]!, at)
    if (found < 0) return null
    captures.push(text.slice(at, found))
    at = found + glob[i]!.length
  }
  if (at > end || !text.endsWith(glob[last]!)) return null
  captures.push(text.slice(at, end))
  return captures
}

export function matchesAny(globs: readonly Glob[], text: string): boolean {
  return globs.some((glob) => matchGlob(glob, text) !== null)
}

/** A name that takes the place of those that a pattern matches; `$1` to `$9` are its stars, `$$` is a dollar. */
export type RewriteRule = { readonly glob: Glob; readonly name: string }

/** The name by the first rule that matches, or the name itself. */
export function rewriteName(rules: readonly RewriteRule[], name: string): string {
  for (const rule of rules) {
    const captures = matchGlob(rule.glob, name)
    if (captures === null) continue
    const rewritten = rule.name.replace(/\$([1-9$])/g, (_, sign: string) =>
      sign === '$' ? '$' : (captures[Number(sign) - 1] ?? ''),
    )
    return rewritten || name
  }
  return name
}
