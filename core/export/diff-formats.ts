// The forms in which a difference of two baselines can be had. A list of its own, so that a command line can offer
// them without loading what writes them.

export const DIFF_FORMATS = ['list', 'mermaid', 'json', 'markdown'] as const
export type DiffFormat = (typeof DIFF_FORMATS)[number]
