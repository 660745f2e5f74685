import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeClass, responseCode } from './codes.ts'
import { judge } from './judge.ts'
import { parseResponse } from './parse.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const read = (text: string) => parseResponse(bytes(text))
const prolog = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const reply = (inside: string) => `${prolog}<reportResponse>${inside}</reportResponse>`

describe('reading an answer', () => {
  it('of an upload: ids and hash as strings', () => {
    expect(
      read(
        reply(
          '<responseCode>0</responseCode><responseDescription>Success</responseDescription><reportId>4567</reportId>' +
            '<fileId>12345678901234567890123456789012</fileId><hash>ABCDEF</hash>',
        ),
      ),
    ).toEqual({
      kind: 'reply',
      root: 'reportResponse',
      code: 0,
      description: 'Success',
      reportId: '4567',
      fileId: '12345678901234567890123456789012',
      hash: 'abcdef',
    })
  })

  it('a report id beyond what a number holds keeps every digit', () => {
    expect(read(reply('<responseCode>0</responseCode><reportId>9007199254740993</reportId>'))).toMatchObject({
      reportId: '9007199254740993',
    })
  })

  it('of a finish: its files, in order, or none', () => {
    const done = (files: string) =>
      read(`<reportDoneResponse><responseCode>0</responseCode><reportId>1</reportId>${files}</reportDoneResponse>`)
    expect(done('<files><fileId>11</fileId><fileId>ab</fileId></files>')).toMatchObject({ fileIds: ['11', 'ab'] })
    expect(done('<files/>')).toMatchObject({ fileIds: [] })
  })

  it('elements nobody knows, comments, prefixes and white space do not matter', () => {
    const answer = read(
      `${prolog}<!-- a <!DOCTYPE in a comment --><n:reportResponse xmlns:n="urn:x">\n <n:responseCode> 5102 </n:responseCode>` +
        '<new><responseCode>1</responseCode></new><n:reportId>7</n:reportId></n:reportResponse>\n',
    )
    const unknown = [{ name: 'new', text: '', children: [{ name: 'responseCode', text: '1', children: [] }] }]
    expect(answer).toEqual({ kind: 'reply', root: 'reportResponse', code: 5102, reportId: '7', unknown })
  })

  it('entities and references of the description are resolved, other names are not', () => {
    const words = '&lt;a&gt; &amp;amp; &#65;&#x1F600; &bogus; &#0; <![CDATA[<&amp;>]]>'
    expect(
      read(reply(`<responseCode>4100</responseCode><responseDescription>${words}</responseDescription>`)),
    ).toMatchObject({ description: '<a> &amp; A\u{1f600} &bogus; \u{fffd} <&amp;>' })
  })

  it.each([
    ['a page of HTML', '<html><body><br></body></html>', 'not_xml'],
    ['well-formed HTML', '<html><body/></html>', 'root'],
    ['nothing', '', 'not_xml'],
    ['words', 'Service Unavailable', 'not_xml'],
    ['half a document', reply('<responseCode>0</responseCode>').slice(0, -8), 'not_xml'],
    ['two documents', `${reply('<responseCode>0</responseCode>')}<reportResponse/>`, 'not_xml'],
    ['words after the document', `${reply('<responseCode>0</responseCode>')}tail`, 'not_xml'],
    [
      'a DOCTYPE',
      `<!DOCTYPE x [<!ENTITY e "y">]>${reply('<responseCode>0</responseCode>').slice(prolog.length)}`,
      'doctype',
    ],
    ['no code', reply('<reportId>1</reportId>'), 'code'],
    ['a code of letters', reply('<responseCode>zero</responseCode>'), 'code'],
    ['two codes', reply('<responseCode>0</responseCode><responseCode>4100</responseCode>'), 'repeated'],
    ['a name that harms objects', reply('<responseCode>0</responseCode><__proto__>1</__proto__>'), 'not_xml'],
  ])('%s is unreadable', (_, text, why) => {
    expect(read(text)).toEqual({ kind: 'unreadable', why })
  })

  it('the prolog names the encoding, as no header can be trusted to', () => {
    const text = reply('<responseCode>0</responseCode><responseDescription>é</responseDescription>')
    const latin = Uint8Array.from(text.replace('UTF-8', 'ISO-8859-1'), (one) => one.codePointAt(0) ?? 0)
    for (const document of [bytes(text), latin, bytes(`\u{feff}${text}`)]) {
      expect(parseResponse(document)).toMatchObject({ description: 'é' })
    }
    expect(parseResponse(Uint8Array.from(text, (one) => one.codePointAt(0) ?? 0))).toMatchObject({ why: 'not_xml' })
  })

  it('comments and sections without end cost one pass, not one each', () => {
    for (const opening of ['<!--', '<![CDATA[', '<!-- -->']) {
      const started = performance.now()
      expect(read(`<reportResponse>${opening.repeat(1_000_000)}`).kind).toBe('unreadable')
      expect(performance.now() - started).toBeLessThan(5_000)
    }
  })

  it('no bytes make it throw', () => {
    const near = fc.string().map((inside) => bytes(reply(`<responseCode>0</responseCode>${inside}`)))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), near), (document) => {
        expect(['reply', 'unreadable']).toContain(parseResponse(document).kind)
      }),
    )
  })
})

describe('what an answer means', () => {
  it('an unknown code keeps its number and is for a person', () => {
    expect(read(reply('<responseCode>4999</responseCode>'))).toMatchObject({ code: { unknown: 4999 } })
    expect(codeClass(responseCode(4999))).toBe('permanent')
    expect(responseCode(Number('5102'))).toBe(5102)
  })

  it('401 with code 1000 is about credentials, not a server error to retry', () => {
    expect(judge(401, read(reply('<responseCode>1000</responseCode>')))).toEqual({ by: 'status', class: 'config' })
  })

  it('the code decides over the status, both ways', () => {
    expect(judge(200, read(reply('<responseCode>4100</responseCode>')))).toMatchObject({
      by: 'code',
      class: 'permanent',
    })
    expect(judge(500, read(reply('<responseCode>0</responseCode>')))).toMatchObject({ by: 'code', class: 'ok' })
    expect(judge(400, read(reply('<responseCode>5001</responseCode>')))).toMatchObject({ by: 'code', class: 'restart' })
  })

  it('without a document the status decides, and 200 proves nothing', () => {
    const html = read('<html>')
    expect([200, 302, 404, 408, 413, 429, 500, 503].map((status) => judge(status, html).class)).toEqual([
      'unknown',
      'redirect',
      'permanent',
      'unknown',
      'permanent',
      'busy',
      'unknown',
      'unknown',
    ])
  })
})
