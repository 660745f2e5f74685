// What follows: appeals, repairs, what the platform and the operator hear. A folder writes only its own tables: the comment above each block names the owner.
export interface AnswerTables {
  // appeals
  appeals: {
    id: string
    number: number
    case_id: string
    notice_id: string
    /** second_look: upheld by one person, and not final before another one has looked. */
    state:
      | 'waiting'
      | 'assigned'
      | 'second_look'
      | 'upheld'
      | 'overturned_entry'
      | 'overturned_match'
      | 'overturned_context'
    opened_at: number
    due_at: number
    changed_at: number
    /** When it became final. */
    decided_at: number | null
    /** The repair that answered it before its hearing did. */
    repair_id: string | null
  }
  appeal_words: {
    id: string
    appeal_id: string
    door: 'link' | 'api' | 'mail'
    /** Sealed as `appeals.words_sealed:id`, as before they had a table of their own. */
    words_sealed: Uint8Array
    received_at: number
    /** 1: the appeal was decided when they came, and they changed nothing of it. */
    is_later: number
  }
  /** Who sat over an appeal. At most one row of an appeal is not ended. */
  appeal_hearings: {
    id: string
    appeal_id: string
    /** 2: the second look. */
    round: number
    /** A person's id. */
    person: string
    assigned_at: number
    ended_at: number | null
    /** handed_back by that person. moved: taken from them by an administrator. unfit: disabled, without the right, or decided about the case meanwhile. settled: a repair answered it. */
    ending: 'decided' | 'handed_back' | 'moved' | 'unfit' | 'settled' | null
    outcome: 'upheld' | 'overturned_entry' | 'overturned_match' | 'overturned_context' | null
    /** The reason and, of an overturned one, what it names; sealed JSON. */
    reason_sealed: Uint8Array | null
  }

  // webhooks
  platform_events: {
    id: string
    /** Of two with the same one the second is not written. */
    once_key: string
    type: string
    is_test: number
    /** As it goes over the wire, sealed JSON. */
    data_sealed: Uint8Array
    /** kept: it arose while there was no webhook, and was not sent. */
    state: 'waiting' | 'delivered' | 'given_up' | 'kept'
    /** Its place for those who fetch: given after the commit, so that none ever appears behind one that was fetched; anew when it is sent anew, and after a restore. */
    number: number | null
    /** Of what something waits for (`isAwaited`): when a page that was fetched held it first; null again when a later one left it out. */
    served_at: number | null
    attempts: number
    first_tried_at: number | null
    tried_at: number | null
    /** Words of ours about the last try. */
    trouble: string | null
    created_at: number
    /** When it was taken, or given up. */
    ended_at: number | null
  }
  platform_event_head: { one: number; number: number }

  // repairs: what an overturned appeal sets right
  repairs: {
    id: string
    /** What people call it by. */
    number: number
    /** gathering: its list is being made. gathered: frozen, waits for two people. restoring: all cases are closed, the platform has not taken all. */
    state: 'gathering' | 'gathered' | 'refused' | 'approved' | 'restoring' | 'done'
    outcome: 'entry' | 'match' | 'context'
    /** 1, and one more for each time that cases were gathered which came later. */
    round: number
    former_id: string | null
    appeal_id: string | null
    /** The case whose appeal was heard. */
    case_id: string
    begun_by: string
    begun_at: number
    changed_at: number
    gathered_at: number | null
    approval_id: string | null
    /** The two people who approved, by their ids. */
    first_by: string | null
    first_at: number | null
    second_by: string | null
    second_at: number | null
    /** When entries and pictures were seen to: never_match, correction, feedback. */
    guarded_at: number | null
    closed_at: number | null
    done_at: number | null
    /** The reason, and which entries or files are wrong, sealed JSON. */
    facts_sealed: Uint8Array
    /** How many finished reports the letter to NCMEC names. */
    letter_reports: number
    /** The letter's text, sealed JSON; null before all cases are closed, and when there is nothing to correct. */
    letter_sealed: Uint8Array | null
    letter_at: number | null
    letter_sent_at: number | null
    letter_sent_by: string | null
  }
  repair_reasons: {
    id: string
    /** Null: its case was in doubt for another cause. */
    repair_id: string | null
    /** Of a second look. */
    case_id: string | null
    says: 'stands' | 'error' | 'refuse' | 'report'
    by: string
    at: number
    /** Their words, sealed JSON. */
    reason_sealed: Uint8Array
  }
  repair_cases: {
    repair_id: string
    case_id: string
    case_number: number
    /** Which group of one picture it is shown in, from 1; 0 while it is being gathered. */
    picture: number
    does: 'repair' | 'review'
    /** Why it goes to review, or was left. */
    why: string | null
    /** The case's state when it was gathered. */
    state_then: string
    /** stopping: its report is under way and being taken back. closed: the platform has not taken the restore yet. */
    state: 'gathered' | 'stopping' | 'closed' | 'restored' | 'not_taken' | 'in_review' | 'left'
    changed_at: number
    /** Its finished report, which the letter names. */
    report_id: string | null
    event_id: string | null
    restored_at: number | null
    restored_by: string | null
    notice_id: string | null
    /** File, class, algorithm and distance that it is shown by, sealed JSON. */
    shown_sealed: Uint8Array
  }

  // alerts
  operator_alerts: {
    id: string
    /** What, about what, on which day: a second one is not written. */
    once_key: string
    type: string
    subject: string
    severity: 'warning' | 'urgent'
    /** Ids of ours, dates, counts and words of ours; JSON. */
    data: string
    created_at: number
    /** When the webhook took it. */
    posted_at: number | null
    /** The mail it stands in, once that was begun. */
    mail_id: string | null
    mailed_at: number | null
  }
}
