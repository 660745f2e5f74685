// Carries out one call of a filing. Between `begin` and `after`; what it needs is made only when it is needed.
import type { Happened } from '../filing/after.ts'
import type { Call } from '../filing/next.ts'
import type { Cybertip, Ok } from './client.ts'
import type { CybertipFault } from './fault.ts'
import type { Upload } from './multipart.ts'

export type Material = {
  /** The <report> document. */
  report(): string | Promise<string>
  file(localId: string): Upload | Promise<Upload>
  /** The <fileDetails> document of one uploaded file. */
  fileDetails(file: { reportId: string; fileId: string; localId: string }): string | Promise<string>
}

export async function perform(
  client: Cybertip,
  call: Call,
  material: Material,
): Promise<(Ok & Happened) | CybertipFault> {
  switch (call.do) {
    case 'submit':
      return client.submit(await material.report())
    case 'upload':
      return client.upload(call.reportId, await material.file(call.localId))
    case 'fileinfo':
      return client.fileinfo(await material.fileDetails(call))
    case 'finish':
      return client.finish(call.reportId)
    case 'retract':
      return client.retract(call.reportId)
  }
}
