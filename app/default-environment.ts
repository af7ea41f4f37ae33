// Which environment a page shows when its address names none: the one this person looked at last, else the
// one of real traces in which most is going on.
import 'server-only'
import { cookies } from 'next/headers'
import { cache } from 'react'
import { ENVIRONMENT_COOKIE } from '../components/shell/environment-cookie.ts'
import { type EnvironmentSummary, readEnvironments } from '../storage/environments.ts'
import { database } from './database.ts'

/** All environments, read once a request. */
export const findEnvironments = cache(() => readEnvironments(database()))

/** null when there is no environment at all. */
export async function findDefaultEnvironment(): Promise<string | null> {
  const environments = await findEnvironments()
  const last = (await cookies()).get(ENVIRONMENT_COOKIE)?.value
  if (environments.some(({ name }) => name === last)) return last ?? null
  return environments.toSorted(byInterest)[0]?.name ?? null
}

/** Real traces first, then by edges of the last day, then the newest. */
function byInterest(a: EnvironmentSummary, b: EnvironmentSummary): number {
  const isReal = (one: EnvironmentSummary) => Number(one.origin === 'observed')
  if (isReal(a) !== isReal(b)) return isReal(b) - isReal(a)
  if (a.recentEdges !== b.recentEdges) return b.recentEdges - a.recentEdges
  return (b.lastSeenMs ?? 0) - (a.lastSeenMs ?? 0)
}
