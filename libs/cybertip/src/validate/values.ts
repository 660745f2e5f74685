// Checks one text, number or flag against its leaf of the table. CyberTipline API, sections 1, 4 and 6.
import { isIP } from 'node:net'
import type { Form, Leaf } from '../schema/kinds.ts'
import { legal } from '../xml/characters.ts'
import type { Finding } from './problem.ts'
import { dateProblem, dateTimeProblem } from './times.ts'

/** The first rule the value breaks, or undefined. */
export function leafProblem(leaf: Leaf, value: unknown, now: Date): Finding | undefined {
  switch (leaf.kind) {
    case 'flag':
      return value === true ? undefined : { rule: 'flag', words: 'is a flag: true, or left out' }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : { rule: 'type', words: 'must be true or false' }
    case 'int':
      return Number.isInteger(value) ? rangeProblem(Number(value), leaf) : { rule: 'type', words: 'must be an integer' }
    case 'double':
      return Number.isFinite(value) ? rangeProblem(Number(value), leaf) : { rule: 'type', words: 'must be a number' }
  }
  if (typeof value !== 'string') return { rule: 'type', words: 'must be a string' }
  switch (leaf.kind) {
    case 'string':
      return stringProblem(leaf, value)
    case 'token':
      if (value.trim() === '') return blank
      return /^\S+( \S+)*$/.test(value) ? undefined : { rule: 'white_space', words: 'has surplus white space' }
    case 'long':
      return reportIdProblem(value)
    case 'dateTime':
      return dateTimeProblem(value, leaf.past, now)
    case 'date':
      return dateProblem(value, leaf.past, now)
    case 'enumeration':
      return leaf.values.includes(value) ? undefined : { rule: 'enumeration', words: 'is not one of the listed values' }
  }
}

const blank: Finding = { rule: 'blank', words: 'must not be blank' }

function rangeProblem(value: number, { min, max }: { min: number; max: number }): Finding | undefined {
  return value >= min && value <= max ? undefined : { rule: 'range', words: `must lie between ${min} and ${max}` }
}

/** Every long of the API is the id of a report: positive, within 63 bits. */
function reportIdProblem(value: string): Finding | undefined {
  const fits = /^[1-9]\d{0,18}$/.test(value) && BigInt(value) < 2n ** 63n
  return fits ? undefined : { rule: 'report_id', words: 'must be a report id, as a string of digits' }
}

function stringProblem(leaf: Extract<Leaf, { kind: 'string' }>, value: string): Finding | undefined {
  const sent = legal(value)
  if (leaf.notBlank && sent.trim() === '') return blank
  // Nobody knows whether NCMEC counts code points or UTF-16 units; the latter are never fewer.
  if (leaf.maxLength !== undefined && sent.length > leaf.maxLength) {
    return { rule: 'length', words: `must not be longer than ${leaf.maxLength} characters` }
  }
  return leaf.form === undefined || forms[leaf.form].fits(value) ? undefined : forms[leaf.form]
}

const forms: { readonly [F in Form]: Finding & { fits(value: string): boolean } } = {
  url: { rule: 'url', words: 'must be an absolute URL (http, https, ftp), percent-encoded', fits: isUrl },
  email: { rule: 'email', words: 'must be an e-mail address', fits: isEmail },
  ip: {
    rule: 'ip',
    words: 'must be an IPv4 or IPv6 address',
    fits: (value) => isIP(value) > 0 && !value.includes('%'),
  },
  calling_code: {
    rule: 'calling_code',
    words: 'must be + and one to three digits',
    fits: (value) => /^\+[0-9]{1,3}$/.test(value),
  },
  digits: { rule: 'digits', words: 'must be digits', fits: (value) => /^[0-9]+$/.test(value) },
}

/** White space and control characters were refused by NCMEC; quotes, angle brackets and non-ASCII belong to no URL. */
function isUrl(value: string): boolean {
  return /^(https?|ftp):\/\/[!#-;=?-_a-~]+$/i.test(value) && URL.canParse(value)
}

function isEmail(value: string): boolean {
  const at = value.lastIndexOf('@')
  const local = value.slice(0, at)
  return at > 0 && local.length <= 64 && atom.test(local) && domain.test(value.slice(at + 1))
}

const atom = /^[^\s\p{Cc}.@<>()[\]\\,;:"]+(\.[^\s\p{Cc}.@<>()[\]\\,;:"]+)*$/u
const domain = /^([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u
