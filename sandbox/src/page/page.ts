/** The frame of the sandbox's readable pages: everything escaped, no script, and the one line that must stand on each. */
import type { ServerResponse } from 'node:http'

const sandboxLine = 'SANDBOX - nothing here reaches NCMEC'

const replacements: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => replacements[character] ?? '')

/** Escapes, and makes plain http(s) addresses clickable: the demo's reader follows the appeal link from here. */
export const escapeWithLinks = (text: string): string =>
  text
    .split(/(https?:\/\/[^\s<>"']+)/)
    .map((part, index) =>
      index % 2 === 1
        ? `<a href="${escapeHtml(part)}" rel="noopener noreferrer">${escapeHtml(part)}</a>`
        : escapeHtml(part),
    )
    .join('')

const style = `body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#1b1b1b;background:#fff}
.line{background:#7a1f1f;color:#fff;padding:.5rem 1rem;font-weight:600}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f3f3f0;padding:1rem}
table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}
td{overflow-wrap:anywhere}a{color:#0b4f8a}`

/** title: plain text; body: finished HTML. */
export const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${style}</style></head><body><p class="line" role="note">${sandboxLine}</p>
<main><h1>${escapeHtml(title)}</h1>
${body}
</main></body></html>
`

export const sendPage = (response: ServerResponse, html: string, status = 200): void => {
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  })
  response.end(html)
}

export const sendJson = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'X-Content-Type-Options': 'nosniff' })
  response.end(JSON.stringify(value))
}
