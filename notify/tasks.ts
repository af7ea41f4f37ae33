// The jobs of the worker: deliver an alert, keep the partitions, roll up, act on a node. A job that throws is
// tried again by the queue.
import type { Task } from 'graphile-worker'
import { z } from 'zod'
import { readAlert } from '../storage/alerts.ts'
import { StorageError } from '../storage/failure.ts'
import { doNodeAct } from '../storage/node-act-request.ts'
import { maintainPartitions, type Retention } from '../storage/partitions.ts'
import { rollUp } from '../storage/rollup.ts'
import type { Sql } from '../storage/sql.ts'
import { removeUnseen } from '../storage/unseen.ts'
import type { Log } from './log.ts'

/** The names under which jobs are added; `deliver-alert` and `act-on-node` are written in the database's functions. */
export const TASKS = {
  deliverAlert: 'deliver-alert',
  maintainStorage: 'maintain-storage',
  rollUp: 'roll-up',
  actOnNode: 'act-on-node',
} as const

const DeliverAlert = z.object({ alertId: z.string(), episode: z.number().int() })

/** Delivers an alert to the one channel there is, the log, once an episode. */
export function createDeliverAlert(sql: Sql, log: Log): Task {
  return async (payload) => {
    const { alertId, episode } = DeliverAlert.parse(payload)
    const alert = await readAlert(sql, alertId)
    // Decided or withdrawn before its turn came: nothing to tell any more.
    if (alert?.state !== 'open' || alert.episode !== episode) {
      log.info({ event: 'alert.skipped', alertId, episode })
      return
    }
    const { environment, kind, source, target, summary, baselineVersion } = alert
    const fields = { alertId, episode, environment, kind, source, target, summary, baselineVersion }
    log.warn({ event: 'alert.opened', ...fields })
  }
}

/** Makes partitions ahead and drops those past their retention. */
export function createMaintainStorage(sql: Sql, log: Log, retention: Retention): Task {
  return async () => {
    const nowMs = Date.now()
    const maintenance = await maintainPartitions(sql, nowMs, retention)
    const unseen = await removeUnseen(sql, nowMs - retention.day)
    log.info({ event: 'storage.maintained', ...maintenance, unseen })
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
