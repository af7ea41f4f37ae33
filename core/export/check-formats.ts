// The forms in which the outcome of a check can be had. A list of its own, so that a command line can offer them
// without loading what writes them.

export const CHECK_FORMATS = ['text', 'json', 'sarif', 'junit', 'markdown'] as const
export type CheckFormat = (typeof CHECK_FORMATS)[number]
