// The words of a node of attribute-paths.ts, and the nodes and forms there are.

/** Nodes are named by where they begin in `words`. */
export const NODE_WORDS = 16
export const NODE_FORM = 0
/** Where its bytes lie, and how many: of the whole KeyValue, in Form.key of what stands before its value. */
export const NODE_BYTES = 1
export const NODE_SIZE = 2
/** Bytes of the KeyValue before the field `value`. */
export const NODE_KEY_SIZE = 3
/** The last four bytes of both, as words. */
export const NODE_TAIL = 4
export const NODE_KEY_TAIL = 5
export const NODE_PARENT = 6
/** The child that was met last, 0: none. */
export const NODE_LATEST = 7
/** Position in the lexicon of the set of a span that ends here, -1: not asked for yet. */
export const NODE_SET = 8
/** Form.template: positions in the lexicon of what the value becomes, and of a url's path. */
export const NODE_VALUE = 9
export const NODE_PATH = 10
/** Form.template: how its value is looked up. */
export const NODE_MODE = 11
export const NODE_HASH = 12

/** By what an attribute is the one of a node. */
export const Form = {
  /** Its bytes. */
  exact: 0,
  /** Its key: the value is not kept. */
  key: 1,
  /** Its key, and what its value is reduced to: paths are new in nearly every span. */
  template: 2,
} as const

export const SPAN_ROOT = 0
export const RESOURCE_ROOT = 16
/** What is given in place of a node when the tree does not know, and cannot learn, the sequence. */
export const NOWHERE = -1
