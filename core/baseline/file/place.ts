// Where something stands in a baseline file, and what is wrong there, in words.

/** Line and column count from 1, in UTF-16 code units, as editors do. */
export type Place = { readonly line: number; readonly column: number }

/** One thing to repair. message: a sentence without its full stop. */
export type FileProblem = Place & { readonly message: string }

/** The word of those known that is one or two slips away from what was written; null when none is. */
export function closestWord(written: string, known: readonly string[]): string | null {
  const slipsMax = written.length < 5 ? 1 : 2
  let best: string | null = null
  let fewest = slipsMax + 1
  for (const word of known) {
    if (Math.abs(word.length - written.length) > slipsMax) continue
    const slips = countSlips(written.toLowerCase(), word.toLowerCase())
    if (slips >= fewest) continue
    best = word
    fewest = slips
  }
  return best
}

/** Letters to add, drop, change or swap with the next (optimal string alignment). */
function countSlips(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const isSame = from[i - 1] === to[j - 1]
      let slips = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1))
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
      if (isSwap) slips = Math.min(slips, beforeLast[j - 2]! + 1)
      row.push(slips)
    }
    beforeLast = last
    last = row
  }
  return last[to.length]!
}
