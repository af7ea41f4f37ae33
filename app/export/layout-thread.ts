// A thread of its own for the layout of one drawing, so that a large one does not hold up the dashboard.
// Node runs this file as it is, beside Next's bundles.
import { parentPort, workerData } from 'node:worker_threads'
import ElkConstructor, { type ELK } from 'elkjs/lib/elk.bundled.js'
import { layOut } from '../../core/export/layout.ts'

const { nodes, edges } = workerData
const engine = new (ElkConstructor as unknown as new () => ELK)()
parentPort?.postMessage(await layOut(engine, nodes, edges))
