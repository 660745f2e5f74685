/** The reports this sandbox has taken, and the life of each: open, then finished, retracted or expired. */
import { randomInt } from 'node:crypto'
import type { Clock } from '../clock/still.ts'
import type { Code } from './codes.ts'

const hourMs = 3_600_000

export type ReportState = 'open' | 'finished' | 'retracted' | 'expired'

export interface FileRecord {
  /** 32 hex characters; an opaque string. */
  readonly fileId: string
  readonly fileName: string
  readonly md5: string
  readonly sha256: string
  readonly sizeBytes: number
  /** Epoch ms, like every time here. */
  readonly uploadedAt: number
  /** Root `fileDetails` as received, or null before /fileinfo. */
  readonly fileDetailsXml: string | null
  /** Only with the option keepBytes. */
  readonly bytes?: Buffer
}

export interface ReportRecord {
  readonly id: string
  readonly user: string
  readonly state: ReportState
  /** The report as received at /submit. */
  readonly submittedXml: string
  readonly batched: boolean
  readonly openedAt: number
  readonly lastModifiedAt: number
  /** When it expires if nobody touches it. */
  readonly expiresAt: number
  readonly finishedAt: number | null
  readonly retractedAt: number | null
  readonly files: readonly FileRecord[]
}

type Held = { -readonly [K in keyof ReportRecord]: ReportRecord[K] }

export class Reports {
  readonly #held = new Map<string, Held>()
  readonly #clock: Clock
  readonly #expiredCode: Code
  #nextId: number

  constructor(clock: Clock, expiredCode: Code, firstReportId = randomInt(1_000_000, 900_000_000)) {
    this.#clock = clock
    this.#expiredCode = expiredCode
    this.#nextId = firstReportId
  }

  open(user: string, submittedXml: string, batched: boolean): ReportRecord {
    const now = this.#clock.now()
    const id = String(this.#nextId++)
    const report: Held = {
      id,
      user,
      state: 'open',
      submittedXml,
      batched,
      openedAt: now,
      lastModifiedAt: now,
      expiresAt: now + 24 * hourMs,
      finishedAt: null,
      retractedAt: null,
      files: [],
    }
    this.#held.set(id, report)
    return { ...report }
  }

  /** The open report of this user, or the code that says why there is none. Another user's report does not exist. */
  openReport(id: string, user: string): ReportRecord | Code {
    const report = this.#held.get(id)
    if (!report || report.user !== user) return 5001
    switch (this.#aged(report).state) {
      case 'open':
        return { ...report }
      case 'finished':
        return 5102
      case 'retracted':
        return 5101
      case 'expired':
        return this.#expiredCode
    }
  }

  addFile(id: string, file: FileRecord): void {
    this.#change(id, (report) => {
      report.files = [...report.files, file]
    })
  }

  describeFile(id: string, fileId: string, fileDetailsXml: string): void {
    this.#change(id, (report) => {
      report.files = report.files.map((file) => (file.fileId === fileId ? { ...file, fileDetailsXml } : file))
    })
  }

  finish(id: string): void {
    const report = this.#report(id)
    report.state = 'finished'
    report.finishedAt = this.#clock.now()
  }

  retract(id: string): void {
    const report = this.#report(id)
    report.state = 'retracted'
    report.retractedAt = this.#clock.now()
  }

  /** Copies, oldest first, aged to now. */
  all(): ReportRecord[] {
    return [...this.#held.values()].map((report) => ({ ...this.#aged(report) }))
  }

  // Upload and fileinfo count as modification. CyberTipline API, section 2: the LATER of the two limits deletes.
  #change(id: string, act: (report: Held) => void): void {
    const report = this.#report(id)
    act(report)
    report.lastModifiedAt = this.#clock.now()
    report.expiresAt = Math.max(report.openedAt + 24 * hourMs, report.lastModifiedAt + hourMs)
  }

  #aged(report: Held): Held {
    if (report.state === 'open' && this.#clock.now() >= report.expiresAt) report.state = 'expired'
    return report
  }

  #report(id: string): Held {
    const report = this.#held.get(id)
    if (!report) throw new Error('no such report in the sandbox')
    return report
  }
}
