// Refusals of what people and platforms say about notices, as the table of problems.ts.
import type { Words } from './words.ts'

export const noticeProblems = {
  no_such_notice: { status: 404, title: 'No such notice', next: 'List /v1/notices.' },
  no_such_hold: { status: 404, title: 'No such hold', next: 'List /v1/notice-holds.' },
  no_account: { status: 409, title: 'No account is known', next: 'Send "scope": "case" instead.' },
  expiry_past: { status: 400, title: 'Not in the future', next: 'Send "expiresAt" with the date on which it ends.' },
  expiry_far: {
    status: 400,
    title: 'Too far in the future',
    next: 'Send "expiresAt" within ten years from now, and renew the hold when it ends.',
  },
  authority_missing: { status: 400, title: 'No authority', next: 'Send "authority" with who issued the instrument.' },
  digest_odd: { status: 400, title: 'Not such a digest', next: 'Send "documentSha256" as 64 hex digits.' },
} as const satisfies Record<string, Words>
