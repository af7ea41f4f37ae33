// Request bodies: read within limits, then inflated within limits. Nothing is read past a limit, whether a
// body says its length or not, and an inflating body stops at the limit too, so a zip bomb costs 16 MiB.
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, gunzipSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'
import { type BodyBudget, type BodyLimits, giveBackBytes, takeBytes } from './limits.ts'

export type BodyRefusal =
  | { readonly kind: 'tooLarge' }
  /** Too many bytes of other bodies are in memory. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'unknownEncoding' }
  | { readonly kind: 'damaged' }
  /** The sender went away. */
  | { readonly kind: 'gone' }

export type ReadBody =
  | {
      readonly kind: 'body'
      /** As it came: what a retry would repeat. */
      readonly sent: Uint8Array
      /** Inflated. */
      readonly bytes: Uint8Array
      readonly release: () => void
    }
  | BodyRefusal

const gunzipAsync = promisify(gunzip)
const zstdAsync = promisify(zstdDecompress)
/** As many as the thread pool has threads: more would only hold memory. */
const INFLATING_MAX = 4
/** So small, and inflating to no more, a body is inflated at once: it costs less than asking a thread to. */
const SMALL_BYTES = 8 * 1024
const SMALL_INFLATED_BYTES_MAX = 64 * 1024
const SMALL_CHUNK_BYTES = 16 * 1024
/** What is inflated at a time where the length is not told; then the parts are put together. */
const INFLATE_CHUNK_BYTES = 256 * 1024
const INFLATE_CHUNK_BYTES_MIN = 64
/** More than deflate can: a length that needs more is not believed. Source: zlib.net, "Maximum Compression Factor". */
const DEFLATE_RATIO_MAX = 1032

export type BodyReader = {
  readonly limits: BodyLimits
  readonly budget: BodyBudget
  readonly inflating: { count: number; readonly waiting: (() => void)[] }
}

export function createBodyReader(limits: BodyLimits, budget: BodyBudget): BodyReader {
  return { limits, budget, inflating: { count: 0, waiting: [] } }
}

/** Reads and inflates a body. The caller calls `release` once it is answered. Never throws on input. */
export async function readBody(reader: BodyReader, request: IncomingMessage): Promise<ReadBody> {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  if (!isKnownEncoding(encoding)) return { kind: 'unknownEncoding' }
  if (Number(request.headers['content-length'] ?? 0) > reader.limits.bodyBytesMax)
    return { kind: 'tooLarge' }
  const raw = await collectBody(reader, request)
  if (raw.kind !== 'body' || encoding === 'identity') return raw
  const { sent } = raw
  const inflated = await inflate(reader, sent, encoding)
  if (inflated.kind !== 'inflated') {
    raw.release()
    return inflated
  }
  const { bytes } = inflated
  // Already in memory: counted, so that the next body waits for it.
  reader.budget.bytes += bytes.length
  const release = releaseOnce(reader.budget, sent.length + bytes.length)
  return { kind: 'body', sent, bytes, release }
}

type Encoding = 'identity' | 'gzip' | 'zstd'

function isKnownEncoding(encoding: string): encoding is Encoding {
  return encoding === 'identity' || encoding === 'gzip' || encoding === 'zstd'
}

/** Listens rather than iterates: leaving an iteration destroys the socket before the answer is out. */
function collectBody(reader: BodyReader, request: IncomingMessage): Promise<ReadBody> {
  const { limits, budget } = reader
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = []
    let taken = 0
    const finish = (body: ReadBody) => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose)
      request.on('error', () => {})
      if (body.kind !== 'body') {
        giveBackBytes(budget, taken)
        // What is left is read and dropped, so that the sender gets to see the answer.
        request.resume()
      }
      resolve(body)
    }
    const onData = (chunk: Uint8Array) => {
      if (taken + chunk.length > limits.bodyBytesMax) return finish({ kind: 'tooLarge' })
      if (!takeBytes(budget, chunk.length)) return finish({ kind: 'busy' })
      taken += chunk.length
      chunks.push(chunk)
    }
    const onEnd = () => {
      const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      finish({ kind: 'body', sent: bytes, bytes, release: releaseOnce(budget, taken) })
    }
    const onClose = () => finish({ kind: 'gone' })
    request.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose)
  })
}

function releaseOnce(budget: BodyBudget, bytes: number): () => void {
  let left = bytes
  return () => {
    giveBackBytes(budget, left)
    left = 0
  }
}

type Inflated = { readonly kind: 'inflated'; readonly bytes: Uint8Array } | BodyRefusal

async function inflate(
  reader: BodyReader,
  bytes: Uint8Array,
  encoding: 'gzip' | 'zstd',
): Promise<Inflated> {
  const small = bytes.length <= SMALL_BYTES ? inflateSmall(bytes, encoding, reader.limits) : null
  return small ?? inflateInTurn(reader, bytes, encoding)
}

/** Null when it is not as small as it looked. A small body thus never waits for the large ones before it. */
function inflateSmall(
  bytes: Uint8Array,
  encoding: 'gzip' | 'zstd',
  { bodyBytesMax }: BodyLimits,
): Inflated | null {
  const maxOutputLength = Math.min(SMALL_INFLATED_BYTES_MAX, bodyBytesMax)
  const options = { maxOutputLength, chunkSize: SMALL_CHUNK_BYTES }
  try {
    const inflate = encoding === 'gzip' ? gunzipSync : zstdDecompressSync
    return { kind: 'inflated', bytes: inflate(bytes, options) }
  } catch (error) {
    const refusal = refusalOf(error)
    return refusal.kind === 'tooLarge' ? null : refusal
  }
}

async function inflateInTurn(
  reader: BodyReader,
  bytes: Uint8Array,
  encoding: 'gzip' | 'zstd',
): Promise<Inflated> {
  const { inflating, limits } = reader
  if (inflating.count >= INFLATING_MAX)
    await new Promise<void>((resolve) => inflating.waiting.push(resolve))
  inflating.count++
  try {
    const chunkSize = encoding === 'gzip' ? chunkOfGzip(bytes, limits) : INFLATE_CHUNK_BYTES
    const options = { maxOutputLength: limits.bodyBytesMax, chunkSize }
    const inflated =
      encoding === 'gzip' ? await gunzipAsync(bytes, options) : await zstdAsync(bytes, options)
    return { kind: 'inflated', bytes: inflated }
  } catch (error) {
    return refusalOf(error)
  } finally {
    inflating.count--
    inflating.waiting.shift()?.()
  }
}

/** Expected: the limit, or zlib's and zstd's codes for damaged input. Errors: throws what is neither. */
function refusalOf(error: unknown): BodyRefusal {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ERR_BUFFER_TOO_LARGE') return { kind: 'tooLarge' }
  if (/^(Z_|ZSTD_)/.test(code)) return { kind: 'damaged' }
  throw error
}

/**
 * The length that the end of a gzip member tells, and one more, so that one call inflates all of it; it is only
 * a hint, and what it may cost is bounded. Source: RFC 1952, ISIZE.
 */
function chunkOfGzip(bytes: Uint8Array, { bodyBytesMax }: BodyLimits): number {
  const { buffer, byteOffset, length } = bytes
  if (length < 4) return INFLATE_CHUNK_BYTES_MIN
  const told = new DataView(buffer, byteOffset, length).getUint32(length - 4, true)
  const bytesMax = Math.min(bodyBytesMax, length * DEFLATE_RATIO_MAX)
  return Math.max(INFLATE_CHUNK_BYTES_MIN, Math.min(told, bytesMax) + 1)
}
