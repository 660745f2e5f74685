// The words of a letter, as they are kept: plain text, without what a mail program or a machine put around them.
import { limits } from './limits.ts'

const longer = '[The letter goes on; the rest lies with the mail server.]'
/**
 * Nobody writes such a word: it is a file that was pasted, or a picture inside HTML, and files are refused. Of the characters of base64
 * and hex only: a paragraph of Chinese, Japanese or Thai has no spaces either, and is somebody's words.
 */
const pasted = /[A-Za-z0-9+/=_-]{400,}/g

export function wordsOf(text: string): string {
  const clean = text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal or a page could obey
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/\[?data:[\w/+.-]+[;,][^\s\]]*\]?/gi, '[a file inside the text was refused]')
    .replace(pasted, '[a long run of characters was refused]')
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{4,}/g, '\n\n\n')
  const said = withoutQuoted(clean).trim()
  if (said.length <= limits.characters) return said
  return `${said.slice(0, limits.characters - longer.length - 2).toWellFormed()}\n\n${longer}`
}

/** Of a mail without any other: some write all they have to say there. The subject of an answer (`Re:`, `AW:`, `回复：`) is ours. */
export const wordsOfSubject = (subject: string): string =>
  /^\s*[^\s:：]{1,6}\s?[:：]/u.test(subject) ? '' : wordsOf(subject)

/**
 * The former mail at the end, which a program quotes line by line with `>`, was ours and goes. What stands between quoted lines is an
 * answer to them, and stays with them.
 */
function withoutQuoted(text: string): string {
  const lines = text.trimEnd().split('\n')
  let end = lines.length
  while (end > 0 && /^\s*(>|$)/.test(lines[end - 1] ?? '')) end -= 1
  return lines.slice(0, end).join('\n')
}
