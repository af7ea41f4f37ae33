// Writes small tar archives for tests: ustar headers, and any type of entry.

export type Entry = {
  readonly name: string
  readonly content?: string | Uint8Array
  /** '0' regular (default), '5' folder, 'L' GNU long name, 'x' pax header. */
  readonly type?: string
  /** What the header says; default: the length of the content. */
  readonly size?: number
}

export function tarOf(...entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.map(blocksOf), Buffer.alloc(1024)])
}

function blocksOf({ name, content = '', type = '0', size }: Entry): Buffer {
  const bytes = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(name, 0, 100)
  header.write('0000644\0', 100)
  header.write(`${(size ?? bytes.length).toString(8).padStart(11, '0')}\0`, 124)
  header.write('        ', 148)
  header.write(type, 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)])
}

/** A pax record: its length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  let length = Buffer.byteLength(rest)
  while (String(length).length + Buffer.byteLength(rest) !== length) length++
  return `${length}${rest}`
}
