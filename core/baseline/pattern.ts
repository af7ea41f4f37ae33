// Node patterns of rules, compiled: globs over a node's identity and tags. Matching is linear in the
// name, whatever the pattern (core/graph/glob.ts).
import { matchGlob, parseGlob } from '../graph/glob.ts'
import type { NodeKey } from '../graph/node.ts'
import type { NodePattern, Tags } from './content.ts'

export type NodeMatcher = (node: NodeKey, tags: Tags) => boolean

const FIELDS = {
  environment: (node) => [node.environment],
  kind: (node) => [node.kind],
  namespace: (node) => [node.namespace],
  name: (node) => [node.name],
  owner: (_, tags) => [tags.owner],
  dataClass: (_, tags) => tags.dataClasses,
  exposure: (_, tags) => [tags.exposure],
  layer: (_, tags) => [tags.layer],
} satisfies {
  [field in Exclude<keyof NodePattern, 'except'>]: (
    ...of: Parameters<NodeMatcher>
  ) => readonly string[]
}

/**
 * Whether a node fits every glob that the pattern states and none of its exceptions. A class of data
 * fits, in any case, when any of the node's does, so `*` asks for at least one.
 */
export function compilePattern(pattern: NodePattern): NodeMatcher {
  const checks = Object.entries(FIELDS).flatMap(([field, textsOf]) => {
    const text = pattern[field as keyof typeof FIELDS]
    if (text === undefined) return []
    const glob = parseGlob(field === 'dataClass' ? text.toLowerCase() : text)
    return [
      (node: NodeKey, tags: Tags) =>
        textsOf(node, tags).some((each) => matchGlob(glob, each) !== null),
    ]
  })
  const except = (pattern.except ?? []).map(compilePattern)
  return (node, tags) =>
    checks.every((fits) => fits(node, tags)) && !except.some((matches) => matches(node, tags))
}
