// Reads TypeScript as text, as far as a style checker needs it: the header comment, and the code
// without comments and strings. No parser: where text is ambiguous it errs on the side of silence.

/** The comment a file starts with, after a shebang or a directive; '' when there is none. */
export function headerOf(text: string): string {
  const rest = text.replace(/^#!.*\n/, '').replace(/^(['"])use (client|server)\1;?\n+/, '')
  const header = /^\s*((?:\/\/.*\n)+|\/\*[\s\S]*?\*\/)/.exec(rest)
  return header?.[1] ?? ''
}

/** The text with comments and the insides of strings blanked; line breaks stay. */
export function codeOnly(text: string): string {
  const shape =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[(,=:[!&|?{};\n]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g
  return text.replace(shape, (match) => {
    if (match.startsWith('`')) return keepSubstitutions(match)
    return match.startsWith('/') ? match.replace(/[^\n]/g, ' ') : "''"
  })
}

/** What stands in `${}` of a template is code. */
function keepSubstitutions(template: string): string {
  return [...template.matchAll(/\$\{([^{}]*)\}/g)].map((match) => match[1]).join(';') || "''"
}
