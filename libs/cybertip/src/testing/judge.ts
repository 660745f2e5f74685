// The sandbox as a judge: it knows the API from the documentation, by hand, and shares no table with us.
import { StillClock, startCybertipline } from '@wardline/sandbox'
import { type Cybertip, openCybertip } from '../client/client.ts'
import type { CybertipFault } from '../client/fault.ts'
import { type Schema, schema } from '../schema/schema.ts'
import { toXml } from '../xml/to-xml.ts'
import type { Bag } from './repairs.ts'
import { minimalReport, now } from './reports.ts'

export type Judge = AsyncDisposable & {
  readonly client: Cybertip
  /** Submits a report; gives its id, or NCMEC's words of refusal. */
  submit(report: Bag, table?: Schema): Promise<{ reportId: string } | { refusal: string }>
  /** Describes a file that it uploads first, in an open report; the ids of a sample (7, abc) become real ones. */
  describe(fileDetails: Bag, batched: boolean): Promise<{ refusal?: string }>
  /** The schema that it serves. */
  xsd(): Promise<Uint8Array>
}

export async function openJudge(options: { readonly acceptDrift?: boolean } = {}): Promise<Judge> {
  const tip = await startCybertipline({ clock: new StillClock(now.getTime()), ...options })
  const { user: username, password } = tip.credentials
  const client = openCybertip({ environment: 'sandbox', baseUrl: tip.baseUrl, username, password })

  const submit: Judge['submit'] = async (report, table = schema) => {
    const answer = await client.submit(toXml('report', report, { schema: table }))
    return answer.kind === 'ok' ? { reportId: answer.reportId } : { refusal: words(answer) }
  }
  const opened = async (report: Bag) => {
    const answer = await submit(report)
    if ('refusal' in answer) throw new Error(answer.refusal)
    return answer.reportId
  }
  const plain = await opened(minimalReport)
  const batch = await opened({ ...minimalReport, batchedReport: { '@reason': 'VIRAL_POTENTIAL_MEME' } })

  return {
    client,
    submit,
    describe: async (details, batched) => {
      const reportId = batched ? batch : plain
      const file = await client.upload(reportId, { fileName: 'a', open: () => new Uint8Array([1]) })
      if (file.kind === 'fault') throw file
      const ids = {
        ...(details['reportId'] === '7' ? { reportId } : {}),
        ...(details['fileId'] === 'abc' ? { fileId: file.fileId } : {}),
      }
      const answer = await client.fileinfo(toXml('fileDetails', { ...details, ...ids }, { schema }))
      return answer.kind === 'ok' ? {} : { refusal: words(answer) }
    },
    xsd: async () => {
      const answer = await client.xsd()
      if (answer.kind === 'fault') throw answer
      return answer.rawXml
    },
    [Symbol.asyncDispose]: () => tip.close(),
  }
}

function words(fault: CybertipFault): string {
  return `${fault.code}: ${new TextDecoder().decode(fault.rawAnswer())}`
}
