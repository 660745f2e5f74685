// Who wrote it: a person, or a machine that answers by itself (RFC 3834) or could not deliver (RFC 3464).
import type { Parsed } from './parse.ts'
import type { Contents } from './structure.ts'

export type LetterKind =
  | { readonly kind: 'letter' | 'automatic' }
  /** hard: it was given up, and nobody tries again; soft: not yet, or not known. status: as `5.1.1`, where it was said. */
  | { readonly kind: 'bounce'; readonly hard: boolean; readonly status: string | null }

/** isOfSomebody: it holds words, and nothing says that it answers what we wrote: a person may have begun it. */
export function kindOf(
  mail: Pick<Parsed, 'from' | 'marks' | 'status'>,
  contents: Pick<Contents, 'isReport'>,
  isOfSomebody: boolean,
): LetterKind {
  if (contents.isReport && mail.status !== null) return bounceOf(mail.status)
  if (contents.isReport) return { kind: 'automatic' }
  return { kind: isAutomatic(mail) || isOfServer(mail, isOfSomebody) ? 'automatic' : 'letter' }
}

function bounceOf(status: string): LetterKind {
  // Each recipient has a block of its own; a notice has one recipient.
  const actions = fieldsOf(status, 'action').map((value) => value.toLowerCase())
  const codes = fieldsOf(status, 'status').flatMap((value) => /^([245]\.\d{1,3}\.\d{1,3})\b/.exec(value)?.[1] ?? [])
  const worst = codes.find((code) => code.startsWith('5')) ?? codes[0] ?? null
  // Failed is failed, whatever the status (RFC 3464, section 2.3.3): with 4.x a server gave up after days, and no further try follows.
  return { kind: 'bounce', hard: actions.includes('failed'), status: worst }
}

const fieldsOf = (text: string, name: string): string[] =>
  text
    .split(/\r?\n/)
    .slice(0, 200)
    .flatMap((line) => new RegExp(`^${name}\\s*:\\s*(.{1,100})`, 'i').exec(line)?.[1]?.trim() ?? [])

/**
 * An answer by itself, or a word about delivery. Not what came through a list, a group's address or a ticket system (List-Id, Precedence
 * list or bulk, auto-generated): behind that mostly stands a person, and what does not is dismissed by one.
 */
function isAutomatic({ marks }: Pick<Parsed, 'marks'>): boolean {
  const says = (name: string) => marks[name]?.trim().toLowerCase() ?? ''
  return (
    /^auto-replied\b/.test(says('auto-submitted')) ||
    says('precedence') === 'auto_reply' ||
    says('return-path') === '<>' ||
    says('x-autoreply') !== '' ||
    says('x-autorespond') !== '' ||
    says('x-failed-recipients') !== ''
  )
}

/** A bounce that says so by its sender alone. Behind postmaster@ a person may sit, with whom a firm wants to be written to. */
function isOfServer({ from }: Pick<Parsed, 'from'>, isOfSomebody: boolean): boolean {
  return /^mailer-daemon@/i.test(from ?? '') || (!isOfSomebody && /^postmaster@/i.test(from ?? ''))
}
