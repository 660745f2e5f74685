/** Who is calling and whether they may: HTTP Basic, and two rights (CyberTipline API, sections 1 and 8.1). */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Code } from './codes.ts'
import type { Right, SandboxUser } from './options.ts'
import type { Route } from './route.ts'

/** The user of an Authorization header, or undefined when there is none or it does not fit. */
export const callerOf = <User extends Pick<SandboxUser, 'user' | 'password'>>(
  header: string | undefined,
  users: readonly User[],
): User | undefined => {
  const encoded = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return users.find((one) => one.user === user && same(one.password, password.join(':')))
}

/** The refusing code, or undefined if the user may. Someone without any right may only ask /status and /xsd. */
export const missingRight = (user: SandboxUser, route: Route): Code | undefined => {
  const needed: Right | undefined =
    route === 'status' || route === 'xsd' ? undefined : route === 'submit' ? 'submit' : 'update'
  if (needed === undefined || user.rights.includes(needed)) return undefined
  if (user.rights.length === 0) return 3000
  return needed === 'submit' ? 3100 : 3300
}

const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
