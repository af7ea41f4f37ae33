// A small glyph for each kind of node, drawn on the canvas beside the label and in the legend and tables.
// Paths on a 24 px grid, stroked; ours, so no name ever gets into the markup.
import type { NodeKind } from '../../core/graph/node.ts'

export const KIND_LABELS: { readonly [kind in NodeKind]: string } = {
  service: 'Service',
  database: 'Database',
  messaging: 'Messaging',
  external: 'External',
  user: 'User',
}

/** SVG path data by kind. */
export const KIND_PATHS: { readonly [kind in NodeKind]: string } = {
  service: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5',
  database:
    'M4 6c0-1.7 3.6-3 8-3s8 1.3 8 3-3.6 3-8 3-8-1.3-8-3v12c0 1.7 3.6 3 8 3s8-1.3 8-3V6M4 12c0 1.7 3.6 3 8 3s8-1.3 8-3',
  messaging: 'M4 7h16M4 12h16M4 17h10M17 15l3 2-3 2',
  external:
    'M12 3a9 9 0 1 0 0 18 9 9 0 1 0 0-18zM3 12h18M12 3c2.6 2.6 3.8 5.6 3.8 9s-1.2 6.4-3.8 9c-2.600-2.600-3.800-5.600-3.800-9s1.200-6.400 3.800-9z',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 1 0 0-8zM4.500 21c.6-4 3.500-6 7.500-6s6.900 2 7.500 6',
}

/** A question mark in a circle: requests whose caller is unknown. Colours are our own tokens. */
export function unknownCallersUrl(ink: string, surface: string): string {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 24 24">` +
    `<circle cx="12" cy="12" r="10.5" fill="${surface}" stroke="${ink}" stroke-width="2"/>` +
    `<path d="${QUESTION_PATH}" fill="none" stroke="${ink}" stroke-width="2.4" ` +
    `stroke-linecap="round" stroke-linejoin="round"/></svg>`
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`
}

/** On the same grid as KIND_PATHS. */
export const QUESTION_PATH =
  'M9 9.500a3 3 0 1 1 4.200 2.750c-.8.35-1.200.9-1.200 1.750M12 17.400v.1'

/** The glyph as an image the canvas can draw. color: a CSS colour from our own tokens. */
export function kindIconUrl(kind: NodeKind, color: string): string {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 24 24" fill="none" ` +
    `stroke="${color}" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round">` +
    `<path d="${KIND_PATHS[kind]}"/></svg>`
  return `data:image/svg+xml;utf8,${encodeURIComponent(svg)}`
}
