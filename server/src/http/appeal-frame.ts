// What the pages that the outside world sees have in common: the frame, the style, the languages. No script, no picture.
import { createHash } from 'node:crypto'
import { type Environment, isProduction, NOTHING_IS_REPORTED } from '#base'
import { escaped, type PageText, pageLanguages, type Texts } from '#notices'

export interface Looks {
  readonly environment: Environment
  /** The name people know the service by. */
  readonly platform: string | undefined
  readonly texts: Texts
  /** Where neither the notice nor the browser names one that we write. */
  readonly language: string | undefined
}

/** The words of one answer, and how it looks. */
export interface Paper {
  readonly looks: Looks
  readonly text: PageText
}

const style = `
:root { color-scheme: light dark; background: Canvas; color: CanvasText; font: 1.125rem/1.5 system-ui, sans-serif }
a { color: LinkText }
body { max-width: 40rem; margin: 1rem auto 3rem; padding: 0 1rem; overflow-wrap: break-word }
label { font-weight: 600 }
textarea { font: inherit; width: 100%; min-height: 12rem; padding: .5rem; box-sizing: border-box }
button { font: inherit; margin-top: 1rem; padding: .5rem 1.5rem; min-height: 2.75rem }
h1 { line-height: 1.25 }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 0 .75rem; font-size: 1rem }
nav a, .skip { display: inline-block; padding: .4rem .25rem }
[aria-current] { font-weight: 700 }
.skip:not(:focus) { position: absolute; inset-inline-start: -100vw }
.mind { border-inline-start: .25rem solid; padding-inline-start: .75rem; font-weight: 600 }
[aria-invalid] { border: .2rem solid light-dark(#b00020, #ff8a9a) }
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
 * switches: whether the page can be read in another language by a link. Where words were sent a moment ago it cannot: the
 * link would lose them. hasForm: there is one to go to. before: what the title says first, as that something is to be mended.
 */
export function page(
  { looks, text }: Paper,
  title: string,
  body: string,
  {
    switches,
    hasForm = false,
    before,
  }: { readonly switches: boolean; readonly hasForm?: boolean; readonly before?: string },
): string {
  const { environment, platform } = looks
  const whole = [before === undefined ? title : `${before}: ${title}`, ...(platform === undefined ? [] : [platform])]
  const trial = isProduction(environment)
    ? ''
    : `<p class="mind"><span lang="en">${NOTHING_IS_REPORTED} (${environment})</span><br>${escaped(text.say('trial'))}</p>\n`
  const header = switches
    ? `${hasForm ? `<a class="skip" href="#main">${escaped(text.say('skip'))}</a>\n` : ''}<header>
<nav aria-label="${escaped(text.say('languages'))}">
<ul>
${pageLanguages(looks.texts).map(languageLink(text.language)).join('\n')}
</ul>
</nav>
</header>
`
    : ''
  return `<!doctype html>
<html lang="${escaped(text.language)}" dir="${text.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(whole.join(' – '))}</title>
<style>${style}</style>
</head>
<body>
${header}<main id="main" tabindex="-1">
${trial}<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`
}

/** Opening it changes nothing: it is the same page, in other words. */
const languageLink =
  (current: string) =>
  ({ tag, name, direction }: ReturnType<typeof pageLanguages>[number]): string => {
    const mark = tag === current ? ' aria-current="true"' : ''
    return `<li><a href="?language=${escaped(tag)}" lang="${escaped(tag)}" dir="${direction}" hreflang="${escaped(tag)}"${mark}>${escaped(name)}</a></li>`
  }
