// What a platform knows of an account: said with a scan, or answered to our look-up. One schema for both.
import { z } from 'zod'
import { address, device, email, emailAddress, instant, ipEvent, list, location, phone, text } from './marks.ts'

export const organisation = z
  .strictObject({
    id: text(255),
    name: text(255).optional(),
    contactEmail: emailAddress.optional().describe('who is told when a report is made; never the single user'),
  })
  .describe('the organisation whose account it is, when it is not a private person’s')

const disabled = z.strictObject({
  at: instant.optional(),
  permanently: z.boolean(),
  reenabledAt: instant.optional().describe('of one that was disabled for a time: when it is open again'),
})

/** Of the account itself, of those that belong to it, and of other people's. */
export const known = {
  firstName: text(100).optional(),
  lastName: text(100).optional(),
  age: z.int().min(0).max(150).optional(),
  dateOfBirth: z.iso.date({ error: 'must be a date, as 1990-12-31' }).optional().describe('as the user gave it'),
  emails: list(email, 20).optional(),
  allEmailsReported: z.boolean().optional().describe('true: you know of no further e-mail address'),
  phones: list(phone, 20).optional(),
  addresses: list(address, 10).optional(),
  service: text(100).optional().describe('the product or service of yours in which the account is'),
  screenName: text(256).optional(),
  displayNames: list(text(255), 20).optional(),
  profileUrls: list(z.url().max(2083), 10).optional(),
  profileBio: text(5000).optional(),
  ipEvents: list(ipEvent, 100).optional().describe('sign-ins and other events, each with its address'),
  devices: list(device, 20).optional(),
  groupId: text(255).optional().describe('a group that you believe is organised around child sexual exploitation'),
  compromised: z.boolean().optional().describe('whether you believe that somebody else has taken it over'),
  disabled: disabled.optional().describe('set only when you have already disabled the account'),
  userNotified: z.boolean().optional().describe('true only when you have already told the user yourself'),
  userNotifiedAt: instant.optional().describe('set only when you have already told the user yourself'),
}

const associatedAccount = z
  .strictObject({
    type: z.enum(['billing', 'linked', 'business', 'creator', 'parent_guardian', 'other']),
    id: text(256).optional(),
    platform: text(256).optional(),
    thirdParty: z.boolean().optional().describe('it is on another company’s service'),
    middleName: text(100).optional(),
    ...known,
  })
  .describe('another account that belongs to this one')

export const account = z
  .strictObject({
    id: text(255).describe('the account’s unique id in your system'),
    email: emailAddress.optional().describe('the address at which the user is told'),
    emailVerified: z.boolean().optional(),
    displayName: text(255).optional(),
    profileUrl: z.url().max(2083).optional(),
    organisation: organisation.optional(),
    ...known,
    thirdParty: z.boolean().optional().describe('the user is on another company’s service'),
    estimatedLocation: location.optional(),
    associatedAccounts: list(associatedAccount, 10).optional(),
  })
  .describe('who sent it')

export type Account = z.infer<typeof account>
export type AssociatedAccount = z.infer<typeof associatedAccount>

/** What the operator's look-up webhook is asked: ids, and nothing else. */
export const accountQuestion = z.strictObject({
  type: z.literal('account.look_up'),
  timestamp: z.iso.datetime(),
  data: z.strictObject({
    environment: z.string(),
    case: z.string(),
    account: z.strictObject({ id: z.string(), organisation: z.string().optional() }),
    scans: z.array(z.string()),
  }),
})
export type AccountQuestion = z.infer<typeof accountQuestion>

/** What it answers; null: the platform knows no such account. */
export const accountAnswer = z.strictObject({ account: account.nullable() })
