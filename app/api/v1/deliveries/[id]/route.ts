// /api/v1/deliveries/ID: what became of one, a test message's above all.
import { readDelivery } from '../../../../../storage/delivery-reads.ts'
import { READ_DELIVERY } from '../../../../contract/routes/notifications.ts'
import { methods, serve } from '../../../../contract/serve.ts'
import { database } from '../../../../database.ts'
import { toDeliveryView } from '../../../../read-notifications.ts'

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = methods(
  serve(READ_DELIVERY, async ({ params }) => {
    const delivery = await readDelivery(database(), params.id)
    return delivery && toDeliveryView(delivery)
  }),
)
