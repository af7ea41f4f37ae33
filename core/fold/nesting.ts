// R9: nested client-side spans of one service that are the same call count once. Nesting alone must
// not hide a second destination.
import { type Draft, isAnswered, isAnsweredByName } from './draft.ts'
import * as draftWords from './draft-words.ts'
import * as options from './options.ts'
import * as role from './role.ts'
import type { ShapeWords } from './shape-words.ts'
import * as shapeWords from './shape-words.ts'
import { isClientSide } from './view.ts'

const { Mark } = draftWords
const { NESTING_MAX } = options
const { Role } = role
const { NO_TEXT, SHAPE_BITS, SHAPE_HOST, SHAPE_PORT, SHAPE_TARGET, ShapeBit } = shapeWords

/** Marks the client-side spans that another one stands for. Answers must be known. */
export function representNested(draft: Draft): void {
  const { count, roles, services, above } = draft
  for (let inner = 0; inner < count; inner++) {
    const service = services[inner]!
    if (service < 0 || !isClientSide(draft, inner)) continue
    // A proxy's call is no nested span of the service it stands for.
    if (draft.proxies?.relays.has(inner)) continue
    let outer = above[inner]!
    for (let level = 0; level < NESTING_MAX && outer >= 0; level++) {
      if (services[outer] !== service || outer === inner) break
      if (isClientSide(draft, outer)) compareNested(draft, outer, inner)
      else if (roles[outer] !== Role.internal) break
      outer = above[outer]!
    }
  }
}

function compareNested(draft: Draft, outer: number, inner: number): void {
  const { table, marks } = draft
  const { words } = table
  const outerShape = draft.shapes[outer]!
  const innerShape = draft.shapes[inner]!
  const isSame = hasSameTarget(table, outerShape, innerShape)
  if (!isAnswered(draft, inner)) {
    if (
      isSame ||
      hasSameHost(table, outerShape, innerShape) ||
      isTransport(table, outerShape, innerShape)
    )
      marks[inner]! |= Mark.represented
    return
  }
  const bits = words[outerShape + SHAPE_BITS]!
  if (isSame) marks[outer]! |= Mark.represented
  else if (bits & ShapeBit.toStore) return
  else if (
    // (a), second half: the outer one names the service that answered the inner one.
    (bits & ShapeBit.toService &&
      isAnsweredByName(draft, inner, words[outerShape + SHAPE_TARGET]!)) ||
    hasSameHost(table, outerShape, innerShape)
  )
    marks[outer]! |= Mark.represented
}

/** (a), first half. */
function hasSameTarget({ words }: ShapeWords, outer: number, inner: number): boolean {
  const target = words[outer + SHAPE_TARGET]!
  return target >= 0 && target === words[inner + SHAPE_TARGET]
}

/** (b): the inner one is the transport of the outer one to the same host. */
function hasSameHost({ words }: ShapeWords, outer: number, inner: number): boolean {
  if (words[inner + SHAPE_BITS]! & (ShapeBit.database | ShapeBit.messaging)) return false
  const host = words[outer + SHAPE_HOST]!
  if (host === NO_TEXT || host !== words[inner + SHAPE_HOST]) return false
  const port = words[outer + SHAPE_PORT]!
  const innerPort = words[inner + SHAPE_PORT]!
  return port === 0 || innerPort === 0 || port === innerPort
}

/** (c): a layered call without a host over a plain call to an external host. */
function isTransport({ words }: ShapeWords, outer: number, inner: number): boolean {
  const outerBits = words[outer + SHAPE_BITS]!
  const innerBits = words[inner + SHAPE_BITS]!
  return (
    (outerBits & ShapeBit.layered) !== 0 &&
    words[outer + SHAPE_HOST] === NO_TEXT &&
    (innerBits & ShapeBit.layered) === 0 &&
    words[inner + SHAPE_HOST] !== NO_TEXT &&
    (innerBits & ShapeBit.toExternal) !== 0
  )
}
