// The same baseline for another environment: what names the one names the other. For promotion, and for comparing
// two environments.

import type { NodeKey } from '../graph/node.ts'
import type { BaselineContent, NodePattern } from './content.ts'

/** content: of any environment. Patterns that name it by a glob stay as they are. */
export function moveEnvironment(content: BaselineContent, to: string): BaselineContent {
  const from = content.environment
  if (from === to) return content
  const moveName = (name: string) => (name === from ? to : name)
  const moveNode = <T extends NodeKey>(node: T): T => ({
    ...node,
    environment: moveName(node.environment),
  })
  const movePattern = (pattern: NodePattern): NodePattern => ({
    ...pattern,
    ...(pattern.environment === undefined ? {} : { environment: moveName(pattern.environment) }),
    ...(pattern.except ? { except: pattern.except.map(movePattern) } : {}),
  })
  return {
    environment: to,
    entries: content.entries.map((entry) => ({
      ...entry,
      source: moveNode(entry.source),
      target: moveNode(entry.target),
    })),
    rules: content.rules.map((rule) => ({
      ...rule,
      source: movePattern(rule.source),
      target: movePattern(rule.target),
    })),
    nodes: content.nodes.map(moveNode),
  }
}
