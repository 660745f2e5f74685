// The appeal page: one field, one button, no script, nothing about the case. Opening it changes nothing: mail scanners do.
import { createHash } from 'node:crypto'
import { type Environment, isProduction, NOTHING_IS_REPORTED } from '#base'
import { readAppealToken } from '#notices'
import type { Vault } from '#vault'
import { mostCharacters } from './limits.ts'

export type Page = {
  readonly status: 200 | 400 | 404
  readonly html: string
  /** To be sent with it. The address holds the token, so no referrer leaves, and nothing is cached or indexed. */
  readonly headers: Readonly<Record<string, string>>
}

type Looks = {
  readonly environment: Environment
  /** The name people know the service by. */
  readonly platform?: string | undefined
}

/**
 * The form for a valid token, else `invalidLinkPage`. Only the token itself is checked: no table is read.
 * trouble: what was wrong with the words sent before.
 */
export function appealPage(
  vault: Vault,
  token: string,
  looks: Looks & {
    readonly action: string
    readonly trouble?: string | undefined
    readonly words?: string | undefined
  },
): Page {
  if (readAppealToken(vault, token) === undefined) return invalidLinkPage(looks)
  const { action, trouble, words = '' } = looks
  const described = trouble === undefined ? 'hint' : 'trouble hint'
  const body = `<h1>Object to a decision</h1>
${trouble === undefined ? '' : `<p id="trouble" class="trouble" role="alert">${escaped(trouble)}</p>`}
<form method="post" action="${escaped(action)}">
<input type="hidden" name="token" value="${escaped(token)}">
<label for="words">Why do you think that the decision is wrong?</label>
<p id="hint">Write in your own words, up to ${mostCharacters} characters. People who look at decisions will read it.</p>
<textarea id="words" name="words" rows="12" required maxlength="${mostCharacters}" aria-describedby="${described}"${
    trouble === undefined ? '' : ' aria-invalid="true"'
  }>
${escaped(words)}</textarea>
<button type="submit">Send</button>
</form>`
  return { status: trouble === undefined ? 200 : 400, html: html('Object to a decision', body, looks), headers }
}

export function thanksPage(looks: Looks): Page {
  const body = '<h1>Thank you</h1>\n<p>Your words have been received. You can close this page.</p>'
  return { status: 200, html: html('Thank you', body, looks), headers }
}

/** For every token that is not ours, and for every other failing: it tells nobody which. */
export function invalidLinkPage(looks: Looks): Page {
  const body =
    '<h1>This link does not work</h1>\n<p>Please use the whole link, as it stands in the message you got.</p>'
  return { status: 404, html: html('This link does not work', body, looks), headers }
}

const style = `:root{color-scheme:light dark;font:1.125rem/1.5 system-ui,sans-serif}
body{max-width:40rem;margin:0 auto;padding:1rem}
label{font-weight:600}
textarea{box-sizing:border-box;width:100%;font:inherit;padding:.5rem}
button{font:inherit;margin-top:1rem;padding:.5rem 1.5rem;min-height:2.75rem}
.trouble,.trial{border-inline-start:.25rem solid;padding-inline-start:.75rem;font-weight:600}
:focus-visible{outline:.2rem solid;outline-offset:.15rem}`

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; ` +
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
} as const

function html(title: string, body: string, { environment, platform }: Looks): string {
  const trial = isProduction(environment) ? '' : `<p class="trial">${NOTHING_IS_REPORTED} (${environment})</p>\n`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(platform === undefined ? title : `${title} – ${platform}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
${trial}${body}
</main>
</body>
</html>
`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
