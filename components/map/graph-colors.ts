// The colour tokens as the canvas needs them: resolved for the theme of the moment.
import { GRAPH_TOKENS, type GraphColors } from './graph-style.ts'

/** Reads the tokens as they apply at an element of the page. */
export function readGraphColors(near: HTMLElement): GraphColors {
  const probe = document.createElement('span')
  probe.hidden = true
  near.ownerDocument.body.append(probe)
  const colors: Record<string, string> = {}
  for (const [name, token] of Object.entries(GRAPH_TOKENS)) {
    probe.style.color = `var(${token})`
    colors[name] = getComputedStyle(probe).color
  }
  probe.remove()
  return colors as { [name in keyof GraphColors]: string }
}
