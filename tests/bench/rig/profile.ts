// Which stage of the collector used how much processor time: V8's profiles of its two threads say what share of a
// thread's time a stage had, /proc says how much time that was. Inflating and writing files run in threads of
// their own, told apart by where they spend their time: inflating in user space, writing in the kernel.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { CpuTimes, ThreadTime } from './cpu.ts'

export const STAGES = ['receive', 'gunzip', 'decode', 'journal', 'fold', 'commit', 'other'] as const
export type Stage = (typeof STAGES)[number]
export type StageShares = { readonly [stage in Stage]: number }

type Node = {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string }
  readonly children?: readonly number[]
}
type Profile = {
  readonly nodes: readonly Node[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** By where a frame's source lies; the innermost frame that says something decides. */
const PLACES: readonly (readonly [part: string, stage: Stage])[] = [
  ['core/span/record', 'journal'],
  ['core/span/', 'decode'],
  ['core/fold/', 'fold'],
  ['core/graph/', 'fold'],
  ['collector/journal/', 'journal'],
  ['collector/snapshot', 'fold'],
  ['collector/fold-', 'fold'],
  ['collector/pipeline', 'fold'],
  ['collector/source', 'journal'],
  ['collector/receive/', 'receive'],
  ['collector/commit', 'commit'],
  ['storage/', 'commit'],
  ['node_modules/postgres/', 'commit'],
  ['node_modules/@grpc/', 'receive'],
  ['node:zlib', 'gunzip'],
  ['node:internal/fs', 'journal'],
  ['node:fs', 'journal'],
  ['node:_http', 'receive'],
  ['node:internal/http', 'receive'],
  ['node:net', 'receive'],
  ['node:internal/stream', 'receive'],
]

/**
 * Shares of the time between two readings, of the process and its database, by stage; they add up to 1.
 * folder: where --cpu-prof put the profiles of both threads.
 */
export function readStageShares(folder: string, before: CpuTimes, after: CpuTimes): StageShares {
  const seconds = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>
  for (const thread of after.byThread) {
    const since = before.byThread.find(({ id }) => id === thread.id)
    const { userSeconds, systemSeconds } = since ? differ(thread, since) : thread
    if (thread.name === 'libuv-worker') {
      seconds.gunzip += userSeconds
      seconds.journal += systemSeconds
    } else if (thread.name === 'MainThread' || thread.name === 'WorkerThread') {
      const shares = sharesOf(findProfile(folder, thread.name === 'MainThread' ? 0 : 1))
      for (const [stage, share] of shares) seconds[stage] += share * (userSeconds + systemSeconds)
    } else if (!thread.name.startsWith('v8:Prof')) seconds.other += userSeconds + systemSeconds
  }
  seconds.commit += after.databaseSeconds - before.databaseSeconds
  const total = STAGES.reduce((sum, stage) => sum + seconds[stage], 0)
  const shares = STAGES.map((stage) => [stage, Number((seconds[stage] / total).toFixed(3))])
  return Object.fromEntries(shares) as StageShares
}

function differ(thread: ThreadTime, since: ThreadTime) {
  return {
    userSeconds: thread.userSeconds - since.userSeconds,
    systemSeconds: thread.systemSeconds - since.systemSeconds,
  }
}

/** Names are CPU.date.time.pid.thread.number: the main thread is 0, the fold's the first after it. */
function findProfile(folder: string, thread: number): Profile {
  const name = readdirSync(folder).find((each) => each.split('.')[4] === String(thread))
  if (name === undefined) throw new Error(`thread ${thread} of the collector left no profile`)
  return JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Profile
}

/** Of the time in which the thread was not idle. */
function sharesOf({ nodes, samples, timeDeltas }: Profile): ReadonlyMap<Stage, number> {
  const stageOf = new Map<number, Stage | null>()
  const visit = (node: Node, inherited: Stage): void => {
    const { functionName, url } = node.callFrame
    const stage = PLACES.find(([part]) => url.includes(part))?.[1] ?? inherited
    stageOf.set(node.id, functionName === '(idle)' ? null : stage)
    for (const id of node.children ?? []) visit(byId.get(id)!, stage)
  }
  const byId = new Map(nodes.map((node) => [node.id, node]))
  visit(nodes[0]!, 'other')
  const sums = new Map<Stage, number>()
  let total = 0
  samples.forEach((id, i) => {
    const stage = stageOf.get(id)
    if (!stage) return
    sums.set(stage, (sums.get(stage) ?? 0) + timeDeltas[i]!)
    total += timeDeltas[i]!
  })
  return new Map([...sums].map(([stage, sum]) => [stage, sum / total]))
}
