'use client'
// A menu that drops from a button: one frame, one look of its items. Items are Radix's own, so that keyboard
// and focus work everywhere alike.
import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'

const FRAME = 'z-50 rounded-lg border bg-raised p-1.5 shadow-xl'
const ITEM = 'rounded-md px-2.5 py-1.5 text-[13.5px] outline-none data-[highlighted]:bg-hover'

export type MenuProps = {
  /** A DropdownMenu.Trigger. */
  readonly trigger: ReactNode
  /** Class name of the frame's width. */
  readonly width: string
  readonly children: ReactNode
}

export function Menu({ trigger, width, children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      {trigger}
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={6} className={`${FRAME} ${width}`}>
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

/** Class names of a menu's item; more: how it lays out what is in it. */
export function menuItemClass(more: string): string {
  return `${ITEM} ${more}`
}
