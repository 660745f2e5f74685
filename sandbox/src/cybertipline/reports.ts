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

/** What /finish told the caller, byte for byte as it was sent; under 18 U.S.C. 2258A(h)(1) this is the receipt. */
export interface Receipt {
  readonly requestId: string
  readonly sentAt: number
  readonly xml: string
  /** The answer was handed over whole. What the caller then did with it only the caller knows. */
  readonly whole: boolean
}

export interface ReportRecord {
  readonly id: string
  /** 1 for the first report opened here. */
  readonly number: number
  readonly user: string
  /** What the report names as its incident: the option incidentPattern; by default the reported user's espIdentifier. */
  readonly incident: string | null
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
  /** An answer that names the id was handed over whole. */
  readonly idTold: boolean
  /** The caller has named the id since: whoever opened it knows of it. */
  readonly idUsed: boolean
  /** At most one from this service, as a second /finish is 5102; none whole means that the caller never had it. */
  readonly receipts: readonly Receipt[]
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

  open(user: string, opened: Pick<ReportRecord, 'submittedXml' | 'batched' | 'incident'>): ReportRecord {
    const now = this.#clock.now()
    const id = String(this.#nextId++)
    const report: Held = {
      id,
      number: this.#held.size + 1,
      user,
      ...opened,
      state: 'open',
      openedAt: now,
      lastModifiedAt: now,
      expiresAt: now + 24 * hourMs,
      finishedAt: null,
      retractedAt: null,
      files: [],
      idTold: false,
      idUsed: false,
      receipts: [],
    }
    this.#held.set(id, report)
    return { ...report }
  }

  /** The open report of this user, or the code that says why there is none. Another user's report does not exist. */
  openReport(id: string, user: string): ReportRecord | Code {
    const report = this.#held.get(id)
    if (!report || report.user !== user) return 5001
    report.idUsed = true
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

  /** An answer with this id has reached its caller whole. */
  told(id: string): void {
    const report = this.#held.get(id)
    if (report) report.idTold = true
  }

  /** whole: see Receipt; false until it is known. */
  addReceipt(id: string, sent: Omit<Receipt, 'whole'>, whole: Promise<boolean>): void {
    const receipt = { ...sent, whole: false }
    const report = this.#report(id)
    report.receipts = [...report.receipts, receipt]
    void whole.then((it) => {
      receipt.whole = it
    })
  }

  filesOf(id: string | undefined): readonly FileRecord[] {
    return (id === undefined ? undefined : this.#held.get(id)?.files) ?? []
  }

  /** Whoever asks, and without any effect. */
  find(id: string): Pick<ReportRecord, 'number' | 'incident'> | undefined {
    return this.#held.get(id)
  }

  /** Copies, oldest first, aged to now. */
  all(): ReportRecord[] {
    return [...this.#held.values()].map((report) => ({
      ...this.#aged(report),
      receipts: report.receipts.map((receipt) => ({ ...receipt })),
    }))
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
