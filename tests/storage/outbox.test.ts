// A database of before there were channels is carried along: its jobs for the log are gone, what happened is routed.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate, migrateAsOf, readMigrationMarks } from '../../storage/migrate.ts'
import { openSql } from '../../storage/sql.ts'
import { createWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.end())

test('jobs that would have told the log are dropped, and nothing from before is told again', async () => {
  const name = `${world.database.name}_old`
  await world.owner`create database ${world.owner(name)}`
  const url = new URL(world.database.ownerUrl)
  url.pathname = `/${name}`
  const marks = await readMigrationMarks(world.owner)
  await migrateAsOf(
    url.href,
    marks.filter((mark) => mark.name < '0020'),
  )
  const sql = openSql({ url: url.href, applicationName: 'strayline-test', connectionsMax: 1 })
  await sql`insert into environment (name) values ('prod')`
  await sql`
    insert into alert (environment, kind, subject, subject_hash, source_environment, source_kind,
      source_namespace, source_name, state, episode, baseline_version, summary, reasons, first_at,
      last_at)
    values ('prod', 'new_edge', 's', 's', 'prod', 'service', '', 'web', 'open', 1, 1, 'x', '[]',
      now(), now())`
  await sql`
    insert into alert_event (alert_id, action, actor, reason)
    select id, 'opened', 'strayline', '' from alert`
  await sql`select enqueue_alert_delivery(id, 1) from alert`
  expect(await sql`select from graphile_worker.jobs`).toHaveLength(1)
  await migrate(url.href)
  expect(await sql`select from graphile_worker.jobs`).toHaveLength(0)
  expect(await sql`select is_routed from alert_event`).toEqual([{ is_routed: true }])
  await sql`
    insert into alert_event (alert_id, action, actor, reason)
    select id, 'rejected', 'ann', '' from alert`
  expect(await sql`select action from alert_event where not is_routed`).toEqual([
    { action: 'rejected' },
  ])
  await sql.end()
  await world.owner`drop database ${world.owner(name)} with (force)`
})
