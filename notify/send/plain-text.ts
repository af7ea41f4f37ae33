// Text of a receiver's answer as it may stand in a sentence of ours: one line, printable, short.

/** Control characters, and those that turn the direction of text or hide. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]+/gu

export function plainText(text: string, charactersMax: number): string {
  const line = text.replace(UNPRINTABLE, ' ').replace(/\s+/g, ' ').trim().toWellFormed()
  const characters = [...line.slice(0, 2 * charactersMax + 2)]
  return characters.length > charactersMax
    ? `${characters.slice(0, charactersMax).join('')}…`
    : line
}
