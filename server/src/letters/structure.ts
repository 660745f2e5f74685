// What a mail is made of, by its structure alone (IMAP's BODYSTRUCTURE): which parts are its words, and how many others there are.
// Those are never asked for: an attachment is refused unread.
import type { MessageStructureObject } from 'imapflow'
import { limits } from './limits.ts'

export interface TextPart {
  /** IMAP's name of it, as `1.2`. */
  readonly part: string
  readonly type: 'text/plain' | 'text/html'
  readonly encoding: string
  readonly charset: string
  readonly flowed: boolean
}

export interface Contents {
  readonly texts: readonly TextPart[]
  /** Parts that are neither words nor signatures. */
  readonly attachments: number
  /** The part that says what became of a delivery (RFC 3464). */
  readonly status: string | undefined
  /** A report by a machine: of delivery, or that a mail was displayed (RFC 6522). */
  readonly isReport: boolean
}

export function contentsOf(root: MessageStructureObject): Contents {
  const isReport = root.type === 'multipart/report'
  const found: Found = { texts: [], attachments: 0, status: undefined, seen: 0 }
  walk(root, 0, found)
  const { texts, status, attachments } = found
  // What a report carries is the mail it is about, which was ours.
  return { texts, status: isReport ? status : undefined, attachments: isReport ? 0 : attachments, isReport }
}

interface Found {
  texts: TextPart[]
  attachments: number
  status: string | undefined
  seen: number
}

function walk(node: MessageStructureObject, depth: number, found: Found): void {
  found.seen += 1
  if (found.seen > limits.parts) return
  if (depth > limits.depth) {
    found.attachments += 1
    return
  }
  const children = node.childNodes ?? []
  if (node.type.startsWith('multipart/')) {
    if (node.type === 'multipart/alternative') alternative(children, depth, found)
    else for (const child of children) walk(child, depth + 1, found)
    return
  }
  const part = node.part ?? '1'
  if (node.type === 'message/delivery-status') found.status ??= part
  else if (isText(node) && found.texts.length < limits.textParts) found.texts.push(textOf(node, part))
  else if (!isSignature(node)) found.attachments += 1
}

/** The same words in several forms: the plain one, else the first that has words. What they carry beside words counts. */
function alternative(children: readonly MessageStructureObject[], depth: number, found: Found): void {
  const plain = children.find((child) => child.type === 'text/plain' && isText(child))
  if (plain === undefined) {
    const before = found.texts.length
    for (const child of children) {
      if (isText(child) && found.texts.length > before) continue
      walk(child, depth + 1, found)
    }
    return
  }
  walk(plain, depth + 1, found)
  for (const child of children) if (child !== plain && !isText(child)) walk(child, depth + 1, found)
}

/** With a name it is a file, whatever its type. */
function isText(node: MessageStructureObject): boolean {
  const named = node.parameters?.['name'] !== undefined || node.dispositionParameters?.['filename'] !== undefined
  return (node.type === 'text/plain' || node.type === 'text/html') && node.disposition !== 'attachment' && !named
}

const isSignature = ({ type }: MessageStructureObject): boolean =>
  type === 'application/pgp-signature' || /^application\/(x-)?pkcs7-signature$/.test(type)

function textOf(node: MessageStructureObject, part: string): TextPart {
  const word = (text: string | undefined, otherwise: string) =>
    text !== undefined && /^[A-Za-z0-9._:-]{1,40}$/.test(text) ? text.toLowerCase() : otherwise
  return {
    part,
    type: node.type === 'text/html' ? 'text/html' : 'text/plain',
    encoding: word(node.encoding, '7bit'),
    charset: word(node.parameters?.['charset'], 'utf-8'),
    flowed: node.parameters?.['format']?.toLowerCase() === 'flowed',
  }
}
