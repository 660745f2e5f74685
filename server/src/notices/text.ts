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
  /** Answers go there, and what cannot be delivered comes back there. */
  readonly replyTo?: string | undefined
}

type Words = {
  readonly addressee: Addressee
  /** A test card made it. */
  readonly isTest: boolean
  readonly disabled: Told['disabled']
  readonly link: string
}

/** Plain text in English, whatever the locale. */
export function noticeText(
  policy: NoticePolicy,
  { addressee, isTest, disabled, link }: Words,
): Pick<Mail, 'subject' | 'text'> {
  const { environment, platform, contact } = policy
  const account = addressee === 'organisation' ? 'an account of your organisation' : 'your account'
  const where = platform === undefined ? account : `${account} at ${platform}`
  const text = [
    ...(isTest ? testWords(environment) : []),
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
  const subject = addressee === 'organisation' ? 'About an account of your organisation' : 'About your account'
  return { subject: isTest ? `[Wardline test card] ${subject}` : subject, text }
}

const testWords = (environment: NoticePolicy['environment']): string[] => [
  'THIS IS A TEST. Somebody sent a test card of Wardline, which is a drawing, to see whether it would be found.',
  isProduction(environment)
    ? 'A report was written and validated, and sent to nobody. What follows is what the holder of an account would read.'
    : 'What follows is what the holder of an account would read.',
  '',
]
