/** The mailbox as a person sees it: a list, and each mail as plain text with nothing in it alive but web addresses. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { escapeHtml, escapeWithLinks, page, sendJson, sendPage } from '../page/page.ts'
import type { MailMessage } from './message.ts'

export const mailPages =
  (messages: () => readonly MailMessage[]) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const path = new URL(request.url ?? '/', 'http://sandbox.invalid').pathname
    const id = /^\/messages\/(\d+)$/.exec(path)?.[1]
    const message = id === undefined ? undefined : messages().find((one) => String(one.id) === id)
    request.resume()
    if (path === '/messages') sendJson(response, messages().map(withoutRaw))
    else if (path === '/') sendPage(response, page('Mailbox', listHtml(messages())))
    else if (message) sendPage(response, page(message.subject || '(no subject)', messageHtml(message)))
    else sendPage(response, page('No such mail', '<p><a href="/">All mail</a></p>'), 404)
  }

const withoutRaw = ({ raw, ...message }: MailMessage) => ({ ...message, sizeBytes: raw.length })

const listHtml = (messages: readonly MailMessage[]): string =>
  messages.length === 0
    ? '<p>No mail has come in yet.</p>'
    : `<table><thead><tr><th>When</th><th>To</th><th>Subject</th></tr></thead><tbody>
${[...messages]
  .reverse()
  .map(
    (mail) =>
      `<tr><td>${time(mail)}</td><td>${escapeHtml(mail.envelope.to.join(', '))}</td><td><a href="/messages/${mail.id}">${escapeHtml(mail.subject || '(no subject)')}</a></td></tr>`,
  )
  .join('\n')}</tbody></table>`

const messageHtml = (mail: MailMessage): string =>
  `<table><tr><th scope="row">From</th><td>${escapeHtml(mail.from)}</td></tr>
<tr><th scope="row">To</th><td>${escapeHtml(mail.envelope.to.join(', '))}</td></tr>
<tr><th scope="row">When</th><td>${time(mail)}</td></tr></table>
<pre>${escapeWithLinks(mail.text)}</pre>
${mail.html === '' ? '' : `<details><summary>HTML part, as source</summary><pre>${escapeHtml(mail.html)}</pre></details>`}
<p><a href="/">All mail</a></p>`

const time = (mail: MailMessage): string => new Date(mail.receivedAt).toISOString()
