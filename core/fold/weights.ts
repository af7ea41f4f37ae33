// Sampling weights in the fold: a span of a known weight has a shape of its own that differs only in it, so
// that a span takes no more room. A sender with a new threshold every second must not use up the shapes:
// weights have a bound of their own, above which they are rounded to powers of two, and above that unknown.
import { coarseWeight } from '../span/sampling.ts'
import type { ShapeTable } from './shape.ts'

/** Position in `table.shapes` of this shape with a weight. code: above WEIGHT_ONE. */
export function weightedShape(table: ShapeTable, shape: number, code: number): number {
  const { weighted, options } = table
  const known = weighted.get(shape * 2 ** 16 + code)
  if (known !== undefined) return known
  if (weighted.size >= options.shapesMax) {
    const coarse = coarseWeight(code)
    if (coarse !== code) return weightedShape(table, shape, coarse)
    if (weighted.size >= 2 * options.shapesMax) return shape
  }
  const id = table.shapes.push({ ...table.shapes[shape]!, weight: code }) - 1
  weighted.set(shape * 2 ** 16 + code, id)
  return id
}
