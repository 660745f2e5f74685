// The three small pages that the outside world may see. They say nothing of any case.
import { createHash } from 'node:crypto'
import { appealWords, type Problem } from '@wardline/api'
import { type Environment, isProduction, NOTHING_IS_REPORTED } from '#base'

export interface Looks {
  readonly environment: Environment
  /** The name people know the service by. */
  readonly platform: string | undefined
}

const style = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 2rem auto; padding: 0 1rem }
label { font-weight: 600 }
textarea { font: inherit; width: 100%; min-height: 12rem; padding: .5rem; box-sizing: border-box }
button { font: inherit; margin-top: 1rem; padding: .5rem 1.5rem; min-height: 2.75rem }
.mind { border-inline-start: .25rem solid; padding-inline-start: .75rem; font-weight: 600 }
:focus-visible { outline: .2rem solid; outline-offset: .15rem }
`

/** No script, no picture, no frame; one style, one form, both our own. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

/**
 * Counted from the page, as every address the browser is given: under /appeals/ and under /v1/ it leads to the same place,
 * whatever path the world reaches this server by.
 */
const formAction = '../v1/appeals'
/** The same, from where the form is sent to. */
export const thanksPage = '../appeals/received'

/** mend: what was wrong with the words sent before, and those words again. */
export function appealForm(looks: Looks, token: string, mend?: { readonly trouble: string; readonly words: string }) {
  const described = mend === undefined ? 'hint' : 'trouble hint'
  const trouble = mend === undefined ? '' : `<p id="trouble" class="mind" role="alert">${escaped(mend.trouble)}</p>\n`
  return page(
    looks,
    'Object to a decision',
    `${trouble}<form method="post" action="${formAction}">
<input type="hidden" name="token" value="${escaped(token)}">
<label for="words">Why do you think that the decision is wrong?</label>
<p id="hint">Write in your own words, at most ${appealWords} characters. A person reads them.</p>
<textarea id="words" name="words" required maxlength="${appealWords}" aria-describedby="${described}">
${escaped(mend?.words ?? '')}</textarea>
<button type="submit">Send</button>
</form>`,
  )
}

export const appealThanks = (looks: Looks): string =>
  page(looks, 'Thank you', '<p>Your words were received. You can close this page.</p>')

export const pageOfProblem = (looks: Looks, { title, detail, next }: Problem): string =>
  page(looks, title, `<p>${escaped(detail)}</p>\n<p>${escaped(next)}</p>`)

function page({ environment, platform }: Looks, title: string, body: string): string {
  const trial = isProduction(environment) ? '' : `<p class="mind">${NOTHING_IS_REPORTED} (${environment})</p>\n`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(platform === undefined ? title : `${title} – ${platform}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
${trial}<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`
}

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (mark) => marks[mark] ?? '')
