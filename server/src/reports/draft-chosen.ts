// What a person chose to say of one file when they confirmed its case: annotations, and the industry's classification.
import type { FileAnnotation, FileChoice } from '@wardline/api'
import type { FileDetails } from '@wardline/cybertip'
import type { CaseContext, CaseRecord } from '#cases'
import type { ReportSettings } from './settings.ts'

/** A classification only where the operator signed the agreement of which it is. CyberTipline API, sections 7.1 and 7.2. */
export function chosenFor(
  fileId: string,
  decision: CaseRecord['decision'],
  { industryHashSharingMou }: ReportSettings,
): FileChoice | undefined {
  const choice = decision?.files?.find((one) => one.fileId === fileId)
  if (choice === undefined || industryHashSharingMou === true) return choice
  return { ...choice, classification: undefined }
}

type Annotations = NonNullable<FileDetails['fileAnnotations']>

/** The platform's word on what it alone knows, and the person's; undefined when there is none. A list's class is told in words. */
export function annotationsOf(
  contexts: readonly CaseContext[],
  chosen: FileChoice | undefined,
): Annotations | undefined {
  const said = new Set<FileAnnotation>([
    ...contexts.flatMap((one) => one.annotations ?? []),
    // A model of the platform's made it.
    ...contexts.flatMap((one) => (one.surface === 'ai_output' ? (['generative_ai'] as const) : [])),
    ...(chosen?.annotations ?? []),
  ])
  return said.size === 0 ? undefined : Object.fromEntries([...said].map((one) => [flags[one], true as const]))
}

export function chosenWords(chosen: FileChoice | undefined): string[] {
  const what = [
    ...(chosen?.classification === undefined ? [] : ['industry classification']),
    ...(chosen?.annotations?.length ? ['annotations'] : []),
  ]
  return what.length === 0
    ? []
    : [
        `The ${what.join(' and ')} of this file ${chosen?.annotations?.length ? 'were' : 'was'} chosen by the person who decided to report it, not taken from a list.`,
      ]
}

const flags = {
  drawing: 'animeDrawingVirtualHentai',
  potential_meme: 'potentialMeme',
  viral: 'viral',
  self_production: 'possibleSelfProduction',
  physical_harm: 'physicalHarm',
  violence_gore: 'violenceGore',
  bestiality: 'bestiality',
  live_streaming: 'liveStreaming',
  infant: 'infant',
  generative_ai: 'generativeAi',
} as const satisfies Record<FileAnnotation, keyof Annotations>
