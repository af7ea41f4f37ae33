// The fields of each thing in a baseline file, in the order in which they are written; what has its default
// is left out, so that a file says only what somebody decided.
import type {
  Allowance,
  BaselineContent,
  BaselineEntry,
  BaselineRule,
  NodePattern,
  Notes,
  TaggedNode,
} from '../content.ts'
import { writeNode } from './node-text.ts'
import type { YamlFields, YamlValue } from './yaml-text.ts'

export const LISTS = ['entries', 'rules', 'nodes'] as const
export type ListName = (typeof LISTS)[number]

/** One item of a list, with what it is known by in its list. */
export type Item = { readonly key: string; readonly fields: YamlFields }

/** Nodes are written relative to the content's environment. */
export function itemsOf(content: BaselineContent): {
  readonly [list in ListName]: readonly Item[]
} {
  const { environment } = content
  return {
    entries: content.entries.map((entry) => {
      const fields = entryFields(entry, environment)
      return { key: JSON.stringify([fields.source, fields.target]), fields }
    }),
    rules: content.rules.map((rule) => ({ key: rule.id, fields: ruleFields(rule) })),
    nodes: content.nodes.map((node) => {
      const fields = taggedFields(node, environment)
      return { key: JSON.stringify(fields.node), fields }
    }),
  }
}

function entryFields(entry: BaselineEntry, environment: string): YamlFields {
  return {
    source: writeNode(entry.source, environment),
    target: writeNode(entry.target, environment),
    ...notesFields(entry),
    ...allowanceFields(entry),
    encrypted: entry.isEncrypted || undefined,
    exceptionTo: unlessEmpty(entry.exceptionTo),
    quarantine: unlessEmpty(entry.quarantine),
  }
}

function ruleFields(rule: BaselineRule): YamlFields {
  return {
    id: rule.id,
    effect: rule.effect,
    source: patternValue(rule.source),
    target: patternValue(rule.target),
    ...notesFields(rule),
    ...allowanceFields(rule),
  }
}

function taggedFields(node: TaggedNode, environment: string): YamlFields {
  return {
    node: writeNode(node, environment),
    owner: node.owner || undefined,
    dataClasses: unlessEmpty(node.dataClasses),
    exposure: node.exposure || undefined,
    layer: node.layer || undefined,
  }
}

function notesFields({ purpose, owner, ticket, approver, expiresAtMs }: Notes): YamlFields {
  return {
    purpose: purpose || undefined,
    owner: owner || undefined,
    ticket: ticket || undefined,
    approver: approver || undefined,
    expires: expiresAtMs === null ? undefined : new Date(expiresAtMs),
  }
}

function allowanceFields({ protocols, operations, ports }: Allowance): YamlFields {
  return {
    protocols: protocols ?? undefined,
    operations: operations ?? undefined,
    ports: ports ?? undefined,
  }
}

function patternValue(pattern: NodePattern): YamlValue {
  const fields = patternFields(pattern)
  return Object.keys(fields).length === 0 ? 'any' : fields
}

function patternFields({ except, ...globs }: NodePattern): YamlFields {
  if (except === undefined) return globs
  return { ...globs, except: except.map(patternFields) }
}

function unlessEmpty(texts: readonly string[]): readonly string[] | undefined {
  return texts.length === 0 ? undefined : texts
}
