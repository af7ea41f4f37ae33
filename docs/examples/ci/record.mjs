// node record.mjs FOLDER COMMAND...: runs a command with OpenTelemetry pointed at a receiver of its own, keeps what
// its processes send in FOLDER, a file a request, and exits as the command does (2 when no span was sent). Any Node
// from 20 on, no packages. `strayline check FOLDER/*` reads the files as they are, protobuf or JSON, plain or gzip.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'

const [folder, ...command] = process.argv.slice(2)
if (!folder || command.length === 0) {
  console.error('usage: node record.mjs FOLDER COMMAND...')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })

let requests = 0
const receiver = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    // Metrics and logs are taken and dropped, so that nothing is sent again and again.
    if (request.url === '/v1/traces') {
      const name = `${String(++requests).padStart(6, '0')}.otlp`
      writeFileSync(path.join(folder, name), Buffer.concat(chunks))
    }
    const type = request.headers['content-type'] ?? 'application/x-protobuf'
    response.writeHead(200, { 'content-type': type })
    response.end(type.includes('json') ? '{}' : '')
  })
})

receiver.listen(0, '127.0.0.1', () => {
  const variables = [
    `OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${receiver.address().port}`,
    'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    'OTEL_TRACES_EXPORTER=otlp',
  ]
  const child = spawn('env', [...variables, ...command], { stdio: 'inherit' })
  child.on('error', (error) => finish(error.message, 2))
  child.on('exit', (code) => {
    if (code !== 0) finish(`the command failed (${code ?? 'signal'})`, code ?? 1)
    else if (requests === 0) finish('the command sent no spans over OTLP/HTTP', 2)
    else finish(`${requests} requests of spans in ${folder}`, 0)
  })
})

function finish(sentence, code) {
  console.error(`record: ${sentence}`)
  process.exit(code)
}
