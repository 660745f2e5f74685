// The small pages that the outside world may see: a form, thanks, and what was in the way. They say nothing of any case.
import { appealWords } from '@wardline/api'
import { escaped } from '#notices'
import { type Paper, page } from './appeal-frame.ts'

/**
 * Counted from the page, as every address the browser is given: under /appeals/ and under /v1/ it leads to the same place,
 * whatever path the world reaches this server by.
 */
const formAction = ({ text }: Paper) => `../v1/appeals?language=${text.language}`
/** The same, from where the form is sent to. */
export const thanksPage = ({ text }: Paper) => `../appeals/received?language=${text.language}`

/** appealBy: epoch milliseconds. mend: the words that were sent, when there are too many of them, or none. */
export function appealForm(
  paper: Paper,
  { token, appealBy, mend }: { readonly token: string; readonly appealBy: number | null; readonly mend?: string },
): string {
  const { text } = paper
  const characters = appealWords
  const isWrong = mend !== undefined
  const trouble = isWrong
    ? `<p id="trouble" class="mind" role="alert">${escaped(`${text.say('error')}: ${text.say('trouble', { characters })}`)}</p>\n`
    : ''
  const by = appealBy === null ? '' : `<p>${escaped(text.say('by', { appealBy }))}</p>\n`
  return page(
    paper,
    text.say('title'),
    `${by}<form method="post" action="${escaped(formAction(paper))}">
<input type="hidden" name="token" value="${escaped(token)}">
<label for="words">${escaped(text.say('label'))}</label>
<p id="hint">${escaped(text.say('hint', { characters }))}</p>
${trouble}<textarea id="words" name="words" required maxlength="${appealWords}" dir="auto" aria-describedby="${isWrong ? 'trouble hint' : 'hint'}"${isWrong ? ' aria-invalid="true" autofocus' : ''}>
${escaped(mend ?? '')}</textarea>
<button type="submit">${escaped(text.say('send'))}</button>
</form>
<p>${escaped(text.say('link'))}</p>`,
    isWrong ? { switches: false, before: text.say('error') } : { switches: true, hasForm: true },
  )
}

export const appealThanks = (paper: Paper): string =>
  page(paper, paper.text.say('thanksTitle'), `<p>${escaped(paper.text.say('thanks'))}</p>`, { switches: true })

/** Whatever else went wrong is ours: the person did nothing but open a link and write. */
const words = {
  no_such_link: 'noLink',
  link_invalid: 'noLink',
  request_wrong: 'noLink',
  appeal_too_late: 'late',
  too_many_appeals: 'full',
  rate_limited: 'busy',
  body_too_large: 'tooLong',
  words_too_long: 'tooLong',
} as const satisfies Record<string, string>

/** code: of the problem, whose own words are for programs and in English. */
export function pageOfProblem(paper: Paper, code: string, { switches }: { readonly switches: boolean }): string {
  const { text } = paper
  const name = isNamed(code) ? words[code] : 'failed'
  const said = text.say(name, { characters: appealWords })
  return page(paper, text.say(`${name}Title`), `<p>${escaped(said)}</p>`, { switches })
}

const isNamed = (code: string): code is keyof typeof words => Object.hasOwn(words, code)
