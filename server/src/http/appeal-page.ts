// The three small pages that the outside world may see. They say nothing of any case.
import { createHash } from 'node:crypto'
import type { Problem } from '@wardline/api'

const style = `
:root { color-scheme: light dark }
body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 38rem; margin: 3rem auto; padding: 0 1rem }
label { display: block; font-weight: 600; margin: 1.5rem 0 .5rem }
textarea { font: inherit; width: 100%; min-height: 12rem; padding: .5rem; box-sizing: border-box }
button { font: inherit; margin-top: 1rem; padding: .6rem 1.4rem }
:focus-visible { outline: 3px solid; outline-offset: 2px }
`

/** No script, no picture, no frame; one style, one form, both our own. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

export const appealForm = (token: string): string =>
  page(
    'Your appeal',
    `<p>If you think that the decision about your account was wrong, tell us here. A person reads what you write.</p>
<form method="post" action="/v1/appeals">
<input type="hidden" name="token" value="${escaped(token)}">
<label for="words">What should we know?</label>
<textarea id="words" name="words" required maxlength="10000"></textarea>
<button type="submit">Send</button>
</form>`,
  )

export const appealThanks = (): string =>
  page('Thank you', '<p>Your words were received and added to the decision. You can close this page.</p>')

/** A problem's own words are for programs; of a wrong form a person only needs to know what to write. */
export function pageOfProblem({ code, title, detail, next }: Problem): string {
  if (code === 'request_wrong')
    return page('Nothing was sent', '<p>Please go back and write a few words, at most 10,000 characters.</p>')
  return page(title, `<p>${escaped(detail)}</p><p>${escaped(next)}</p>`)
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (mark) => marks[mark] ?? '')
