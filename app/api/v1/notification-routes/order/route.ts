// /api/v1/notification-routes/order: which of the routes to one channel comes first.
import { orderRoutes } from '../../../../../storage/notification-routes.ts'
import { actorOf } from '../../../../caller.ts'
import { ORDER_ROUTES } from '../../../../contract/routes/notifications.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { toRouteView } from '../../../../read-notifications.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(ORDER_ROUTES, async ({ body, caller }) => {
    const routes = await orderRoutes(database(), { ...body, actor: actorOf(caller) })
    return { items: routes.map(toRouteView) }
  }),
)
