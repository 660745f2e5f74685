// Refusals of what is no whole HTTP request: Node tells of them before there is a request to answer.
import type { Words } from './words.ts'

export const wireProblems = {
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    detail: 'The headers of the request are longer than this server reads. Nothing of it was read any further.',
    next: 'Send all headers together in less than 16,000 bytes; a long Wardline-Context goes into a form field "context".',
  },
  request_unreadable: {
    status: 400,
    title: 'No HTTP request',
    detail: 'What came is not HTTP/1.1 as this server reads it. Nothing of it was kept.',
    next: 'Look at what stands between you and this server: a proxy, TLS spoken to a plain port, a header with a line break.',
  },
  request_too_slow: {
    status: 408,
    title: 'The request took too long',
    detail: 'The request was not through in time, and was cut off. Nothing of it was kept.',
    next: 'Send it again over a faster connection, or send less at once.',
  },
} as const satisfies Record<string, Words>
