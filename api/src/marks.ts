// What tells of a person and reaches them: telephone, e-mail, address, addresses on the net, devices, a place on the map.
import { z } from 'zod'

export const text = (most: number) => z.string().min(1).max(most)
export const list = <T extends z.ZodType>(of: T, most: number) => z.array(of).max(most)
export const instant = z.iso.datetime({ offset: true }).describe('ISO 8601 with a time zone')
export const ip = z.union([z.ipv4(), z.ipv6()], { error: 'must be an IPv4 or IPv6 address' })
const country = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two letters, as DE')

/**
 * Any address a user may really have, `a.@x.jp` and `jürgen@münchen.de` among them: a picture is never left unscanned for its
 * sender's odd address. What NCMEC's form does not take is told there in words.
 */
export const emailAddress = z
  .string()
  .max(255)
  .regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u, 'must be an e-mail address')

const proof = {
  verified: z.boolean().optional(),
  verifiedAt: instant.optional().describe('when it was verified; left out where it was not'),
}

export const email = z.strictObject({
  address: emailAddress,
  type: z.enum(['home', 'work', 'business', 'recovery']).optional(),
  ...proof,
})

export const phone = z.strictObject({
  number: text(50),
  type: z.enum(['mobile', 'home', 'business', 'work', 'fax', 'internet', 'recovery']).optional(),
  ...proof,
  callingCode: z
    .string()
    .regex(/^\+[0-9]{1,3}$/, 'must be + and one to three digits, as +49')
    .optional()
    .describe('of the country'),
  extension: z
    .string()
    .regex(/^[0-9]{1,10}$/, 'must be up to ten digits')
    .optional(),
})

export const address = z.strictObject({
  type: z.enum(['home', 'business', 'billing', 'shipping', 'technical']).optional(),
  street: text(255).optional(),
  city: text(100).optional(),
  postalCode: text(20).optional(),
  region: text(100).optional().describe('in the US the code of the state, as CA'),
  country: country.optional(),
})

const happenings = ['login', 'registration', 'purchase', 'upload', 'other', 'unknown'] as const

export const ipEvent = z.strictObject({
  ip,
  kind: z.enum(happenings).optional(),
  at: instant.optional(),
  port: z.int().min(1).max(65_535).optional(),
  possibleProxy: z.boolean().optional().describe('you hold it for possible that this is a proxy, a VPN or Tor'),
})

export const device = z.strictObject({
  type: text(255).describe('what kind of id it is: IMEI, ICCID, SSID, ...'),
  id: text(2083),
  kind: z.enum(happenings).optional(),
  at: instant.optional(),
})

export const location = z
  .strictObject({
    city: text(255).optional(),
    region: text(255).optional().describe('in the US the code of the state, as CA'),
    country,
    verified: z.boolean().optional(),
    at: instant.optional(),
  })
  .describe('where you estimate the user to be')

export type Email = z.infer<typeof email>
export type Phone = z.infer<typeof phone>
export type Address = z.infer<typeof address>
export type IpEvent = z.infer<typeof ipEvent>
export type Device = z.infer<typeof device>
