// The bytes of a file -> the files in it: gzip, zstd and tar in each other, told by their first bytes.
// What unpacks to too much is refused rather than filling the memory.
import { constants, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { packingOf } from '../core/span/import/packing.ts'
import { readTar } from '../core/span/import/tar.ts'
import { describeSystemError } from './system-error.ts'

/** name: '' for the file itself, else where in it: `folder/a.json`. */
export type PackedFile =
  | { readonly ok: true; readonly name: string; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly name: string; readonly reason: string }

/** Of one file, all its layers and members together. */
export const UNPACKED_BYTES_MAX = 4 * 1024 ** 3
/** `x.tar.gz` has two layers; archives in archives need a few more. */
const LAYERS_MAX = 6

type Budget = { bytesLeft: number }

/** Yields the files in order; a damaged one is named and the rest follows. Throws nothing on input. */
export function* unpack(
  bytes: Uint8Array,
  unpackedBytesMax: number = UNPACKED_BYTES_MAX,
): Generator<PackedFile, void, void> {
  yield* filesIn({ name: '', bytes, layers: 0 }, { bytesLeft: unpackedBytesMax })
}

type Layer = { readonly name: string; readonly bytes: Uint8Array; readonly layers: number }

function* filesIn(layer: Layer, budget: Budget): Generator<PackedFile, void, void> {
  const { name, bytes, layers } = layer
  const packing = packingOf(bytes)
  if (bytes.length === 0) yield { ok: false, name, reason: 'it is empty' }
  else if (packing === 'none') yield { ok: true, name, bytes }
  else if (layers >= LAYERS_MAX) {
    yield { ok: false, name, reason: `it is packed more than ${LAYERS_MAX} times` }
  } else if (packing === 'tar') yield* filesInArchive(layer, budget)
  else {
    const { content, reason } = decompress(bytes, packing, budget)
    if (reason !== '') yield { ok: false, name, reason }
    if (reason !== '' && content.length === 0) return
    yield* filesIn({ name, bytes: content, layers: layers + 1 }, budget)
  }
}

function* filesInArchive(
  { name, bytes, layers }: Layer,
  budget: Budget,
): Generator<PackedFile, void, void> {
  let isEmpty = true
  for (const entry of readTar(bytes)) {
    isEmpty = false
    const place = [name, entry.name].filter((part) => part !== '').join('/')
    if (entry.ok) yield* filesIn({ name: place, bytes: entry.bytes, layers: layers + 1 }, budget)
    else yield { ok: false, name: place, reason: entry.reason }
  }
  if (isEmpty) yield { ok: false, name, reason: 'it is an archive without files' }
}

/** reason: '' when all went well; else content is what came out before the damage. */
type Unpacked = { readonly content: Uint8Array; readonly reason: string }

/** A file that ends too early, as a recording that was killed leaves it, still gives its beginning. */
function decompress(bytes: Uint8Array, packing: 'gzip' | 'zstd', budget: Budget): Unpacked {
  const whole = attempt(bytes, packing, { bytesMax: budget.bytesLeft, mayBeCut: false })
  const isCut = whole.code === 'Z_BUF_ERROR'
  const { content } = isCut
    ? attempt(bytes, packing, { bytesMax: budget.bytesLeft, mayBeCut: true })
    : whole
  budget.bytesLeft -= content.length
  return { content, reason: whole.reason }
}

type Attempt = Unpacked & { readonly code: string | undefined }
type Limits = { readonly bytesMax: number; readonly mayBeCut: boolean }

function attempt(bytes: Uint8Array, packing: 'gzip' | 'zstd', limits: Limits): Attempt {
  const maxOutputLength = Math.max(1, limits.bytesMax)
  const finishFlush = limits.mayBeCut ? constants.Z_SYNC_FLUSH : constants.Z_FINISH
  try {
    const content =
      packing === 'gzip'
        ? gunzipSync(bytes, { maxOutputLength, finishFlush })
        : zstdFrames(bytes, limits)
    return { content, reason: '', code: undefined }
  } catch (error) {
    const reason = `it is damaged ${packing}: ${describeSystemError(error)}`
    const { code } = error as NodeJS.ErrnoException
    return { content: new Uint8Array(0), reason, code }
  }
}

/** With `info`, zlib also gives the stream, whose bytesWritten counts the input it took. */
type Informed = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }

/** All frames: unlike gunzipSync, zlib stops after the first. */
function zstdFrames(bytes: Uint8Array, { bytesMax, mayBeCut }: Limits): Buffer {
  const frames: Buffer[] = []
  const finishFlush = mayBeCut ? constants.ZSTD_e_flush : constants.ZSTD_e_end
  let bytesLeft = bytesMax
  for (let at = 0; at < bytes.length; ) {
    const options = { maxOutputLength: Math.max(1, bytesLeft), finishFlush, info: true }
    const result: unknown = zstdDecompressSync(bytes.subarray(at), options)
    const { buffer, engine } = result as Informed
    frames.push(buffer)
    bytesLeft -= buffer.length
    at += Math.max(1, engine.bytesWritten)
  }
  return frames.length === 1 ? frames[0]! : Buffer.concat(frames)
}
