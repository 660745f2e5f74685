// What validation says: where, which rule, and a sentence. Never the value itself: it may be a name, an address, a hash.
import type { RuleName } from '../schema/kinds.ts'

export type Problem = {
  /** Elements from the root, lists counted from 0: `report/victim[0]/victimPerson/email[1]/@type`. */
  readonly path: string
  readonly rule: Rule
  /** Completes the sentence "<path> ...". */
  readonly words: string
}

/** A rule that one text, number or flag breaks. */
export type Finding = { readonly rule: Rule; readonly words: string }

/** Where, below the element itself ('' is the element), and in which words. */
export type Breach = { readonly at: string; readonly words: string }

export type Rule =
  | 'unknown_name'
  | 'legacy'
  | 'required'
  | 'cardinality'
  | 'choice'
  | 'type'
  | 'enumeration'
  | 'flag'
  | 'range'
  | 'blank'
  | 'length'
  | 'white_space'
  | 'url'
  | 'email'
  | 'ip'
  | 'calling_code'
  | 'digits'
  | 'report_id'
  | 'date_time'
  | 'zone'
  | 'date'
  | 'past'
  | RuleName
