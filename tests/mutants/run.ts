// Runs mutants in threads of their own. One that hangs is ended and counts as killed: a test that never returns
// fails, too.
import { Worker } from 'node:worker_threads'
import type { Answer, Order, Subject, Verdict } from './mutant.ts'

/** How much longer than the control a mutant may take before it counts as hung. */
const PATIENCE = { factor: 3, moreMs: 10_000 }
const CONTROL_MS_MAX = 300_000

/** The control, which must survive, and then a verdict a mutant, in order. threads: at once. */
export async function runMutants(
  subject: Subject,
  threads: number,
): Promise<{ readonly control: Verdict; readonly verdicts: readonly Verdict[] }> {
  const startedMs = performance.now()
  const none = { number: 0, mutant: null, costs: {} }
  const [control = hung(none)] = await runOrders(subject, [none], {
    threads: 1,
    limitMs: CONTROL_MS_MAX,
  })
  if (control.verdict.kind !== 'survived') return { control: control.verdict, verdicts: [] }
  const limitMs = (performance.now() - startedMs) * PATIENCE.factor + PATIENCE.moreMs
  const { costs } = control
  const orders = subject.mutants.map((mutant, i) => ({ number: i + 1, mutant, costs }))
  const answers = await runOrders(subject, orders, { threads, limitMs })
  return { control: control.verdict, verdicts: answers.map(({ verdict }) => verdict) }
}

async function runOrders(
  subject: Subject,
  orders: readonly Order[],
  { threads, limitMs }: { readonly threads: number; readonly limitMs: number },
): Promise<Answer[]> {
  const answers: Answer[] = []
  let next = 0
  const lane = async () => {
    let worker = startWorker(subject)
    for (let at = next++; at < orders.length; at = next++) {
      const answer = await ask(worker, orders[at]!, limitMs)
      answers[at] = answer ?? hung(orders[at]!)
      if (answer) continue
      await worker.terminate()
      worker = startWorker(subject)
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: threads }, lane))
  return answers
}

function hung({ number }: Order): Answer {
  return { number, verdict: { kind: 'killed', by: 'its time was over' }, costs: {} }
}

function startWorker({ folder, tests }: Subject): Worker {
  // Taking types off is an experiment of Node's, which says so once a thread.
  return new Worker(new URL('./worker.ts', import.meta.url), {
    ...{ execArgv: ['--no-warnings'], workerData: { folder, tests } },
  })
}

/** Null when no answer came in time. */
function ask(worker: Worker, order: Order, limitMs: number): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    const settle = (answer: Answer | null) => {
      clearTimeout(timer)
      worker.off('message', settle).off('error', reject)
      resolve(answer)
    }
    const timer = setTimeout(() => settle(null), limitMs)
    worker.on('message', settle).on('error', reject)
    worker.postMessage(order)
  })
}
