'use client'
// Takes the graph of the environment and window along as a file: all of it, whatever the search hides.
import { Download } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { EXPORT_FORMATS, type ExportFormat } from '../../core/export/formats.ts'
import { buttonClass } from '../ui/button.ts'
import { Menu, menuItemClass } from '../ui/menu.tsx'

const LABELS: { readonly [format in ExportFormat]: readonly [string, string] } = {
  svg: ['SVG', 'a drawing with legend and title'],
  mermaid: ['Mermaid', 'for Markdown'],
  dot: ['DOT', 'for Graphviz'],
  csv: ['CSV', 'a row an edge, for spreadsheets'],
  json: ['JSON', 'for programs'],
}

export type ExportMenuProps = { readonly environment: string; readonly window: string }

export function ExportMenu({ environment, window }: ExportMenuProps) {
  return (
    <Menu
      width="w-72"
      trigger={
        <DropdownMenu.Trigger className={buttonClass('outline')}>
          <Download size={14} aria-hidden /> Export
        </DropdownMenu.Trigger>
      }
    >
      <DropdownMenu.Label className="px-2.5 py-1.5 text-[12.5px] text-muted">
        The whole graph of this window
      </DropdownMenu.Label>
      {EXPORT_FORMATS.map((format) => (
        <DropdownMenu.Item key={format} asChild>
          <a
            href={`/api/v1/graph/export?${new URLSearchParams({ environment, window, format })}`}
            download
            className={menuItemClass('flex items-baseline gap-2')}
          >
            <span className="w-18 shrink-0 font-medium">{LABELS[format][0]}</span>
            <span className="text-[12.5px] text-muted">{LABELS[format][1]}</span>
          </a>
        </DropdownMenu.Item>
      ))}
    </Menu>
  )
}
