// /api/v1/notification-routes/ID: one route.
import { deleteRoute, readRoute } from '../../../../../storage/notification-routes.ts'
import { actorOf } from '../../../../caller.ts'
import {
  CHANGE_ROUTE,
  DELETE_ROUTE,
  READ_ROUTE,
} from '../../../../contract/routes/notifications.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { toRouteView } from '../../../../read-notifications.ts'
import { savedOr400, saveRouteChange } from '../../../../save-notifications.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_ROUTE, async ({ params }) => {
    const route = await readRoute(database(), params.id)
    return route && toRouteView(route)
  }),
  serve(CHANGE_ROUTE, async ({ params, body: change, revision, caller }) =>
    savedOr400(await saveRouteChange({ ...params, revision, change, actor: actorOf(caller) })),
  ),
  serve(DELETE_ROUTE, async ({ params, caller }) => {
    await deleteRoute(database(), { ...params, actor: actorOf(caller) })
    return undefined
  }),
)
