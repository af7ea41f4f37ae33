// Nothing secret reaches the journal: not from urls, statements, or attributes nobody asked for.
import { describe, expect, test } from 'vitest'
import type { DecodeResult } from '../../../core/span/batch.ts'
import { decodeOtlpJson } from '../../../core/span/otlp/json.ts'
import { decodeOtlpProtobuf } from '../../../core/span/otlp/protobuf.ts'
import { encodeBatch } from '../../../core/span/record.ts'
import { oneSpan, type RequestValue, text, toJson, toProtobuf } from './otlp-request.ts'
import { accepted, spanAttributes } from './read-batch.ts'

const SECRET = 's3cret'

const attributes = [
  text('url.full', `https://${SECRET}user:${SECRET}@h:1/x?token=${SECRET}#${SECRET}`),
  text('http.url', `https://user:${SECRET}@h:1/${SECRET}-0123456789-0123456789?token=${SECRET}`),
  text('db.statement', `select '${SECRET}'`),
  text('db.query.text', `select '${SECRET}'`),
  text('db.connection_string', `Server=h;Password=${SECRET}`),
  text('http.target', `/x/y;session=${SECRET}?token=${SECRET}`),
  text('http.host', `user:${SECRET}@h:8080`),
  text('server.address', `user:${SECRET}@pg`),
  text('aws.sqs.queue.url', `https://user:${SECRET}@sqs.example/1/queue?token=${SECRET}`),
  text('db.operation', `SELECT * FROM users WHERE password = '${SECRET}'`),
  text('db.operation.name', `AUTH ${SECRET}`),
  text('db.collection.name', `users where token='${SECRET}'`),
  text('db.sql.table', `"${SECRET}:${SECRET}@x"`),
  text('db.namespace', `orders;Password=${SECRET}`),
  text('db.name', `user:${SECRET}@pg/orders`),
  text('peer.service', `root:p@${SECRET}@tcp(mysql:3306)`),
  text('net.peer.ip', `user:${SECRET}@10.0.0.1`),
  text('http.method', `GET /${SECRET}`),
  text('messaging.operation', `process ${SECRET}`),
  text('messaging.destination.name', `amqp://user:${SECRET}@mq/orders?key=${SECRET}`),
  text('http.request.header.authorization', SECRET),
  text('enduser.id', SECRET),
  text(`unknown.${SECRET}`, SECRET),
  { key: 'http.route', value: { arrayValue: { values: [{ stringValue: SECRET }] } } },
]

const request = {
  ...oneSpan(
    {
      name: `GET /${SECRET}`,
      attributes,
      events: [{ name: 'exception', attributes: [text('exception.message', SECRET)] }],
      status: { code: 2, message: SECRET },
    },
    [text('service.name', 'shop'), text('process.command_line', `run --key ${SECRET}`)],
  ),
}

describe.each([
  ['JSON', (value: RequestValue): DecodeResult => decodeOtlpJson(toJson(value))],
  ['protobuf', (value: RequestValue): DecodeResult => decodeOtlpProtobuf(toProtobuf(value))],
])('%s', (_name, decode) => {
  test('no secret text occurs anywhere in the encoded record', () => {
    const record = encodeBatch(accepted(decode(request)).batch)
    expect(Buffer.from(record).toString('latin1')).not.toContain(SECRET)
    expect(Buffer.from(record).toString('latin1')).toContain('shop')
  })

  test('what is left of the attributes still names the peer', () => {
    expect(spanAttributes(accepted(decode(request)).batch)).toEqual({
      'url.full': 'https://h:1',
      'http.url': 'https://h:1',
      'db.statement': '',
      'db.query.text': '',
      'db.connection_string': '',
      'http.target': '/x/y',
      'http.host': 'h:8080',
      'server.address': 'pg',
      'db.operation': 'SELECT',
      'db.operation.name': 'AUTH',
      'db.collection.name': 'users',
      'db.sql.table': 'x',
      'db.namespace': 'orders',
      'db.name': 'pg/orders',
      'peer.service': 'tcp(mysql:3306)',
      'net.peer.ip': '10.0.0.1',
      'http.method': 'GET',
      'messaging.operation': 'process',
      'aws.sqs.queue.url': 'https://sqs.example/1/queue',
      'messaging.destination.name': 'amqp://mq/orders',
    })
  })
})

test('a value that only looks like a url keeps nothing', () => {
  for (const value of [
    `https://h:${SECRET}/x`,
    `https:/${SECRET}@h/`,
    `jdbc:postgresql://u:${SECRET}@h/db`,
    `https://u:${SECRET}`,
    `https://a b${SECRET}/`,
    `h/x?token=${SECRET}`,
    `https://[${SECRET}]/`,
    ` https://u:${SECRET}@h/`,
  ]) {
    const { batch } = accepted(
      decodeOtlpProtobuf(toProtobuf(oneSpan({ attributes: [text('url.full', value)] }))),
    )
    expect([value, batch.strings]).toEqual([value, ['']])
  }
})

test('socket paths and plain names stay as they are', () => {
  for (const value of ['/run/pg.sock', '@abstract', 'pg-1.example', '::1', '10.0.0.1']) {
    const { batch } = accepted(
      decodeOtlpJson(toJson(oneSpan({ attributes: [text('server.address', value)] }))),
    )
    expect(spanAttributes(batch)).toEqual({ 'server.address': value })
  }
})

test('a name or route with a query, parameters or an odd password keeps the part before them', () => {
  const kept = [
    ['http.route', `/login?token=${SECRET}`, '/login'],
    ['http.route', '/users/{id?}/(?<rest>.*)', '/users/{id?}/(?<rest>.*)'],
    ['db.operation', 'BATCH insert', 'BATCH insert'],
    ['db.operation', 'findAndModify', 'findAndModify'],
    ['db.operation', `'${SECRET}'`, ''],
    ['db.operation', 'x'.repeat(49), ''],
    ['http.request.method', '_OTHER', '_OTHER'],
    ['db.collection.name', '"public"."order items"', 'public.order'],
    ['db.collection.name', '[dbo].[Orders]', 'dbo.Orders'],
    ['db.collection.name', 'logs-2024.01.01*', 'logs-2024.01.01*'],
    ['db.sql.table', 'orders, users', 'orders'],
    ['peer.service', `see user:${SECRET}@host/x`, 'see host/x'],
    ['peer.service', 'team@cart', 'team@cart'],
    ['service.peer.name', 'urn:cart:8080', 'urn:cart:8080'],
    ['rpc.service', `Shop token=${SECRET}`, 'Shop'],
    ['rpc.method', `Shop/Pay?key=${SECRET}&x=1`, 'Shop/Pay'],
    ['db.name', `jdbc:sqlserver://h:1433;user=a;password=${SECRET}`, 'jdbc:sqlserver://h:1433'],
    ['db.name', `h/orders?user=a&password=${SECRET}`, 'h/orders'],
    ['peer.service', `postgres://u:pa/${SECRET}@h/x`, 'postgres://h/x'],
    ['peer.service', `postgres://u:pa ${SECRET}@h/x`, 'postgres://h/x'],
    ['peer.service', 'https://h:8080/@scope/name', 'https://h:8080/@scope/name'],
  ] as const
  for (const [key, value, rest] of kept)
    for (const decode of [
      (request: RequestValue) => decodeOtlpJson(toJson(request)),
      (request: RequestValue) => decodeOtlpProtobuf(toProtobuf(request)),
    ]) {
      const { batch } = accepted(decode(oneSpan({ attributes: [text(key, value)] })))
      expect(spanAttributes(batch)).toEqual({ [key]: rest })
    }
})
