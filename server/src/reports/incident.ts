// What kind of incident a report names: known material unless a person chose another. CyberTipline API, section 5.1.
import type { IncidentType, ReportAnnotation } from '@wardline/api'
import type { Report } from '@wardline/cybertip'

type Annotations = NonNullable<Report['incidentSummary']['reportAnnotations']>
type Wording = Report['incidentSummary']['incidentType']

const wordings = {
  child_pornography: 'Child Pornography (possession, manufacture, and distribution)',
  child_sex_trafficking: 'Child Sex Trafficking',
  child_sex_tourism: 'Child Sex Tourism',
  child_sexual_molestation: 'Child Sexual Molestation',
  misleading_domain_name: 'Misleading Domain Name',
  misleading_words_or_images: 'Misleading Words or Digital Images on the Internet',
  online_enticement: 'Online Enticement of Children for Sexual Acts',
  unsolicited_obscene_material: 'Unsolicited Obscene Material Sent to a Child',
} as const satisfies Record<IncidentType, Wording>

/** NCMEC's own words. Undefined: nobody chose one, and it is the one type there is for known material. */
export function incidentTypeOf(chosen: IncidentType | undefined): Wording {
  return wordings[chosen ?? 'child_pornography']
}

const annotations = {
  sextortion: 'sextortion',
  csam_solicitation: 'csamSolicitation',
  minor_to_minor_interaction: 'minorToMinorInteraction',
  spam: 'spam',
  sadistic_online_exploitation: 'sadisticOnlineExploitation',
} as const satisfies Record<ReportAnnotation, keyof Annotations>

/** A person's word alone; undefined when nobody said one. CyberTipline API, section 5.1.2. */
export function annotationsOf(chosen: readonly ReportAnnotation[] = []): Annotations | undefined {
  if (chosen.length === 0) return undefined
  return Object.fromEntries(chosen.map((one) => [annotations[one], true]))
}
