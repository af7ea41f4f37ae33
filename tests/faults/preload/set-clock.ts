// Loaded into a collector before it starts: the wall clock is off by as many ms as the file named by FAULT_FILE
// says, at any moment; the monotonic clock goes on.
import { readFileSync } from 'node:fs'

const file = String(process.env.FAULT_FILE)
const now = Date.now
let offsetMs = readOffset()
setInterval(() => {
  offsetMs = readOffset()
}, 20).unref()
Date.now = () => now() + offsetMs

function readOffset(): number {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return 0 // not written yet
  }
}
