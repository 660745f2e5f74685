// Who else an incident touches: to whom the file was sent, which child is known to be its victim, and which police know of it.
import { z } from 'zod'
import { known } from './account.ts'
import { emailAddress, list, location, phone, text } from './marks.ts'

const person = {
  id: text(255).optional().describe('the account’s unique id in your system'),
  ...known,
  estimatedLocation: location.optional(),
}

export const recipient = z.strictObject(person).describe('somebody to whom it was sent')

export const victim = z
  .strictObject({ ...person, schoolName: text(255).optional() })
  .describe('a child whom you know to be a victim in this incident; never guessed')

const country = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two letters, as DE')

/** Set only of what has happened. Nothing is scanned because the police asked for it. */
export const police = z
  .strictObject({
    agency: text(255),
    caseNumber: text(100).optional(),
    officer: z
      .strictObject({
        firstName: text(100).optional(),
        lastName: text(100).optional(),
        phones: list(phone, 5).optional(),
        emails: list(emailAddress, 5).optional(),
      })
      .optional(),
    reported: z.boolean().optional().describe('whether you have reported the incident to them yourself'),
    legalProcess: z
      .strictObject({
        domestic: z.boolean().optional(),
        international: z.boolean().optional(),
        country: country.optional().describe('of the international one'),
      })
      .optional()
      .describe('whether they have served legal process on you about it'),
  })
  .describe('police who know of the incident already')

export const reportAnnotations = [
  'sextortion',
  'csam_solicitation',
  'minor_to_minor_interaction',
  'spam',
  'sadistic_online_exploitation',
] as const
export type ReportAnnotation = (typeof reportAnnotations)[number]

/** What a person who confirms a case says of the whole incident. */
export const incidentChoice = {
  annotations: z
    .array(z.enum(reportAnnotations))
    .max(reportAnnotations.length)
    .optional()
    .describe('what the person says of the whole incident'),
  escalate: z
    .string()
    .trim()
    .min(1)
    .max(3000)
    .optional()
    .describe('why a child is at immediate risk: NCMEC treats the report as high priority'),
}

export type Recipient = z.infer<typeof recipient>
export type Victim = z.infer<typeof victim>
export type Police = z.infer<typeof police>
