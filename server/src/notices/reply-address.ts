// Where an answer to a notice goes: the appeals address with a tag that names the notice and proves that we gave it away. The
// envelope's sender is the same address, so that a mail server that cannot deliver says so there.
import { timingSafeEqual } from 'node:crypto'
import type { Vault } from '#vault'

/** RFC 5321, section 4.5.3.1.1: a local part has 64 characters at most. */
const longestLocal = 64
/** `newId` gives 28; the proof has 100 bits. All lower case, since mail servers on the way may fold it. */
const idLength = 28
const proofLength = 20
/** What stays for the operator's own name before the `+`. */
export const longestAppealsName = longestLocal - 1 - idLength - proofLength

/** `appeals+<tag>@example.org` of `appeals@example.org`. Nothing else is known of `noticeId` but that it is ours. */
export function replyAddress(vault: Vault, appealsAddress: string, noticeId: string): string {
  const { name, domain } = partsOf(appealsAddress)
  const id = noticeId.replace(/^notice_/, '')
  return `${name}+${id}${proof(vault, noticeId)}@${domain}`
}

/**
 * What an address that a mail was sent to says. other: it is not the appeals address. plain: it is, without a tag. wrong: with a
 * tag that is not ours. Case does not count; the proof is compared in constant time.
 */
export function readReplyAddress(
  vault: Vault,
  appealsAddress: string,
  recipient: string,
): { readonly kind: 'other' | 'plain' | 'wrong' } | { readonly kind: 'tag'; readonly noticeId: string } {
  const own = partsOf(appealsAddress.toLowerCase())
  const given = partsOf(recipient.trim().toLowerCase())
  if (given.domain !== own.domain) return { kind: 'other' }
  if (given.name === own.name) return { kind: 'plain' }
  if (!given.name.startsWith(`${own.name}+`)) return { kind: 'other' }
  const tag = given.name.slice(own.name.length + 1)
  if (!new RegExp(`^[0-9a-z]{${idLength + proofLength}}$`).test(tag)) return { kind: 'wrong' }
  const noticeId = `notice_${tag.slice(0, idLength)}`
  const presented = Buffer.from(tag.slice(idLength))
  return timingSafeEqual(presented, Buffer.from(proof(vault, noticeId))) ? { kind: 'tag', noticeId } : { kind: 'wrong' }
}

function partsOf(address: string): { readonly name: string; readonly domain: string } {
  const at = address.lastIndexOf('@')
  return { name: address.slice(0, Math.max(at, 0)), domain: address.slice(at + 1) }
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** 100 bits, 5 a character: a guess needs a mail, and is written down. */
function proof(vault: Vault, noticeId: string): string {
  const digest = BigInt(`0x${vault.keyed('appeal-mail', noticeId)}`)
  let text = ''
  for (let place = 0; place < proofLength; place += 1) text += alphabet[Number((digest >> BigInt(place * 5)) & 31n)]
  return text
}
