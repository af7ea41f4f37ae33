// Measures the drawn map through Cytoscape's own instance, which hangs on its container.
import type { Page } from '@playwright/test'
import type { Core } from 'cytoscape'

type Box = { readonly x1: number; readonly x2: number; readonly y1: number; readonly y2: number }

export type DrawnNode = Box & {
  /** Lines joined, without the marks of direction. */
  readonly label: string
  readonly fontPx: number
  readonly labelWidth: number
  readonly boxWidth: number
  readonly isInView: boolean
}

/** A busy machine arranges a map late. */
const DRAWN_WITHIN_MS = 60_000

/** Resolves when so many nodes are drawn. */
export async function whenDrawn(page: Page, nodes: number): Promise<void> {
  await page.waitForFunction(
    (count) => {
      const holder = document.querySelector('[role=application]') as {
        _cyreg?: { cy?: Core }
      } | null
      return holder?._cyreg?.cy?.nodes().length === count
    },
    nodes,
    { timeout: DRAWN_WITHIN_MS },
  )
}

/** Every node as it is on the screen now. Units: px of the screen. */
export function drawnNodes(page: Page): Promise<DrawnNode[]> {
  return page.evaluate(() => {
    const holder = document.querySelector('[role=application]') as { _cyreg?: { cy?: Core } } | null
    const cy = holder?._cyreg?.cy
    if (!cy) return []
    const context = document.createElement('canvas').getContext('2d')
    return cy.nodes().map((node) => {
      const fontPx = Number.parseFloat(node.style('font-size')) * cy.zoom()
      if (context) context.font = `500 ${fontPx}px ${node.style('font-family')}`
      const lines = String(node.data('label')).split('\n')
      const box = node.renderedBoundingBox({ includeLabels: true, includeOverlays: false })
      return {
        ...{ x1: box.x1, x2: box.x2, y1: box.y1, y2: box.y2 },
        label: lines.join('').replace(/[\u2066-\u2069]/g, ''),
        fontPx,
        labelWidth: Math.max(...lines.map((line) => context?.measureText(line).width ?? 0)),
        boxWidth: node.renderedWidth(),
        isInView: box.x1 >= 0 && box.y1 >= 0 && box.x2 <= cy.width() && box.y2 <= cy.height(),
      }
    })
  })
}

/** Labels of nodes that cover each other. */
export function overlappingPairs(nodes: readonly DrawnNode[]): string[] {
  return nodes.flatMap((one, at) =>
    nodes
      .slice(at + 1)
      .filter(
        (other) => one.x1 < other.x2 && other.x1 < one.x2 && one.y1 < other.y2 && other.y1 < one.y2,
      )
      .map((other) => `${one.label} and ${other.label}`),
  )
}

/** Where each node is, by element id, rounded. */
export function nodePositions(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => {
    const holder = document.querySelector('[role=application]') as { _cyreg?: { cy?: Core } } | null
    const nodes = holder?._cyreg?.cy?.nodes().toArray() ?? []
    return Object.fromEntries(
      nodes.map((node) => [
        node.id(),
        `${Math.round(node.position('x'))} ${Math.round(node.position('y'))}`,
      ]),
    )
  })
}
