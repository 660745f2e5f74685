import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StillClock } from '../../clock/still.ts'
import type { Caller } from '../caller.ts'
import { callerOf, reportXml } from '../caller.ts'
import type { Cybertipline } from '../cybertipline.ts'
import { startCybertipline } from '../cybertipline.ts'
import type { Path, Place } from './documents.ts'
import { documentWith, placesOf, plainElement, tableOf } from './documents.ts'
import { kindOf } from './kinds.ts'
import type { Row } from './tables.ts'
import { tables } from './tables.ts'

let tip: Cybertipline
let caller: Caller
let reportId: string
let fileId: string
beforeAll(async () => {
  tip = await startCybertipline({ clock: new StillClock(), secondFileinfo: 'allow' })
  caller = callerOf(tip)
  reportId = (await caller.submit(reportXml())).reportId
  fileId = (await caller.upload(reportId, Buffer.from('drawn'))).fileId
})
afterAll(() => tip.close())

type Verdict = 'taken' | 'against the schema' | 'against a rule'
const roots = ['report', 'fileDetails'] as const
const places: readonly Place[] = roots.flatMap((root) => [...placesOf(root)])
const nameOf = (path: Path) => path.join('/')

/** Sends it where its root belongs. */
const verdictOn = async (xml: string): Promise<Verdict | string> => {
  const real = xml.replaceAll('{reportId}', reportId).replaceAll('{fileId}', fileId)
  const reply = real.startsWith('<report>') ? await caller.submit(real) : await caller.fileinfo(real)
  if (reply.code === '0') return 'taken'
  if (reply.code !== '4100' || reply.status !== 400) return `${reply.status} ${reply.code}: ${reply.description}`
  return reply.description.includes(' - cvc-') ? 'against the schema' : 'against a rule'
}

/** What was tried, with each verdict that was another than the tables say. */
const differing = async (tried: Iterable<readonly [what: string, xml: string, expected: Verdict]>) => {
  const wrong: string[] = []
  let count = 0
  for (const [what, xml, expected] of tried) {
    const verdict = await verdictOn(xml)
    if (verdict !== expected) wrong.push(`${what}: ${verdict}, not ${expected}`)
    count += 1
  }
  return { wrong, count }
}

/** Of a value's samples all in the first place of its type, later one of each sort. */
const samplesOf = (kind: string, all: boolean): [string, Verdict][] => {
  const { valid, againstSchema, againstRule } = kindOf(kind)
  const some = (texts: readonly string[], verdict: Verdict) =>
    texts.slice(0, all ? texts.length : 1).map((text): [string, Verdict] => [text, verdict])
  return [...some(valid, 'taken'), ...some(againstSchema, 'against the schema'), ...some(againstRule, 'against a rule')]
}

test('every element, wherever it may stand, takes what the tables allow and nothing else', async () => {
  const seen = new Set<string>()
  function* tried(): Generator<[string, string, Verdict]> {
    for (const { path, kind } of places) {
      const table = tableOf(kind)
      const content = table === undefined ? kind : table.content
      if (content === undefined) yield [nameOf(path), documentWith(path, {}), 'taken']
      else {
        const all = !seen.has(`${kind} ${path.at(-1)} ${path.at(-2)}`)
        seen.add(`${kind} ${path.at(-1)} ${path.at(-2)}`)
        for (const [text, verdict] of samplesOf(content, all)) {
          yield [`${nameOf(path)} = ${JSON.stringify(text.slice(0, 60))}`, documentWith(path, { text }), verdict]
        }
        yield [`${nameOf(path)} with markup inside`, documentWith(path, { children: '<b/>' }), 'against the schema']
      }
    }
  }
  const { wrong, count } = await differing(tried())
  expect(wrong).toEqual([])
  expect(count).toBeGreaterThan(1700)
})

test('every attribute, wherever it may stand, takes what the tables allow and nothing else', async () => {
  const seen = new Set<string>()
  function* tried(): Generator<[string, string, Verdict]> {
    for (const { path, kind } of places) {
      for (const { name, card, kind: value } of tableOf(kind)?.attributes ?? []) {
        const all = !seen.has(`${kind} ${name}`)
        seen.add(`${kind} ${name}`)
        for (const [text, verdict] of samplesOf(value, all)) {
          const what = `${nameOf(path)}/@${name} = ${JSON.stringify(text.slice(0, 60))}`
          yield [what, documentWith(path, { attribute: [name, text] }), verdict]
        }
        const missing = card === '1' ? 'against the schema' : 'taken'
        yield [`${nameOf(path)} without @${name}`, documentWith(path, { without: name }), missing]
      }
      yield [`${nameOf(path)}/@nickname`, documentWith(path, { attribute: ['nickname', 'x'] }), 'against the schema']
    }
  }
  const { wrong, count } = await differing(tried())
  expect(wrong).toEqual([])
  expect(count).toBeGreaterThan(1000)
})

