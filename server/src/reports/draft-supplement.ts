// A supplemental file: the words around the image, as the platform gave them. CyberTipline API, section 7.
import type { CaseSupplement } from '#cases'
import type { DraftFile } from './draft-shape.ts'
import { iso } from './telling.ts'

export function draftSupplement(supplement: CaseSupplement, place: number, nowMs: number): DraftFile {
  const { id, vaultId, kind, mediaType, md5, receivedAt } = supplement
  return {
    fileId: id,
    vaultId,
    neutralName: `supplement-${place}-${kind}${mediaType === 'application/json' ? '.json' : '.txt'}`,
    md5,
    details: {
      fileViewedByEsp: false,
      exifViewedByEsp: false,
      fileRelevance: 'Supplemental Reported',
      additionalInfo: [
        `${whats[kind]}, as the platform gave it for context when it sent a reported file for matching at ${iso(Math.min(receivedAt, nowMs))}. It is no upload of the user's. The software that made this report (Wardline) showed it to nobody; whether anyone at the company read it otherwise is not known to Wardline.`,
      ],
    },
  }
}

const whats: { readonly [K in CaseSupplement['kind']]: string } = {
  conversation: 'The conversation in which a file was sent',
  prompt: 'What was asked of the model (the prompt)',
  parameters: 'The parameters of the request to the model',
  other: 'Material that belongs to a reported file',
}
