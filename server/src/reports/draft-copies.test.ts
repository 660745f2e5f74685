import { describe, expect, it } from 'vitest'
import type { CaseFile, CaseRecord } from '#cases'
import { near } from '../cases/testing.ts'
import { caseOf, drafted as draftedOf, file as fileOf, now } from './testing/drafting.ts'

const digestsOf = (digit: string) => ({ md5: digit.repeat(32), sha1: digit.repeat(40), sha256: digit.repeat(64) })

function file(id: string, digit: string, change: Partial<CaseFile> = {}): CaseFile {
  const print = { hash: digit.repeat(64), quality: 100 }
  const context = { surface: 'upload', account: { id: '7' } } as const
  return fileOf(context, {
    id,
    vaultId: `evidence_${id}`,
    bytesKeyed: `bytes-${id}`,
    digests: digestsOf(digit),
    pictures: [{ index: 0, width: 10, height: 10, commandLine: print, fullResolution: print }],
    grounds: [near],
    why: 'near',
    occurrences: [{ scanId: `scan_${id}`, receivedAt: now - 1000, context }],
    ...change,
  })
}

const copyOf = { fileId: 'file_1', distanceBits: 9 }
const again = {
  surface: 'upload' as const,
  account: { id: '7' },
  fileName: 'again.png',
  uploadedAt: '2026-06-01T11:00:00Z',
  origin: { ip: '192.0.2.9', port: 5000, at: '2026-06-01T10:59:59Z' },
}

const drafted = (files: readonly CaseFile[], views: CaseRecord['views'] = []) =>
  draftedOf({ ...caseOf(...files), views })

describe('a copy of a file', () => {
  const copy = file('file_2', 'b', {
    copyOf,
    mediaType: 'image/png',
    occurrences: [{ scanId: 's', receivedAt: now - 500, context: again }],
  })

  it('is no second file: its digests, name, time and machine are told in words, and never as hashes of the bytes uploaded', () => {
    const { report, files } = drafted([file('file_1', 'a'), copy])
    expect(files.map(({ fileId }) => fileId)).toEqual(['file_1'])
    const [told] = files
    expect(told?.details.originalFileHash?.map((hash) => hash['#'])).toEqual([
      ...Object.values(digestsOf('a')),
      'a'.repeat(64),
    ])
    const words = told?.details.additionalInfo?.join('\n')
    for (const said of [
      ...Object.values(digestsOf('b')),
      'not uploaded with this report',
      '9 of 256 bits',
      'again.png',
      '2026-06-01T11:00:00.000Z',
      '192.0.2.9 port 5000 at 2026-06-01T10:59:59.000Z',
    ])
      expect(words).toContain(said)
    expect(report.additionalInfo).toContain('One file was found')
    // The machine is the account's, whichever of the files came from it.
    expect(report.personOrUserReported?.[0]?.ipCaptureEvent).toMatchObject([{ ipAddress: '192.0.2.9', port: 5000 }])
  })

  it('stands with the file that it is a copy of, and of very many their number is told', () => {
    const copies = Array.from({ length: 23 }, (_, i) => file(`copy_${i}`, 'c', { copyOf }))
    const { files } = drafted([file('file_1', 'a'), ...copies, file('file_3', 'd')])
    expect(files).toHaveLength(2)
    expect(files[0]?.details.additionalInfo).toHaveLength(22)
    expect(files[0]?.details.additionalInfo?.at(-1)).toContain('3 further copies')
    expect(files[1]?.details.additionalInfo).toHaveLength(1)
  })

  it('loses nothing of what the platform said of it, for nobody else says it', () => {
    const context = {
      ...again,
      surface: 'ai_output' as const,
      origin: { ip: '192.0.2.9', possibleProxy: true },
      publiclyAvailable: true,
      annotations: ['live_streaming' as const],
      altered: true,
      originalHashes: [{ type: 'MD5', value: 'e'.repeat(32) }],
      exif: [{ name: 'Model', value: 'Camera 1' }],
    }
    const said = (more: object) => {
      const occurrences = [{ scanId: 's', receivedAt: now - 500, context: { ...again, ...more } }]
      return drafted([file('file_1', 'a'), file('file_2', 'b', { copyOf, occurrences })]).files[0]?.details
    }
    const words = said(context)?.additionalInfo?.join('\n')
    for (const told of [
      'it was publicly available',
      'liveStreaming, generativeAi',
      'had changed its bytes',
      `MD5 ${'e'.repeat(32)}`,
      'Model Camera 1',
      'from 192.0.2.9 (possibly a proxy)',
    ])
      expect(words).toContain(told)
    // Of the file that is uploaded none of it was said.
    expect(said(context)?.fileAnnotations).toBeUndefined()
    expect(said({ publiclyAvailable: false })?.additionalInfo?.join()).toContain('it was not publicly available')
    expect(said({})?.additionalInfo?.join()).not.toMatch(/publicly|proxy|EXIF|By the platform/)
  })

  it('that was displayed to a person is told as displayed, and makes its file no more viewed than it was', () => {
    const view = { fileId: 'file_2', bytesKeyed: 'bytes-file_2', by: 'person:p', displayed: 'full', at: now } as const
    const { report, files } = drafted([file('file_1', 'a'), copy], [view])
    expect(files[0]?.details.fileViewedByEsp).toBe(false)
    const [own, copied] = files[0]?.details.additionalInfo ?? []
    expect(own).toContain('showed this file to nobody')
    expect(copied).toContain('This copy was displayed in full to a person of the company (p)')
    expect(report.additionalInfo).toContain('is told with each file')
    expect(drafted([file('file_1', 'a'), copy]).report.additionalInfo).toContain('showed no reported file to anyone')
  })

  it('tells of a copy that came very often the first times and how many more there were', () => {
    const occurrences = Array.from({ length: 20 }, () => ({ scanId: 's', receivedAt: now - 500, context: again }))
    const often = file('file_2', 'b', { copyOf, occurrences, furtherOccurrences: 30 })
    expect(drafted([file('file_1', 'a'), often]).files[0]?.details.additionalInfo?.join()).toContain(
      'Received 45 more times.',
    )
  })
})
