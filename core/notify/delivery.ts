// What becomes of a delivery: of one notice to one channel.

/** superseded: something newer about the alert made it needless before it was sent. */
export const DELIVERY_STATES = ['waiting', 'sent', 'dead', 'superseded'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]
