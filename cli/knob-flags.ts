// The knobs of `strayline graph`: the collector's variables, each with a flag that wins over it, so that a
// file gives the graph that the collector would make of it.
import type { Command } from 'commander'
import { KNOB_SETTINGS, type Knobs, pickKnobs } from '../core/config/knobs.ts'
import { parseSettings } from '../core/config/parse.ts'
import { readEnvironment } from './config.ts'

/** Flag as Commander spells it, its argument, what it does; by key of KNOB_SETTINGS. */
const FLAGS: { readonly [key in keyof Knobs]: readonly [flag: string, text: string] } = {
  isTraceIdStrict: ['--strict-trace-ids', 'never take a 64-bit trace id for the end of a full one'],
  orphans: ['--orphans <policy>', 'drop, or external:unknown: callers that never came'],
  transparentServices: ['--transparent <patterns>', 'proxies to see through, such as envoy*'],
  serviceIdentity: ['--service-identity <form>', 'namespace/name, or name'],
  rewriteHosts: ['--rewrite-hosts <rules>', 'names for hosts, such as "db-*.eu => db"'],
  rewriteDatabases: ['--rewrite-databases <rules>', 'names for databases (system:host/namespace)'],
  rewriteDestinations: ['--rewrite-destinations <rules>', 'names for queues and topics'],
  peerKeys: ['--peer-attributes <names>', 'attributes that state the other service'],
}

export function addKnobFlags(command: Command): Command {
  for (const [flag, text] of Object.values(FLAGS)) command.option(flag, text)
  return command
}

export type ReadKnobs =
  | { readonly ok: true; readonly knobs: Knobs }
  | { readonly ok: false; readonly problems: readonly string[] }

/** options: as Commander gives them. Errors: every bad flag or variable, one sentence each; never throws. */
export function readKnobs(options: { readonly [name: string]: unknown }): ReadKnobs {
  const environment = { ...readEnvironment() }
  const names = new Map<string, string>()
  for (const [key, [flag]] of Object.entries(FLAGS)) {
    const long = flag.split(' ')[0] ?? flag
    const given = options[camelCase(long.slice(2))]
    if (given === undefined) continue
    const { variable } = KNOB_SETTINGS[key as keyof Knobs]
    environment[variable] = String(given)
    names.set(variable, long)
  }
  const parsed = parseSettings(KNOB_SETTINGS, environment)
  if (parsed.ok) return { ok: true, knobs: pickKnobs(parsed.settings) }
  // A problem begins with the variable's name.
  const problems = parsed.problems.map((problem) => {
    const [variable = ''] = problem.split(' ', 1)
    return `${names.get(variable) ?? variable}${problem.slice(variable.length)}`
  })
  return { ok: false, problems }
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
