// 404 for pages; unknown API paths answer in app/api/[...path]/route.ts.
import Link from 'next/link'
import { Notice } from '../components/shell/notice.tsx'
import { buttonClass } from '../components/ui/button.ts'

export default function NotFoundPage() {
  return (
    <Notice title="There is no such page">
      <p>The address may be old, or what it showed has been removed.</p>
      <p>
        <Link className={buttonClass('outline')} href="/map">
          Go to the map
        </Link>
      </p>
    </Notice>
  )
}
