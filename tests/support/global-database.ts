// vitest's globalSetup: after the whole run the test database server is stopped, unless another run
// uses it.
import { stopTestServer } from './database.ts'

export async function teardown(): Promise<void> {
  await stopTestServer()
}
