// Who is told, and the mail that comes back. A folder writes only its own tables: the comment above each block names the owner.
export interface ToldTables {
  // notices
  notices: {
    id: string
    /** Null only of an outcome about a case that was never reported. */
    report_id: string | null
    case_id: string
    kind: 'reported' | 'appeal_upheld' | 'appeal_overturned' | 'restored'
    /** What makes it one: the report, the appeal or the repair. */
    about: string
    /** Whom it concerns: of a report the account (keyed digest; without one the case), of an outcome the case. */
    told: string
    addressee: 'user' | 'organisation' | 'operator'
    channel: 'smtp' | 'webhook' | 'pull'
    /** sending: of `webhook` and `pull` also while the platform has it and has not said that it took it. */
    state: 'waiting' | 'sending' | 'sent' | 'not_sent' | 'dead'
    reason: string | null
    /** Which rule of the operator's policy it followed: a jurisdiction, or `default`. */
    rule: string
    /** Address, locale and what the text needs, sealed JSON. */
    to_sealed: Uint8Array
    due_at: number
    /** Why a person must release it first; null: nobody has to, or somebody did. */
    release: 'high_priority' | 'known_victim' | 'filed_by_hand' | null
    released_by: string | null
    released_at: number | null
    attempts: number
    /** When a worker last began to send it. */
    begun_at: number | null
    /** When the tries began that end some days later. */
    tried_since: number | null
    sent_at: number | null
    /** By when the reader may object; fixed with the first try. */
    appeal_by: number | null
    created_at: number
    changed_at: number
    is_test: number
  }
  /** Each try of a notice. One without an end was cut off, and nobody knows whether it arrived. */
  notice_tries: {
    notice_id: string
    number: number
    begun_at: number
    ended_at: number | null
    outcome: 'taken' | 'later' | 'refused' | 'bounced' | null
    /** Words of ours or a status code, never an address. */
    why: string | null
  }
  /** Legal instruments under which nobody may be told for a time. */
  notice_holds: {
    id: string
    scope: 'report' | 'case' | 'account'
    /** Id of the report or case, or the account's keyed digest. */
    target: string
    /** Kind, authority, digest of the document, why; sealed JSON. */
    facts_sealed: Uint8Array
    added_by: string
    added_at: number
    /** It lets go by itself then. */
    expires_at: number
    ended_at: number | null
    ended_by: string | null
  }

  // letters: mail to the appeals address
  letters: {
    id: string
    /** What people say; counted from 1. */
    number: number
    kind: 'letter' | 'automatic' | 'bounce'
    /** waiting: in the tray, for a person. threaded: put with its notice by its address. noted: nobody wrote it. */
    state: 'waiting' | 'threaded' | 'attached' | 'dismissed' | 'noted'
    /** Why it fits no case, or what a bounce said; a code of ours. */
    why: string | null
    notice_id: string | null
    appeal_id: string | null
    /** The mailbox (a keyed digest), its UIDVALIDITY and the mail's UID. */
    place: string
    /** Keyed digest of Message-ID, sender, date and text: read from another place, it is the same mail. */
    mail_keyed: string
    sender_keyed: string | null
    /** Sender, and of what waits or waited also subject and words, sealed JSON. */
    facts_sealed: Uint8Array
    /** How many were refused, unread. */
    attachments: number
    characters: number
    received_at: number
    decided_by: string | null
    decided_at: number | null
    /** A person's reason, sealed. */
    decision_sealed: Uint8Array | null
  }
  /** Mails that were begun and not ended: one that breaks the reading is not tried for ever. */
  letter_tries: { place: string; tries: number; last_at: number }
  /** Mails that were not taken, by day (UTC) and why. */
  letter_counts: { day: string; what: string; count: number }
  /** One row: whether the mailbox is reached. */
  letter_box: { one: number; reached_at: number | null; failing_since: number | null; trouble: string | null }
}
