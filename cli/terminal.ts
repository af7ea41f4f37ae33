// What a command says on stderr beside its output: progress on one line that it wipes again, only where
// a person looks on, and complaints. Stdout belongs to the output.

const REDRAW_MS = 100
let drawnMs = 0
let isDrawn = false

/** Shows the state of a long read, at most ten times a second, only on a terminal. */
export function showProgress(text: string): void {
  if (!process.stderr.isTTY || Date.now() - drawnMs < REDRAW_MS) return
  drawnMs = Date.now()
  isDrawn = true
  process.stderr.write(`\r\u001b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
}

export function clearProgress(): void {
  if (isDrawn) process.stderr.write('\r\u001b[K')
  isDrawn = false
}

/** One sentence about what went wrong, without a stack. */
export function complain(sentence: string): void {
  clearProgress()
  process.stderr.write(`strayline: ${sentence}\n`)
}
