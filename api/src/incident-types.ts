// What a person can say an incident was, when they decide that it is reported: NCMEC's own kinds, in short words.

/** One for each value of the CyberTipline's incidentType, in its order. The report holds NCMEC's own wording. */
export const incidentTypes = [
  'child_pornography',
  'child_sex_trafficking',
  'child_sex_tourism',
  'child_sexual_molestation',
  'misleading_domain_name',
  'misleading_words_or_images',
  'online_enticement',
  'unsolicited_obscene_material',
] as const
export type IncidentType = (typeof incidentTypes)[number]
