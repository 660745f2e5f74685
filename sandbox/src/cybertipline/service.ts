/** What each route does once the caller is known and may: the rules of CyberTipline API, sections 2 and 8.4 to 8.7. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { drain, readForm, readXmlBody } from './form.ts'
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
import { childNamed, readXml, trimXml } from './xml/element.ts'
import type { Schema } from './xml/schema.ts'

export interface Service {
  answer(route: Route, request: IncomingMessage, user: string): Promise<Answer>
}

export const service = (settings: Settings, reports: Reports, schema: Schema): Service => {
  const answer = async (route: Route, request: IncomingMessage, user: string): Promise<Answer> => {
    switch (route) {
      case 'status':
        await drain(request, () => {})
        return success({ description: `Remote User : ${user}, Remote Ip : ${request.socket.remoteAddress}` })
      case 'xsd':
        await drain(request, () => {})
        return { root: 'schema', code: 0, xsd: schema.text }
      case 'submit':
        return submit(request, user)
      case 'upload':
        return upload(request, user)
      case 'fileinfo':
        return fileinfo(request, user)
      case 'finish':
        return finish(request, user)
      case 'retract':
        return retract(request, user)
    }
  }

  const submit = async (request: IncomingMessage, user: string): Promise<Answer> => {
    const document = await readDocument(request, 'report')
    if (document.kind === 'refused') return document.answer
    const complaint = complaintAbout(document.root, reportRules)
    if (complaint !== undefined) return refused(4100, complaint)
    const report = reports.open(user, document.xml, isBatched(document.root))
    return success({ reportId: report.id })
  }

  const upload = async (request: IncomingMessage, user: string): Promise<Answer> => {
    const form = await readForm(request, settings.keepBytes)
    if (form.kind === 'wrong_type') return refused(4000, 'multipart/form-data expected')
    if (form.kind === 'malformed') return refused(4200, 'the form could not be read')
    const id = form.fields.get('id')
    const [file, second] = form.files
    if (id === undefined) return refused(4200, "part 'id' is missing")
    if (!file || second) return refused(4200, "exactly one part 'file' is needed")
    if (file.fileName === undefined || file.fileName === '') return refused(4200, "part 'file' has no filename")
    if (file.sizeBytes === 0) return refused(4200, 'the file is empty')
    const report = reports.openReport(id.trim(), user)
    if (typeof report === 'number') return refused(report)
    const fileId = randomBytes(16).toString('hex')
    reports.addFile(report.id, {
      ...file,
      fileName: file.fileName,
      fileId,
      uploadedAt: settings.clock.now(),
      fileDetailsXml: null,
    })
    return success({ reportId: report.id, fileId, hash: file.md5 })
  }

  const fileinfo = async (request: IncomingMessage, user: string): Promise<Answer> => {
    const document = await readDocument(request, 'fileDetails')
    if (document.kind === 'refused') return document.answer
    const id = trimXml(childNamed(document.root, 'reportId')?.text ?? '')
    const fileId = trimXml(childNamed(document.root, 'fileId')?.text ?? '')
    const report = reports.openReport(id, user)
    if (typeof report === 'number') return refused(report)
    const rules = report.batched ? [...fileDetailsRules, batchedFile] : fileDetailsRules
    const file = report.files.find((one) => one.fileId === fileId)
    if (!file && fileId !== '') return refused(5002, undefined, report.id)
    if (file?.fileDetailsXml && settings.secondFileinfo !== 'allow') {
      return refused(4000, 'file details were already given', report.id)
    }
    const complaint = complaintAbout(document.root, rules)
    if (complaint !== undefined) return refused(4100, complaint, report.id)
    reports.describeFile(report.id, fileId, document.xml)
    return success({ reportId: report.id })
  }

  const finish = async (request: IncomingMessage, user: string): Promise<Answer> => {
    const report = await namedReport(request, user)
    if ('root' in report) return report
    if (report.batched) {
      if (report.files.length > 1) return refused(4100, 'a batched report has at most one file', report.id)
      const bare = report.files.some((file) => file.fileDetailsXml === null)
      if (bare) return refused(4100, 'the file of a batched report needs its details', report.id)
    }
    reports.finish(report.id)
    return {
      root: 'reportDoneResponse',
      code: 0,
      reportId: report.id,
      fileIds: report.files.map((file) => file.fileId),
    }
  }

  const retract = async (request: IncomingMessage, user: string): Promise<Answer> => {
    const report = await namedReport(request, user)
    if ('root' in report) return report
    reports.retract(report.id)
    return success({ reportId: report.id })
  }

  const namedReport = async (request: IncomingMessage, user: string): Promise<ReportRecord | ReportAnswer> => {
    const form = await readForm(request, false)
    if (form.kind === 'wrong_type') return refused(4000, 'a form is expected')
    if (form.kind === 'malformed') return refused(4000, 'the form could not be read')
    const id = form.fields.get('id')
    if (id === undefined) return refused(4000, "part 'id' is missing")
    const report = reports.openReport(id.trim(), user)
    return typeof report === 'number' ? refused(report) : report
  }

  // Content type, then well-formed, then the root's name and the schema; the rules come after.
  const readDocument = async (
    request: IncomingMessage,
    rootName: string,
  ): Promise<{ kind: 'read'; root: Element; xml: string } | { kind: 'refused'; answer: ReportAnswer }> => {
    const body = await readXmlBody(request)
    if (body === 'wrong_type') return { kind: 'refused', answer: refused(4000, 'text/xml; charset=utf-8 expected') }
    if (body === 'too_large') return { kind: 'refused', answer: refused(4000, 'the document is too large') }
    const reading = readXml(body)
    if (reading.kind === 'malformed') return { kind: 'refused', answer: refused(4110, reading.detail) }
    try {
      const fault = schema.fault(reading.document) ?? wrongRoot(reading.root, rootName)
      if (fault !== undefined) return { kind: 'refused', answer: refused(settings.schemaErrorCode, fault) }
      return { kind: 'read', root: reading.root, xml: body.toString('utf8') }
    } finally {
      reading.document.dispose()
    }
  }

  const complaintAbout = (root: Element, rules: readonly Rule[]): string | undefined =>
    firstComplaint(rules, root, { now: settings.clock.now(), knownReportIds: settings.knownReportIds })

  return { answer }
}

const success = (fields: Partial<ReportAnswer>): ReportAnswer => ({ root: 'reportResponse', code: 0, ...fields })

// The schema declares many roots; only one is meant here.
const wrongRoot = (root: Element, expected: string): string | undefined =>
  root.name === expected ? undefined : `cvc-elt.1.a: Cannot find the declaration of element '${root.name}'.`
