// The jobs of the worker: route what happened to alerts, deliver to a channel, look for what was left, keep the
// partitions, roll up, act on a node. A job that throws is tried again by the queue.
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { removeFinished } from '../storage/deliveries.ts'
import { DELIVER_CHANNEL, ROUTE_ALERTS, wakeAllDue } from '../storage/delivery-jobs.ts'
import { StorageError } from '../storage/failure.ts'
import { doNodeAct } from '../storage/node-act-request.ts'
import { maintainPartitions, type Retention } from '../storage/partitions.ts'
import { rollUp } from '../storage/rollup.ts'
import { routeAlerts } from '../storage/route-alerts.ts'
import type { Sql } from '../storage/sql.ts'
import { removeUnseen } from '../storage/unseen.ts'
import { untraced } from '../telemetry/trace.ts'
import { type Delivering, deliverChannel } from './deliver.ts'
import type { Log } from './log.ts'
import { createTurns } from './turns.ts'

/** The names under which jobs are added; the first three are written in the database's functions. */
export const TASKS = {
  routeAlerts: ROUTE_ALERTS,
  deliverChannel: DELIVER_CHANNEL,
  actOnNode: 'act-on-node',
  wakeDue: 'wake-due',
  maintainStorage: 'maintain-storage',
  rollUp: 'roll-up',
} as const

/** Of deliveries that were sent, given up or superseded. */
const FINISHED_KEPT_MS = 30 * 24 * 3_600_000

/** Plans deliveries of what happened to alerts. With no route it happened, and nobody is told. */
export function createRouteAlerts(sql: Sql, log: Log): Task {
  const turns = createTurns(async () => {
    const routed = await routeAlerts(sql, Date.now)
    if (routed.events > 0) log.info({ event: 'alerts.routed', ...routed })
  })
  return () => turns.take('all')
}

const Channel = z.object({ channelId: z.string() })

export type DeliverTask = {
  readonly task: Task
  /** Resolves when nothing is under way any more, and all outcomes are written. */
  readonly settled: () => Promise<void>
}

/** Sends what is due at a channel; never twice at once, whatever the queue does. */
export function createDeliverChannel(work: Delivering): DeliverTask {
  const turns = createTurns((channelId) => deliverChannel(work, channelId))
  const task: Task = (payload) => turns.take(Channel.parse(payload).channelId)
  return { task, settled: turns.settled }
}

/** Adds the jobs that are missing for what is due. */
export function createWakeDue(sql: Sql): Task {
  return () => untraced(() => wakeAllDue(sql, Date.now()))
}

/** Makes partitions ahead, drops those past their retention, and deletes deliveries that ended long ago. */
export function createMaintainStorage(sql: Sql, log: Log, retention: Retention): Task {
  return async () => {
    const nowMs = Date.now()
    const maintenance = await maintainPartitions(sql, nowMs, retention)
    const unseen = await removeUnseen(sql, nowMs - retention.day)
    const deliveries = await removeFinished(sql, nowMs - FINISHED_KEPT_MS)
    log.info({ event: 'storage.maintained', ...maintenance, unseen, deliveries })
  }
}

/** Rolls minutes up to hours and hours to days. */
export function createRollUp(sql: Sql, log: Log, waitMs: number): Task {
  return async () => {
    const startedMs = Date.now()
    const summed = await rollUp(sql, { nowMs: startedMs, waitMs })
    const durationMs = Date.now() - startedMs
    if (summed.hours + summed.days > 0)
      log.info({ event: 'storage.rolledUp', ...summed, durationMs })
  }
}

const NodeAct = z.intersection(
  z.object({
    environment: z.string(),
    nodeId: z.string(),
    actor: z.string(),
    reason: z.string(),
  }),
  z.discriminatedUnion('act', [
    z.object({ act: z.literal('forget') }),
    z.object({ act: z.literal('rename'), namespace: z.string(), name: z.string().min(1) }),
  ]),
)

/** Renames, merges or forgets a node, as somebody asked. What cannot be done is not tried again. */
export function createActOnNode(sql: Sql, log: Log): Task {
  return async (payload) => {
    const request = NodeAct.parse(payload)
    const { act, environment, nodeId } = request
    try {
      const outcome = await doNodeAct(sql, request)
      log.info({ event: 'node.changed', act, outcome, environment, nodeId })
    } catch (error) {
      if (!(error instanceof StorageError) || error.retryable) throw error
      const { code, message } = error
      log.warn({ event: 'node.refused', act, environment, nodeId, code, message })
    }
  }
}
