// The forms in which a graph can be had as text. A list of its own, so that a command line can offer them
// without loading what writes them.

export const GRAPH_FORMATS = ['table', 'json', 'csv', 'dot', 'mermaid', 'svg'] as const
export type GraphFormat = (typeof GRAPH_FORMATS)[number]

/** Those that make sense as a file; a table is for a terminal. */
export const EXPORT_FORMATS = ['svg', 'mermaid', 'dot', 'csv', 'json'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]
