// A COPY ends, with the server's own error, whenever the server refuses it; and its connection can be used again.
import { expect, test } from 'vitest'
import { copyIn } from '../../storage/copy-in.ts'
import { openSql } from '../../storage/sql.ts'
import { createTestDatabase } from '../support/database.ts'

test.each([
  ['at its end', ['1\n', '-1\n'], '23514'],
  ['in the middle of many pieces', Array.from({ length: 5_000 }, (_, at) => `x${at}\n`), '22P02'],
])('refused %s, it says why and the transaction is rolled back', async (_, pieces, code) => {
  const database = await createTestDatabase()
  const sql = openSql({ url: database.ownerUrl, applicationName: 'test', connectionsMax: 1 })
  await sql`create table number (value int check (value > 0))`
  const copyAll = (given: readonly string[]) =>
    sql.begin((tx) => copyIn(tx`copy number from stdin`, given))
  await expect(copyAll(pieces)).rejects.toMatchObject({ code })
  expect(await sql`select value from number`).toEqual([])
  await copyAll(['7\n'])
  expect(await sql`select value from number`).toEqual([{ value: 7 }])
  await sql.end()
  await database.drop()
})
