// The few protobuf forms of which tests and benches build OTLP requests by hand, fast.
// Source: opentelemetry-proto v1 trace.proto, common.proto; protobuf.dev, "Encoding".

const ATTRIBUTES = new Map<string, Buffer>()

/** KeyValue with a string or an integer; few distinct ones, so each is encoded once. */
export function attribute(key: string, value: string | number): Buffer {
  const name = `${key}\0${typeof value}\0${value}`
  const known = ATTRIBUTES.get(name)
  if (known) return known
  const any =
    typeof value === 'string'
      ? bytesField(1, Buffer.from(value))
      : Buffer.concat([Buffer.from([3 << 3]), varint(value)])
  const encoded = Buffer.concat([bytesField(1, Buffer.from(key)), bytesField(2, any)])
  ATTRIBUTES.set(name, encoded)
  return encoded
}

export function bytesField(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([fieldHead(field, bytes.length), bytes])
}

/** Tag and length of a field of bytes. field: below 16. */
export function fieldHead(field: number, length: number): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2]), varint(length)])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128)
  bytes.push(rest)
  return Buffer.from(bytes)
}
