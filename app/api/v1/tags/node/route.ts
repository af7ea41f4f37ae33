// /api/v1/tags/node: what one node is tagged with, and what people say of it.
import { readNodeTags, writeTags } from '../../../../../storage/tag-nodes.ts'
import { actorOf } from '../../../../caller.ts'
import { READ_TAGS, REPLACE_TAGS } from '../../../../contract/routes/inventory.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_TAGS, async ({ query: node }) => ({
    node,
    ...(await readNodeTags(database(), node)),
  })),
  serve(REPLACE_TAGS, async ({ query: node, body: { tags, reason }, revision, caller }) => {
    const changes = [{ node, tags, expectedRevision: revision }]
    const [now] = await writeTags(database(), { changes, reason, actor: actorOf(caller) })
    return now ? { node, ...now } : null
  }),
)
