// How a long command tells how far it is: to a person at a terminal (one line that is drawn over, sentences),
// or to a program (one JSON object a line on stdout), such as the web process, with which it then also ends.
import { clearProgress, complain, showProgress } from './terminal.ts'

export const PROGRESS_FORMS = ['terminal', 'json'] as const
export type ProgressForm = (typeof PROGRESS_FORMS)[number]

/** How far a command is. sent, total: spans; total null while it is not known. note: what it does now. */
export type Step = {
  readonly sent: number
  readonly total: number | null
  readonly note: string
  /** What programs are told beside it. */
  readonly phase?: string
  /** Unix ms: when what the note says ends; null when nobody knows. */
  readonly untilMs?: number | null
}

/** Something that was left out. file: as it was named to the command; place: where in it, or ''. */
export type Problem = { readonly file: string; readonly place: string; readonly reason: string }

export type Progress = {
  /** May be called often; what is told is thinned out. */
  readonly step: (step: Step) => void
  readonly problem: (problem: Problem) => void
  /** The end, when all went well. counts: for programs; sentence: for people. */
  readonly done: (counts: { readonly [name: string]: number }, sentence: string) => void
  /** The end, when it did not. */
  readonly fail: (sentence: string) => void
}

const TELL_EVERY_MS = 200

export function openProgress(form: ProgressForm): Progress {
  return form === 'json' ? openForProgram() : openForPerson()
}

function openForPerson(): Progress {
  return {
    step: ({ sent, total, note }) =>
      showProgress(`${note}: ${total === null ? sent : `${sent} of ${total}`} spans`),
    problem: ({ file, place, reason }) =>
      complain(`${[file, place].filter((part) => part !== '').join(': ')}: ${reason}`),
    done: (_counts, sentence) => {
      clearProgress()
      process.stdout.write(`${sentence}\n`)
    },
    fail: complain,
  }
}

/** Ends with the process that reads the lines, however that one ends. */
function openForProgram(): Progress {
  process.once('disconnect', () => process.exit(1))
  process.channel?.unref() // listening to its end must not keep this process alive
  const tell = (line: { readonly type: string; readonly [field: string]: unknown }) =>
    process.stdout.write(`${JSON.stringify(line)}\n`)
  let toldMs = 0
  let toldNote = ''
  return {
    step: (step) => {
      const nowMs = Date.now()
      if (step.note === toldNote && nowMs - toldMs < TELL_EVERY_MS) return
      toldMs = nowMs
      toldNote = step.note
      tell({ type: 'progress', ...step })
    },
    problem: (problem) => tell({ type: 'problem', ...problem }),
    done: (counts) => tell({ type: 'done', ...counts }),
    fail: (message) => tell({ type: 'failed', message }),
  }
}
