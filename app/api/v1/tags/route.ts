// /api/v1/tags: nodes that are tagged; tags of many nodes at once.
import { compareText, type NodeKey } from '../../../../core/graph/node.ts'
import { readTags } from '../../../../storage/node-tags.ts'
import { type NodeTags, writeTags } from '../../../../storage/tag-nodes.ts'
import { actorOf } from '../../../caller.ts'
import { cutPage } from '../../../contract/paging.ts'
import { LIST_TAGS, SAY_TAGS } from '../../../contract/routes/inventory.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'

type Place = readonly [kind: string, namespace: string, name: string]

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_TAGS, async ({ query: { environment, limit, cursor } }) => {
    const nodes = (await readTags(database(), [environment]))
      .map((node) => ({ node, place: [node.kind, node.namespace, node.name] as const }))
      .sort((a, b) => comparePlaces(a.place, b.place))
      .filter(({ place }) => cursor === undefined || comparePlaces(place, cursor) > 0)
    return cutPage(nodes, {
      ...{ route: LIST_TAGS.id, limit },
      keyOf: ({ place }) => place,
      toItem: ({ node }) => node,
    })
  }),
  serve(SAY_TAGS, async ({ body: { changes, reason }, caller }) => {
    const given = changes.map((change) => ({ ...change, expectedRevision: null }))
    const actor = actorOf(caller)
    const tags = await writeTags(database(), { changes: given, actor, reason })
    return { items: changes.flatMap(({ node }, at) => tagsOf(node, tags[at])) }
  }),
)

function tagsOf(node: NodeKey, tags: NodeTags | undefined) {
  return tags ? [{ node, ...tags }] : []
}

function comparePlaces(a: Place, b: Place): number {
  return compareText(a[0], b[0]) || compareText(a[1], b[1]) || compareText(a[2], b[2])
}
