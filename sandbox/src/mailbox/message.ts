/** One mail as it came in, and as a person would read it. */
import PostalMime from 'postal-mime'

export interface MailMessage {
  /** 1, 2, 3 ... in order of arrival. */
  readonly id: number
  /** Epoch ms. */
  readonly receivedAt: number
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  /** Header addresses, without names. */
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly messageId: string
  readonly text: string
  /** '' when the mail has no HTML part. */
  readonly html: string
  /** Lower-case names; the last one wins where a header repeats. */
  readonly headers: Readonly<Record<string, string>>
  readonly attachments: number
  readonly raw: Buffer
  /** Whether the sender was told that the mail was taken. */
  readonly answered: boolean
}

export type Arrival = Pick<MailMessage, 'id' | 'receivedAt' | 'envelope' | 'raw' | 'answered'>

/** Parses the raw mail; a mail nobody can parse throws, and the sender is told so. */
export const readMessage = async (arrival: Arrival): Promise<MailMessage> => {
  const mail = await PostalMime.parse(arrival.raw)
  const addresses = (mail.to ?? []).flatMap((to) => (to.group ? to.group.map((one) => one.address) : [to.address]))
  return {
    ...arrival,
    from: mail.from?.address ?? '',
    to: addresses,
    subject: mail.subject ?? '',
    messageId: mail.messageId ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: Object.fromEntries(mail.headers.map((header) => [header.key, header.value])),
    attachments: mail.attachments.length,
  }
}
