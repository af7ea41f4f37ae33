// The spans of a capture as plain values, whatever its form.
import { readCapture } from '../../../core/span/import/sniff.ts'
import type { CaptureRequest } from '../../../core/span/import/value.ts'
import { resourceAttributes, spanAttributes } from './read-batch.ts'

export function readAll(content: string): CaptureRequest[] {
  return [...readCapture(new TextEncoder().encode(content))]
}

export function spansOf(content: string) {
  return readAll(content).flatMap((request) => {
    if (!request.ok) throw new Error(`${request.place}: ${request.reason}`)
    const { batch } = request
    return Array.from({ length: batch.count }, (_, span) => ({
      traceId: hexAt(batch.traceIds, span, 16),
      spanId: hexAt(batch.spanIds, span, 8),
      parentId: hexAt(batch.parentIds, span, 8).replace(/^0+$/, ''),
      kind: batch.kinds[span],
      flags: batch.flags[span],
      startUnixNano: batch.startUnixNanos[span],
      endUnixNano: batch.endUnixNanos[span],
      resource: resourceAttributes(batch, span),
      attributes: spanAttributes(batch, span),
      links: linksAt(batch.linkSpanIds, batch.linkStarts, span),
    }))
  })
}

function linksAt(spanIds: Uint8Array, starts: Uint32Array, span: number): string[] {
  const links: string[] = []
  for (let link = starts[span]!; link < starts[span + 1]!; link++)
    links.push(hexAt(spanIds, link, 8))
  return links
}

function hexAt(bytes: Uint8Array, row: number, width: number): string {
  return Buffer.from(bytes.subarray(row * width, row * width + width)).toString('hex')
}
