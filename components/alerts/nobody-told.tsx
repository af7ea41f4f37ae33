'use client'
// Says to admins that new alerts are seen only by who looks here, until they have set up a channel or put it aside.
import { BellOff, X } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { buttonClass } from '../ui/button.ts'
import { putNobodyToldAside } from './nobody-told-cookie.ts'

export function NobodyTold() {
  const [isAside, setAside] = useState(false)
  if (isAside) return null
  return (
    <div
      role="status"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b bg-warn-soft px-4 py-1.5 text-[13px]"
    >
      <BellOff size={15} aria-hidden className="text-warn" />
      <span className="mr-auto">Nobody is told of new alerts.</span>
      <Link prefetch={false} href="/settings/channels" className="font-medium underline">
        Set up a channel
      </Link>
      <button
        type="button"
        className={buttonClass('icon')}
        aria-label="Do not say this again"
        onClick={() => {
          putNobodyToldAside()
          setAside(true)
        }}
      >
        <X size={15} aria-hidden />
      </button>
    </div>
  )
}
