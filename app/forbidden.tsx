// 403: signed in, but the role does not allow it.
import Link from 'next/link'
import { Notice } from '../components/shell/notice.tsx'
import { buttonClass } from '../components/ui/button.ts'

export default function ForbiddenPage() {
  return (
    <Notice title="Your role does not allow this">
      <p>Viewers look, analysts and admins decide. Ask an admin for another role.</p>
      <p>
        <Link className={buttonClass('outline')} href="/map">
          Go to the map
        </Link>
      </p>
    </Notice>
  )
}
