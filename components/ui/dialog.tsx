'use client'
// A modal dialog on the browser's own <dialog>: focus stays inside, Escape closes, the rest is inert.
import { X } from 'lucide-react'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { buttonClass } from './button.ts'

export type DialogProps = {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Open while it is rendered. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    return () => dialog?.close()
  }, [])
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      className="w-[min(34rem,calc(100vw-2rem))] rounded-xl border border-line bg-raised p-0 shadow-2xl"
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className="flex items-center justify-between border-b px-5 py-3">
        <h2 id={titleId} className="text-[15px] font-semibold">
          {title}
        </h2>
        <button type="button" className={buttonClass('icon')} aria-label="Close" onClick={onClose}>
          <X size={16} aria-hidden />
        </button>
      </div>
      <div className="px-5 py-4">{children}</div>
    </dialog>
  )
}