// One place of each type is enough: the order is the type's.
const types = [...tables].filter(([, table]) => table.children.length > 0)
const placeOf = (type: string): Path => places.find(({ kind }) => kind === type)?.path ?? [type]

test('order and number of the children are those of the tables', async () => {
  function* tried(): Generator<[string, string, Verdict]> {
    for (const [type, { children, order }] of types) {
      const document = (...inside: string[]) => documentWith(placeOf(type), { children: inside.join('') })
      const must = ({ card }: Row) => order !== 'choice' && /[1+]/.test(card)
      const withThese = (...rows: Row[]) => children.filter((row) => rows.includes(row) || must(row))
      for (const [index, row] of children.entries()) {
        // What stands there must be one of the people's: see the two tests above.
        if (row.name === 'emailAddress') continue
        const doubled = withThese(row).flatMap((one) => (one === row ? [one, one] : [one]))
        yield [`two ${row.name} in ${type}`, document(...doubled.map(plainElement)), verdictOnTwo(row)]
        if (must(row)) {
          const others = withThese().filter((one) => one !== row)
          yield [`${type} without ${row.name}`, document(...others.map(plainElement)), verdictWithout(type, row)]
        }
        const next = children[index + 1]
        if (!next || next.name === 'emailAddress') continue
        const pair = withThese(row, next)
        const turned = pair.map((one) => (one === row ? next : one === next ? row : one))
        const inOrder = order === 'choice' ? 'against the schema' : verdictTogether(row)
        yield [`${row.name} then ${next.name} in ${type}`, document(...pair.map(plainElement)), inOrder]
        const reversed = order === 'all' ? 'taken' : 'against the schema'
        yield [`${next.name} then ${row.name} in ${type}`, document(...turned.map(plainElement)), reversed]
      }
      yield [`text in ${type}`, document('words'), 'against the schema']
      yield [`a stranger in ${type}`, document('<nickname/>'), 'against the schema']
    }
  }
  const { wrong, count } = await differing(tried())
  expect(wrong).toEqual([])
  expect(count).toBeGreaterThan(500)
})

// The schema would take many users; one is a rule of the documentation.
const verdictOnTwo = ({ name, card }: Row): Verdict =>
  /[*+]/.test(card) ? 'taken' : name === 'personOrUserReported' ? 'against a rule' : 'against the schema'

const verdictWithout = (type: string, { name }: Row): Verdict =>
  name === 'countryCode' || (type === 'reportingPerson' && name === 'email') ? 'against a rule' : 'against the schema'

// Next comes dateOfBirth, and an account has one of the two.
const verdictTogether = ({ name }: Row): Verdict => (name === 'approximateAge' ? 'against a rule' : 'taken')

test('meme and annotations exclude each other, and the legacy forms are still taken', async () => {
  const details = (rest: string) =>
    documentWith(['fileDetails'], { children: `<reportId>{reportId}</reportId><fileId>{fileId}</fileId>${rest}` })
  const { wrong } = await differing([
    ['potentialMeme', details('<potentialMeme>false</potentialMeme>'), 'taken'],
    ['both', details('<potentialMeme>true</potentialMeme><fileAnnotations/>'), 'against the schema'],
    ['both, turned', details('<fileAnnotations/><potentialMeme>true</potentialMeme>'), 'against the schema'],
  ])
  expect(wrong).toEqual([])
})

test('the schema knows the elements of the tables and no others, 55 states and 258 countries', () => {
  const xsd = readFileSync(new URL('../schema.xsd', import.meta.url), 'utf8').replace(/<!--[\s\S]*?-->/g, '')
  const typed = [...xsd.matchAll(/<xs:complexType name="(\w+)">([\s\S]*?)<\/xs:complexType>/g)]
  const inSchema = new Map(
    typed.map(([, name = '', body = '']) => [
      name,
      [...body.matchAll(/<xs:element (?:name|ref)="(\w+)"/g)].map(([, child]) => child),
    ]),
  )
  const legacy: Readonly<Record<string, readonly string[]>> = { fileDetails: ['potentialMeme'] }
  for (const [type, { children }] of types) {
    const expected = children.map(({ name }) => name)
    const found = (inSchema.get(type === 'reportingPerson' ? 'person' : type) ?? []).filter(
      (name) => !legacy[type]?.includes(name ?? ''),
    )
    expect([type, found]).toEqual([type, expected])
  }
  const values = (name: string) => /<xs:simpleType name="NAME">([\s\S]*?)<\/xs:simpleType>/.source.replace('NAME', name)
  const many = (name: string) => new RegExp(values(name)).exec(xsd)?.[1]?.match(/<xs:enumeration/g)?.length
  expect([many('state'), many('country')]).toEqual([55, 258])
})
