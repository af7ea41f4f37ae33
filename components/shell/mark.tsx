// The product's mark: a straight line of approved traffic, and the one that strays.

export function Mark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true">
      <path d="M4 17h16" className="stroke-edge" strokeWidth="2" strokeLinecap="round" />
      <path
        d="M4 17c7 0 8-10 16-10"
        className="stroke-drift"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx="4" cy="17" r="2.6" className="fill-ink" />
      <circle cx="20" cy="17" r="2.2" className="fill-edge" />
      <circle cx="20" cy="7" r="2.6" className="fill-drift" />
    </svg>
  )
}
