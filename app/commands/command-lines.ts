// What a command of ours writes on its standard output when it is asked for `--progress json`: one object a
// line. Lines that are none of these are skipped, so that a newer command can say more.
import { z } from 'zod'

/** What one command tells beside what all tell: short words and numbers. */
const Detail = z.union([z.string().max(200), z.number(), z.null()])

const Progress = z
  .object({
    type: z.literal('progress'),
    sent: z.number(),
    total: z.number().nullable(),
    note: z.string(),
  })
  .catchall(Detail)
const Problem = z.object({
  type: z.literal('problem'),
  place: z.string(),
  reason: z.string(),
})
const Failed = z.object({ type: z.literal('failed'), message: z.string() })
const Done = z.looseObject({ type: z.literal('done') })

const Line = z.discriminatedUnion('type', [Progress, Problem, Failed, Done])
export type CommandLine = z.infer<typeof Line>

/** Null when the text is no such line. Never throws. */
export function parseCommandLine(text: string): CommandLine | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null // something else was printed
  }
  return Line.safeParse(value).data ?? null
}

/** Cuts a stream of text into its lines; a line over `charactersMax` is dropped. */
export function createLineReader(
  charactersMax: number,
  onLine: (line: string) => void,
): (text: string) => void {
  let rest = ''
  let isDropping = false
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!isDropping && line.length <= charactersMax) onLine(line)
      isDropping = false
    }
    if (rest.length <= charactersMax) return
    rest = ''
    isDropping = true
  }
}
