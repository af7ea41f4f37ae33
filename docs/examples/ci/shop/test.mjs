// The tests of the example's shop: start its services, ask the gateway a few times, expect an answer.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { CALLS } from './calls.mjs'

const file = path.join(import.meta.dirname, 'service.mjs')
const services = Object.keys(CALLS).map((name) => ({ name, child: fork(file, [name]) }))
const addresses = {}
for (const { name, child } of services) {
  const [{ port }] = await once(child, 'message')
  addresses[name] = `http://127.0.0.1:${port}/`
}
for (const { child } of services) child.send(addresses)

for (let request = 0; request < 3; request++) {
  const response = await fetch(addresses.gateway)
  if (!response.ok) throw new Error(`the gateway answered ${response.status}`)
}
console.log('the shop answers')

// A service sends its last spans before it ends.
for (const { child } of services) child.disconnect()
await Promise.all(services.map(({ child }) => once(child, 'exit')))
