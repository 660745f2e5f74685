// The appeal link: a notice's id and a keyed proof that we gave it away. It opens a form and reads nothing.
import { timingSafeEqual } from 'node:crypto'
import type { Vault } from '#vault'

export function appealToken(vault: Vault, noticeId: string): string {
  return `${noticeId}.${proof(vault, noticeId).toString('base64url')}`
}

/** Under `publicUrl`, whatever path that has. */
export function appealUrl(publicUrl: string, token: string): string {
  return new URL(`appeals/${token}`, publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`).href
}

/** The notice a token was made for; undefined for any other text. Compared in constant time. */
export function readAppealToken(vault: Vault, token: string): string | undefined {
  const [, noticeId, given] = /^(notice_[0-9a-z]{1,64})\.([A-Za-z0-9_-]{22})$/.exec(token) ?? []
  if (noticeId === undefined || given === undefined) return undefined
  const expected = proof(vault, noticeId)
  const presented = Buffer.from(given, 'base64url')
  // The text too: the last character of base64url has spare bits, and one link shall have one spelling.
  const same = presented.length === expected.length && timingSafeEqual(presented, expected)
  return same && presented.toString('base64url') === given ? noticeId : undefined
}

/** 128 bits are enough against guessing, and keep the link short. */
function proof(vault: Vault, noticeId: string): Buffer {
  return Buffer.from(vault.keyed('appeal-link', noticeId).slice(0, 32), 'hex')
}
