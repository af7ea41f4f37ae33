// Bounding and cleaning of text that strangers sent, before it is stored anywhere.
// The same text always gives the same result, in both decoders.

const CONTROL = /\p{Cc}/gu
/** `…` is 3 bytes of UTF-8, `#` and 8 hex digits are 9. */
const SUFFIX_BYTES = 12

/**
 * Text with control characters (C0, DEL, C1) and lone surrogates replaced by U+FFFD, at most bytesMax
 * bytes of UTF-8 (bytesMax >= 16). What is longer is cut between two characters and ends in `…#` and 8
 * hex digits of the hash of the whole text, so that two long names stay two.
 */
export function boundText(text: string, bytesMax: number): string {
  if (text.length * 3 <= bytesMax) return cleanText(text)
  if (text.length <= bytesMax) {
    const clean = cleanText(text)
    if (cutLength(clean, bytesMax) === clean.length) return clean
  }
  const head = cleanText(text.slice(0, bytesMax))
  return `${head.slice(0, cutLength(head, bytesMax - SUFFIX_BYTES))}…#${hashText(text)}`
}

function cleanText(text: string): string {
  return text.toWellFormed().replace(CONTROL, '\ufffd')
}

/** How many code units of well-formed text fit into bytesMax bytes of UTF-8, whole characters only. */
function cutLength(text: string, bytesMax: number): number {
  let bytes = 0
  let at = 0
  while (at < text.length) {
    const unit = text.charCodeAt(at)
    const isPair = unit >= 0xd800 && unit <= 0xdbff
    bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : isPair ? 4 : 3
    if (bytes > bytesMax) return at
    at += isPair ? 2 : 1
  }
  return at
}

/** FNV-1a over code units, 8 hex digits. Not for secrets. */
function hashText(text: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
