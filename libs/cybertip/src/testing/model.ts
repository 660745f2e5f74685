// NCMEC as a filing sees it, in memory: honest about its reports, and as unreliable about its answers as a test asks.
import { CybertipFault, type FaultCode } from '../client/fault.ts'
import type { Outcome } from '../filing/after.ts'
import type { Call } from '../filing/next.ts'
import { hourMs } from '../filing/state.ts'
import { type KnownCode, responseCode } from '../response/codes.ts'

/** What goes wrong with one call. `lost`, `lied` and `lied_for_good`: it was carried out, and the answer says nothing or otherwise. */
export const troubles = [
  'none',
  'not_sent',
  'never_arrived',
  'lost',
  'server_error',
  'lied',
  'lied_for_good',
  'busy',
  'credentials',
  'refused_for_good',
  'unknown_code',
  'wrong_bytes',
  'same_file_id',
] as const
export type Trouble = (typeof troubles)[number]

type ModelFile = { readonly fileId: string; readonly md5: string; detailed: boolean }
export type ModelReport = {
  readonly id: string
  readonly files: ModelFile[]
  readonly openedAtMs: number
  lastChangeAtMs: number
  ended?: 'retracted' | 'finished'
}

export class ModelNcmec {
  readonly reports: ModelReport[] = []
  nowMs = Date.parse('2026-11-22T12:00:00Z')
  #fileIds = 0
  readonly #md5s: ReadonlyMap<string, string>

  /** md5s: by localId, of the bytes that uploads send. */
  constructor(md5s: ReadonlyMap<string, string>) {
    this.#md5s = md5s
  }

  now(): Date {
    return new Date(this.nowMs)
  }

  isOpen({ ended, openedAtMs, lastChangeAtMs }: ModelReport): boolean {
    return ended === undefined && this.nowMs < Math.max(openedAtMs + 24 * hourMs, lastChangeAtMs + hourMs)
  }

  call(call: Call, trouble: Trouble): Outcome {
    switch (trouble) {
      case 'none':
      case 'wrong_bytes':
      case 'same_file_id':
        return this.#carryOut(call, trouble)
      case 'not_sent':
        return fault('unreachable')
      case 'never_arrived':
        return fault('timed_out')
      case 'lost':
        this.#carryOut(call, trouble)
        return fault('broken_off')
      case 'server_error':
        return fault('temporarily_refused', 1000)
      case 'lied':
        this.#carryOut(call, trouble)
        return fault('temporarily_refused', 1000)
      case 'lied_for_good':
        this.#carryOut(call, trouble)
        return fault('not_accepted', 4100)
      case 'busy':
        return fault('too_busy')
      case 'credentials':
        return fault('credentials', 2000)
      case 'refused_for_good':
        return fault('not_accepted', 4100)
      case 'unknown_code':
        return fault('unknown_code')
    }
  }

  #carryOut(call: Call, trouble: Trouble): Outcome {
    if (call.do === 'submit') return this.#open()
    const report = this.reports.find(({ id }) => id === call.reportId)
    if (report?.ended === 'finished') return fault('already_finished', 5102)
    if (report?.ended === 'retracted') return fault('already_retracted', 5101)
    if (!report || !this.isOpen(report)) return fault('report_gone', 5001)
    switch (call.do) {
      case 'upload':
        return this.#receive(report, call.localId, trouble)
      case 'fileinfo':
        return this.#detail(report, call.fileId)
      case 'finish':
        report.ended = 'finished'
        return { kind: 'ok', reportId: report.id, fileIds: report.files.map(({ fileId }) => fileId) }
      case 'retract':
        report.ended = 'retracted'
        return { kind: 'ok', reportId: report.id }
    }
  }

  #open(): Outcome {
    const id = String(1000 + this.reports.length)
    this.reports.push({ id, files: [], openedAtMs: this.nowMs, lastChangeAtMs: this.nowMs })
    return { kind: 'ok', reportId: id }
  }

  #receive(report: ModelReport, localId: string, trouble: Trouble): Outcome {
    const sent = this.#md5s.get(localId) ?? 'nothing'
    const md5 = trouble === 'wrong_bytes' ? 'f'.repeat(32) : sent
    const first = report.files[0]
    if (trouble !== 'same_file_id' || !first) this.#fileIds += 1
    const fileId = trouble === 'same_file_id' && first ? first.fileId : String(this.#fileIds)
    report.files.push({ fileId, md5, detailed: false })
    report.lastChangeAtMs = this.nowMs
    return { kind: 'ok', reportId: report.id, fileId, hash: md5.toUpperCase(), sentMd5: sent }
  }

  #detail(report: ModelReport, fileId: string): Outcome {
    const file = report.files.find((one) => one.fileId === fileId)
    if (!file) return fault('file_gone', 5002)
    if (file.detailed) return fault('not_accepted', 4000)
    file.detailed = true
    report.lastChangeAtMs = this.nowMs
    return { kind: 'ok', reportId: report.id }
  }
}

export function fault(code: FaultCode, n?: KnownCode): Outcome {
  return new CybertipFault(code, n === undefined ? {} : { responseCode: responseCode(n) }).facts()
}
