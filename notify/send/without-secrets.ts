// The last gate of a sentence: whatever a receiver echoes, no secret of the channel leaves in it.
import type { Channel } from '../../core/notify/channel.ts'

const PART_CHARACTERS_MIN = 4
const MARK = '[secret]'
/** How plainText ends what it cuts. */
const CUT = '…'

/** Also parts of a secret that stand for it: the path of a URL, a token behind `Bearer`, a quoted or encoded form. */
export function withoutSecrets(sentence: string, channel: Channel): string {
  const { ca: _shown, ...secrets } = channel.secrets
  const address = 'url' in channel.settings ? partsOfUrl(channel.settings.url) : []
  const hidden = [...Object.values(secrets).flatMap(partsOf), ...address]
    .filter((part) => part.length >= PART_CHARACTERS_MIN)
    .toSorted((a, b) => b.length - a.length)
  const whole = hidden.reduce((text, part) => text.replaceAll(part, MARK), sentence)
  return hidden.reduce(withoutBeginning, whole)
}

/** An answer may be cut within a secret: its beginning, then, stands before the cut. */
function withoutBeginning(text: string, part: string): string {
  const end = text.lastIndexOf(CUT)
  for (let length = Math.min(part.length, end); length >= PART_CHARACTERS_MIN; length--) {
    const start = end - length
    if (text.slice(start, end) === part.slice(0, length))
      return `${text.slice(0, start)}${MARK}${text.slice(end)}`
  }
  return text
}

function partsOf(secret: string): string[] {
  const stated = secret.trim()
  const words = [stated, ...stated.split(/\s+/)]
  return words.flatMap((word) => [
    word,
    encodeURIComponent(word),
    JSON.stringify(word).slice(1, -1),
    Buffer.from(word, 'utf8').toString('base64'),
    ...partsOfUrl(word),
  ])
}

/** All behind the host: paths and queries of webhooks hold tokens. */
function partsOfUrl(text: string): string[] {
  const url = URL.parse(text)
  if (!url || url.host === '') return []
  const behind = `${url.pathname}${url.search}`
  const pieces = behind.split(/[/?&=]/).filter((piece) => /[A-Z0-9_-]{10}/i.test(piece))
  return [text, url.href, ...(behind === '/' ? [] : [behind, url.pathname]), ...pieces]
}
