// What became of the album, as seen from outside: in the CyberTipline's and the mailbox's own books, not in our words.
import { createHash } from 'node:crypto'
import type { Cybertipline, Mailbox } from '@wardline/sandbox'
import type { DemoImage, Upload } from './album.ts'
import type { Verdict } from './send.ts'

export interface Sent {
  readonly upload: Upload
  readonly verdicts: readonly Verdict[]
}

export interface Outcome {
  readonly by: string
  readonly image: DemoImage
  readonly scanId: string
  readonly verdict: string
  /** The CyberTipline's id of the finished report that holds exactly these bytes, or tells of them as a copy of a file that it holds. */
  readonly reportId: string | undefined
  readonly toldTo: 'user' | 'organisation' | undefined
}

type Outside = { readonly cybertipline: Cybertipline; readonly mailbox: Mailbox }

export function outcomes({ cybertipline, mailbox }: Outside, sent: readonly Sent[]): Outcome[] {
  const finished = cybertipline.inspect().reports.filter(({ state }) => state === 'finished')
  const mailed = mailbox.messages().flatMap(({ to }) => to)
  return sent.flatMap(({ upload, verdicts }) =>
    upload.images.map((image, place): Outcome => {
      const sha256 = createHash('sha256').update(image.bytes).digest('hex')
      const report =
        finished.find(({ files }) => files.some((file) => file.sha256 === sha256)) ??
        finished.find(({ files }) => files.some((file) => file.fileDetailsXml?.includes(`SHA-256 ${sha256}`)))
      const told = report !== undefined && upload.told !== undefined && mailed.includes(upload.told)
      const { organisation } = upload.context.account
      return {
        by: upload.by,
        image,
        scanId: verdicts[place]?.scanId ?? '',
        verdict: verdicts[place]?.verdict ?? 'no answer',
        reportId: report?.id,
        toldTo: told ? (organisation === undefined ? 'user' : 'organisation') : undefined,
      }
    }),
  )
}

/** Everything that is not as it must be, in words; empty when the demo kept its promise. */
export function shortcomings({ cybertipline, mailbox }: Outside, sent: readonly Sent[]): string[] {
  const seen = outcomes({ cybertipline, mailbox }, sent)
  const wrong = seen.flatMap(({ image, verdict, reportId, toldTo, by }) => {
    const held = image.expected === 'held'
    return [
      ...(verdict === image.expected
        ? []
        : [`${image.fileName} of ${by} is "${verdict}" and should be "${image.expected}"`]),
      ...(held && reportId === undefined ? [`${image.fileName} of ${by} is in no finished report`] : []),
      ...(!held && reportId !== undefined ? [`${image.fileName} of ${by} was reported and should not be`] : []),
      ...(held && toldTo === undefined ? [`nobody was told about ${image.fileName} of ${by}`] : []),
    ]
  })
  const reporting = sent.filter(({ upload }) => upload.images.some(({ expected }) => expected === 'held'))
  const { reports } = cybertipline.inspect()
  const mails = mailbox.messages()
  const joined = reporting.every(({ upload }) => reportsOf(seen, upload.by).size === 1)
  return [
    ...wrong,
    ...(joined ? [] : ['an account’s finds are not together in one report']),
    ...(reports.length === reporting.length
      ? []
      : [`there are ${reports.length} reports and should be ${reporting.length}`]),
    ...(mails.length === reporting.length
      ? []
      : [`there are ${mails.length} notices and should be ${reporting.length}`]),
  ]
}

const reportsOf = (seen: readonly Outcome[], by: string) =>
  new Set(seen.filter((one) => one.by === by && one.image.expected === 'held').map(({ reportId }) => reportId))
