// /api/v1/notification-routes: all of them in their order; a new one.
import { listRoutes } from '../../../../storage/notification-routes.ts'
import { actorOf } from '../../../caller.ts'
import { CREATE_ROUTE, LIST_ROUTES } from '../../../contract/routes/notifications.ts'
import { methods, serve } from '../../../contract/serve.ts'
import { database } from '../../../database.ts'
import { toRouteView } from '../../../read-notifications.ts'
import { savedOr400, saveNewRoute } from '../../../save-notifications.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(LIST_ROUTES, async () => ({ items: (await listRoutes(database())).map(toRouteView) })),
  serve(CREATE_ROUTE, async ({ body, caller }) =>
    savedOr400(await saveNewRoute(body, actorOf(caller))),
  ),
)
