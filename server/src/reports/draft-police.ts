// Police who know of the incident already, as the platform said last; of others that it named before, in words. CyberTipline API, section 5.3.
import type { Police } from '@wardline/api'
import type { Report } from '@wardline/cybertip'
import { phoneOf } from './draft-marks.ts'
import type { Occurrence } from './telling.ts'

type Element = NonNullable<Report['lawEnforcement']>

export type DraftedPolice = { readonly lawEnforcement: Element | undefined; readonly words: readonly string[] }

export function draftPolice(occurrences: readonly Occurrence[], nowMs: number): DraftedPolice {
  const named = occurrences.flatMap(({ context }) => context.police ?? [])
  const last = named.at(-1)
  if (last === undefined) return { lawEnforcement: undefined, words: [] }
  const others = new Set(named.map(sentence))
  others.delete(sentence(last))
  return { lawEnforcement: elementOf(last, nowMs), words: [...others] }
}

function elementOf({ agency, caseNumber, officer, reported, legalProcess }: Police, nowMs: number): Element {
  const { domestic, international, country } = legalProcess ?? {}
  return {
    agencyName: agency,
    caseNumber,
    officerContact: officer && {
      firstName: officer.firstName,
      lastName: officer.lastName,
      phone: (officer.phones ?? []).map((one) => phoneOf(one, nowMs)),
      email: (officer.emails ?? []).map((one) => ({ '#': one })),
    },
    reportedToLe: reported,
    servedLegalProcessDomestic: domestic,
    servedLegalProcessInternational:
      international === undefined
        ? undefined
        : {
            '#': international,
            // Which codes there are, the form knows: `fit` leaves out what is none.
            '@fleaCountry': country as NonNullable<
              Exclude<Element['servedLegalProcessInternational'], boolean>
            > extends {
              '@fleaCountry'?: infer Code
            }
              ? Code
              : never,
          },
  }
}

const sentence = ({ agency, caseNumber }: Police) =>
  `The platform also named police who know of it: ${agency}${caseNumber === undefined ? '' : `, case ${caseNumber}`}.`
