// The words of a call on the desk, and the class a span has.

/** Positions in SPAN_CLASSES. */
export const Class = {
  paired: 0,
  hop: 1,
  virtual: 2,
  entry: 3,
  messaging: 4,
  represented: 5,
  internal: 6,
  nameless: 7,
  unpairedClient: 8,
  unpairedServer: 9,
  unpairedConsumer: 10,
} as const

/** Words of a call. */
export const CALL_WORDS = 10
export const CALL_SOURCE = 0
export const CALL_TARGET = 1
export const CALL_HOME = 2
export const CALL_RULE = 3
export const CALL_PROTOCOL = 4
export const CALL_ERROR = 5
export const CALL_OPERATION = 6
export const CALL_CLIENT = 7
export const CALL_SERVER = 8
export const CALL_GATE = 9
