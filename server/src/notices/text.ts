// What a notice says: which rule, what was done, that a report was made, how to object. Nothing about the file, the list,
// the match or the report. Duties, section 13.
import { isProduction, NOTHING_IS_REPORTED } from '#base'
import type { Addressee, Told } from './address.ts'
import type { NoticePolicy } from './policy.ts'

export type Mail = {
  readonly noticeId: string
  readonly to: string
  readonly subject: string
  readonly text: string
}

type Words = { readonly addressee: Addressee; readonly disabled: Told['disabled']; readonly link: string }

/** Plain text in English, whatever the locale. */
export function noticeText(policy: NoticePolicy, { addressee, disabled, link }: Words): Pick<Mail, 'subject' | 'text'> {
  const { environment, platform, contact } = policy
  const account = addressee === 'organisation' ? 'an account of your organisation' : 'your account'
  const where = platform === undefined ? account : `${account} at ${platform}`
  const text = [
    ...(isProduction(environment)
      ? []
      : [
          `${NOTHING_IS_REPORTED}. This is a trial in the environment "${environment}": no report was made to anybody.`,
          '',
        ]),
    'Hello,',
    '',
    `we are writing about ${where}.`,
    '',
    'Material on it was found to break our rule against the sexual exploitation of children.',
    '',
    'What was done:',
    '- The material was withheld.',
    ...(disabled === null ? [] : [`- The account was disabled ${disabled}.`]),
    '- A report was made to the organisation that receives such reports.',
    '',
    'If you think that this is a mistake, you can object. Open this page and tell us in your own words:',
    '',
    link,
    '',
    'Whoever has this link can add words for us to read. It shows them nothing.',
    ...(contact === undefined ? [] : ['', contact]),
    '',
  ].join('\n')
  return {
    subject: addressee === 'organisation' ? 'About an account of your organisation' : 'About your account',
    text,
  }
}
