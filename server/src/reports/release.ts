// What in a report makes a person look before anybody is told of it, and whether its reader may be the child. CyberTipline API, 5.1, 5.6, 7.2.
import type { Report } from '@wardline/cybertip'
import type { Connection } from '#db'
import type { Vault } from '#vault'
import type { Draft } from './draft-shape.ts'
import { readDraft, reportRow } from './store.ts'

export type TellingMarks = {
  /** Null: nothing. filed_by_hand: only who filled in NCMEC's own form knows what they marked there. */
  readonly release: 'high_priority' | 'known_victim' | 'filed_by_hand' | null
  readonly mayBeChild: boolean
}

/** Of a report as it was frozen. */
export async function tellingMarks(db: Connection, vault: Vault, reportId: string): Promise<TellingMarks> {
  const row = await reportRow(db, reportId)
  const draft = readDraft(vault, reportId, row.draft_sealed)
  const mayBeChild = draft?.files.some(({ details }) => details.fileAnnotations?.possibleSelfProduction) === true
  if (row.state === 'filed_by_hand' || draft === null) return { release: 'filed_by_hand', mayBeChild }
  return { release: isEscalated(draft.report) ? 'high_priority' : hasVictim(draft) ? 'known_victim' : null, mayBeChild }
}

/** Who is told then may hide evidence, or harm somebody, before the police come. */
function isEscalated({ incidentSummary: { escalateToHighPriority, reportAnnotations: said } }: Report): boolean {
  return (
    escalateToHighPriority !== undefined ||
    said?.sextortion === true ||
    said?.sadisticOnlineExploitation === true ||
    said?.csamSolicitation === true ||
    said?.minorToMinorInteraction === true
  )
}

/** Somebody's child is named, addressed or before the camera, and the reader may be near. */
function hasVictim({ report, files }: Draft): boolean {
  const { victim = [], intendedRecipient = [], incidentSummary } = report
  return (
    victim.length > 0 ||
    intendedRecipient.length > 0 ||
    ofAChild.has(incidentSummary.incidentType) ||
    files.some(({ details: { fileAnnotations: of } }) => of?.liveStreaming || of?.possibleSelfProduction)
  )
}

const ofAChild: ReadonlySet<Report['incidentSummary']['incidentType']> = new Set([
  'Child Sex Trafficking',
  'Child Sex Tourism',
  'Child Sexual Molestation',
  'Online Enticement of Children for Sexual Acts',
  'Unsolicited Obscene Material Sent to a Child',
] as const)
