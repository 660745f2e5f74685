/** What each route does once the caller is known and may: the rules of CyberTipline API, sections 2 and 8.4 to 8.7. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { documentOf } from './document.ts'
import { drain, readForm } from './form.ts'
import { incidentOf } from './incident.ts'
import type { Settings } from './options.ts'
import type { ReportRecord, Reports } from './reports.ts'
import type { Answer, ReportAnswer } from './responses.ts'
import { refused } from './responses.ts'
import type { Route } from './route.ts'
import { batchedFile, isBatched } from './rules/batched.ts'
import type { Rule } from './rules/complaint.ts'
import { firstComplaint } from './rules/complaint.ts'
import { fileDetailsRules } from './rules/fileDetails.ts'
import { reportRules } from './rules/report.ts'
import type { Element } from './xml/element.ts'
import { childNamed, trimXml } from './xml/element.ts'
import type { Schema } from './xml/schema.ts'

/** A call that was read in full and has had no effect so far. */
export interface Prepared {
  /** The report that the caller names, whether or not there is one. */
  readonly reportId: string | null
  /** Of a /submit, the incident that the new report would name. */
  readonly incident: string | null
  /** Takes effect, all at once, and answers. */
  act(): Answer
}

export interface Service {
  /** Rejects with CallerGone if the caller breaks off. */
  read(route: Route, request: IncomingMessage, user: string): Promise<Prepared>
}

export const service = (settings: Settings, reports: Reports, schema: Schema): Service => {
  const read = async (route: Route, request: IncomingMessage, user: string): Promise<Prepared> => {
    switch (route) {
      case 'status':
        await drain(request, () => {})
        return plain(success({ description: `Remote User : ${user}, Remote Ip : ${request.socket.remoteAddress}` }))
      case 'xsd':
        await drain(request, () => {})
        return plain({ root: 'schema', code: 0, xsd: schema.text })
      case 'submit':
        return submit(request, user)
      case 'upload':
        return upload(request, user)
      case 'fileinfo':
        return fileinfo(request, user)
      case 'finish':
        return named(request, user, finish)
      case 'retract':
        return named(request, user, retract)
    }
  }

  const submit = async (request: IncomingMessage, user: string): Promise<Prepared> => {
    const document = await readDocument(request, 'report')
    if (document.kind === 'refused') return plain(document.answer)
    const { root, xml } = document
    const incident = incidentOf(root, xml, settings.incidentPattern)
    const act = () => {
      const complaint = complaintAbout(root, reportRules)
      if (complaint !== undefined) return refused(4100, complaint)
      const report = reports.open(user, { submittedXml: xml, batched: isBatched(root), incident })
      return success({ reportId: report.id })
    }
    return { reportId: null, incident, act }
  }

  const upload = async (request: IncomingMessage, user: string): Promise<Prepared> => {
    const form = await readForm(request, settings.keepBytes)
    if (form.kind === 'wrong_type') return plain(refused(4000, 'multipart/form-data expected'))
    if (form.kind === 'malformed') return plain(refused(4200, 'the form could not be read'))
    const id = form.fields.get('id')?.trim()
    const [file, second] = form.files
    if (id === undefined) return plain(refused(4200, "part 'id' is missing"))
    const act = () => {
      if (!file || second) return refused(4200, "exactly one part 'file' is needed")
      const { fileName, ...digested } = file
      if (fileName === undefined || fileName === '') return refused(4200, "part 'file' has no filename")
      if (file.sizeBytes === 0) return refused(4200, 'the file is empty')
      const report = reports.openReport(id, user)
      if (typeof report === 'number') return refused(report)
      const fileId = randomBytes(16).toString('hex')
      const uploadedAt = settings.clock.now()
      reports.addFile(report.id, { ...digested, fileName, fileId, uploadedAt, fileDetailsXml: null })
      return success({ reportId: report.id, fileId, hash: file.md5 })
    }
    return { reportId: id, incident: null, act }
  }

  const fileinfo = async (request: IncomingMessage, user: string): Promise<Prepared> => {
    const document = await readDocument(request, 'fileDetails')
    if (document.kind === 'refused') return plain(document.answer)
    const { root, xml } = document
    // xs:long may be written with a plus and zeros before it.
    const id = String(BigInt(trimXml(childNamed(root, 'reportId')?.text ?? '').replace(/^\+/, '')))
    const fileId = trimXml(childNamed(root, 'fileId')?.text ?? '')
    const act = () => {
      const report = reports.openReport(id, user)
      if (typeof report === 'number') return refused(report)
      const rules = report.batched ? [...fileDetailsRules, batchedFile] : fileDetailsRules
      const file = report.files.find((one) => one.fileId === fileId)
      if (!file && fileId !== '') return refused(5002, undefined, report.id)
      if (file?.fileDetailsXml && settings.secondFileinfo !== 'allow') {
        return refused(4000, 'file details were already given', report.id)
      }
      const complaint = complaintAbout(root, rules)
      if (complaint !== undefined) return refused(4100, complaint, report.id)
      reports.describeFile(report.id, fileId, xml)
      return success({ reportId: report.id })
    }
    return { reportId: id, incident: null, act }
  }

  const finish = (report: ReportRecord): Answer => {
    if (report.batched) {
      if (report.files.length > 1) return refused(4100, 'a batched report has at most one file', report.id)
      const bare = report.files.some((file) => file.fileDetailsXml === null)
      if (bare) return refused(4100, 'the file of a batched report needs its details', report.id)
    }
    reports.finish(report.id)
    const fileIds = report.files.map((file) => file.fileId)
    return { root: 'reportDoneResponse', code: 0, reportId: report.id, fileIds }
  }

  const retract = (report: ReportRecord): Answer => {
    reports.retract(report.id)
    return success({ reportId: report.id })
  }

  const named = async (
    request: IncomingMessage,
    user: string,
    end: (report: ReportRecord) => Answer,
  ): Promise<Prepared> => {
    const form = await readForm(request, false)
    if (form.kind === 'wrong_type') return plain(refused(4000, 'a form is expected'))
    if (form.kind === 'malformed') return plain(refused(4000, 'the form could not be read'))
    const id = form.fields.get('id')?.trim()
    if (id === undefined) return plain(refused(4000, "part 'id' is missing"))
    const act = () => {
      const report = reports.openReport(id, user)
      return typeof report === 'number' ? refused(report) : end(report)
    }
    return { reportId: id, incident: null, act }
  }

  const readDocument = (request: IncomingMessage, rootName: string) =>
    documentOf(request, { rootName, schema, schemaErrorCode: settings.schemaErrorCode })

  const complaintAbout = (root: Element, rules: readonly Rule[]): string | undefined =>
    firstComplaint(rules, root, { now: settings.clock.now(), knownReportIds: settings.knownReportIds })

  return { read }
}

const success = (fields: Partial<ReportAnswer>): ReportAnswer => ({ root: 'reportResponse', code: 0, ...fields })

/** An answer that changes nothing and is about no report. */
const plain = (answer: Answer): Prepared => ({ reportId: null, incident: null, act: () => answer })
