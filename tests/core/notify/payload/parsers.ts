// What is sent as text, read back by the letter of its specification, and by nothing of ours: RFC 5424 with its
// structured data, and CEF. Anything outside of the grammar throws.

export type SyslogMessage = {
  readonly priority: number
  readonly timestamp: string
  readonly host: string
  readonly app: string
  readonly process: string
  readonly messageId: string
  readonly dataId: string
  readonly params: ReadonlyMap<string, string>
  readonly text: string
}

/** RFC 5424 section 6: HEADER SP SD-ELEMENT SP BOM UTF-8-STRING; of structured data exactly one element. */
const SYSLOG =
  /^<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) \[([^\s="\]]{1,32})((?: [^\s="\]]{1,32}="(?:[^"\\\]]|\\["\\\]])*")*)\] \ufeff([^\r\n\0]*)$/u
const PARAM = / ([^\s="\]]{1,32})="((?:[^"\\\]]|\\["\\\]])*)"/gu

export function parseSyslog(line: string): SyslogMessage {
  const parts = SYSLOG.exec(line)
  if (!parts) throw new Error(`Not RFC 5424: ${line.slice(0, 300)}`)
  const [, priority, timestamp, host, app, process, messageId, dataId, params, text] = parts
  const read = [...params!.matchAll(PARAM)].map(
    ([, name, value]) => [name!, value!.replace(/\\(["\\\]])/g, '$1')] as const,
  )
  return {
    priority: Number(priority),
    timestamp: timestamp!,
    host: host!,
    app: app!,
    process: process!,
    messageId: messageId!,
    dataId: dataId!,
    params: new Map(read),
    text: text!,
  }
}

export type CefMessage = {
  /** Version, vendor, product, product version, id, name, severity. */
  readonly header: readonly string[]
  readonly extension: ReadonlyMap<string, string>
}

/** Character by character: seven fields ended by a pipe, then key=value pairs, the next key after the last space. */
export function parseCef(text: string): CefMessage {
  const header: string[] = []
  let field = ''
  let at = 0
  while (header.length < 7) {
    const sign = text[at]
    if (sign === undefined || sign === '\n' || sign === '\r')
      throw new Error('CEF: header ends early')
    if (sign === '\\') {
      const next = text[at + 1]
      if (next !== '\\' && next !== '|') throw new Error(`CEF: \\${next} in the header`)
      field += next
      at += 2
    } else if (sign === '|') {
      header.push(field)
      field = ''
      at++
    } else {
      field += sign
      at++
    }
  }
  return { header, extension: parseExtension(text.slice(at)) }
}

function parseExtension(text: string): ReadonlyMap<string, string> {
  const tokens: string[] = []
  let token = ''
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!
    if (sign === '\\') {
      const next = text[++at]
      if (next !== '\\' && next !== '=' && next !== 'n' && next !== 'r')
        throw new Error(`CEF: \\${next} in the extension`)
      token += next === 'n' ? '\n' : next === 'r' ? '\r' : next
    } else if (sign === '=') {
      tokens.push(token)
      token = ''
    } else if (sign === '\n' || sign === '\r') throw new Error('CEF: a line break')
    else token += sign
  }
  tokens.push(token)
  // Between two `=` stands a value, a space, and the next key.
  const pairs = new Map<string, string>()
  let key = tokens[0]!
  for (const [index, rest] of tokens.slice(1).entries()) {
    const isLast = index === tokens.length - 2
    const space = rest.lastIndexOf(' ')
    if (!/^[A-Za-z0-9_]+$/.test(key)) throw new Error(`CEF: key ${JSON.stringify(key)}`)
    if (pairs.has(key)) throw new Error(`CEF: ${key} twice`)
    pairs.set(key, isLast ? rest : rest.slice(0, space))
    key = rest.slice(space + 1)
  }
  return pairs
}
