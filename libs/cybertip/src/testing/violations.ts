// Every way in which one place of the table can break one rule: a sound document, bent there and nowhere else. Enumerated from the table
// and from the union of the rules, so that none is forgotten.
import type { Field, Leaf, RuleName } from '../schema/kinds.ts'
import type { Rule } from '../validate/problem.ts'
import { batchedFile, documentWith, type Place, pathOf, places, sample, standingAt } from './places.ts'
import { type Bag, bagOf, listOf } from './repairs.ts'

export type Violation = {
  readonly root: Place['root']
  readonly rule: Rule
  /** Where the problem must be found. */
  readonly path: string
  readonly document: Bag
  readonly batched?: boolean
  /** False where the bent value cannot be written as XML at all. */
  readonly writable: boolean
}

export function violations(): Violation[] {
  return places.flatMap((place) => [...ofValue(place), ...ofStructure(place), ...betweenValues(place)])
}

/** The place's own text, number or flag. */
function ofValue(place: Place): Violation[] {
  const { type } = place
  const leaf = type.kind === 'simple' ? type.content : type
  if (leaf.kind === 'complex' || place.field?.legacy) return []
  return badValues(leaf).map(([rule, bad, writable = true]) => {
    const document = documentWith(place)
    bend(document, place, (old) => (bagOf(old) ? { ...bagOf(old), '#': bad } : bad))
    return { root: place.root, rule, path: pathOf(place), document, writable }
  })
}

function ofStructure(place: Place): Violation[] {
  const { root, steps, type, field, required, chosen } = place
  const path = pathOf(place)
  const whole = path.replace(/\[0\]$/, '')
  const bent = (rule: Rule, at: string, change: (document: Bag) => void): Violation => {
    const document = documentWith(place)
    change(document)
    return { root, rule, path: at, document, writable: false }
  }
  const set = (to: unknown) => (document: Bag) => replace(document, steps, to)
  return [
    ...(type.kind === 'complex'
      ? [
          bent('unknown_name', `${path}/noSuchElement`, (document) => add(document, steps, { noSuchElement: 'x' })),
          bent('unknown_name', `${path}/@noSuchAttribute`, (document) =>
            add(document, steps, { '@noSuchAttribute': 'x' }),
          ),
          ...(steps.length > 0 ? [bent('type', path, (document) => bend(document, place, () => 'x'))] : []),
        ]
      : []),
    ...(type.kind === 'complex' && type.order === 'choice'
      ? [
          bent('choice', path, (document) =>
            add(document, steps, Object.fromEntries(Object.keys(type.elements).map((name) => [name, {}]))),
          ),
        ]
      : []),
    ...(field?.legacy ? [bent('legacy', path, set(sampleOf(field)))] : []),
    ...(field && !field.legacy ? [bent('cardinality', whole, wrongCount(place, field))] : []),
    ...((field?.min === 1 && !chosen) || required ? [bent('required', whole, set(undefined))] : []),
    ...(field?.max === 'many' && field.min === 1 ? [bent('required', whole, set([]))] : []),
    ...(type.kind === 'simple' &&
    type.content.kind === 'string' &&
    !type.content.form &&
    Object.keys(type.attributes).length > 0
      ? [bent('blank', path, (document) => bend(document, place, () => emptyWithAttribute(type)))]
      : []),
  ]
}

function emptyWithAttribute(type: Extract<Place['type'], { kind: 'simple' }>): Bag {
  const [first] = Object.entries(type.attributes)
  return { '#': '', ...(first ? { [`@${first[0]}`]: sample(first[1].leaf) } : {}) }
}

function wrongCount({ steps }: Place, { max }: Field): (document: Bag) => void {
  return (document) => {
    const one = standingAt(document, steps)
    replace(document, steps, max === 'many' ? one : [one, one])
  }
}

function sampleOf({ type }: Field): unknown {
  return type.kind === 'complex' || type.kind === 'simple' ? {} : sample(type)
}

type Bad = readonly [rule: Rule, value: unknown, writable?: false]

function badValues(leaf: Leaf): Bad[] {
  switch (leaf.kind) {
    case 'string':
      return [
        ['type', 7, false],
        ...(leaf.maxLength === undefined ? [] : tooLong(leaf.form, leaf.maxLength)),
        ...(leaf.notBlank ? ([['blank', ' ']] satisfies Bad[]) : []),
        ...(leaf.form ? badForms[leaf.form].map((bad): Bad => [leaf.form ?? 'type', bad]) : []),
        // Written, it would lose its control character and be another address.
        ...(leaf.form === 'url' ? ([['url', 'https://forum.example/\u0007', false]] satisfies Bad[]) : []),
      ]
    case 'token':
      return [
        ['type', 7, false],
        ['blank', ' '],
        ['white_space', 'a  b'],
      ]
    case 'boolean':
      return [['type', 'true', false]]
    case 'flag':
      return [['flag', false, false]]
    case 'int':
    case 'double':
      return [
        ['type', '1', false],
        ['type', Number.NaN, false],
        ['range', leaf.min - 1],
        ['range', leaf.max + 1],
      ]
    case 'long':
      return [['type', 7, false], ...['0', '-1', '1.5', String(2n ** 63n)].map((bad): Bad => ['report_id', bad])]
    case 'dateTime':
      return [
        ['type', 7, false],
        ['zone', '2026-11-20T00:00:00'],
        ...['2026-11-31T00:00:00Z', '2026-11-20 00:00:00Z', '2026-11-20T00:00Z', '2026-11-20T00:00:60Z'].map(
          (bad): Bad => ['date_time', bad],
        ),
        ...(leaf.past
          ? ([
              ['past', '2026-11-22T12:00:06Z'],
              ['past', '2026-11-22T11:00:06-01:00'],
            ] satisfies Bad[])
          : []),
      ]
    case 'date':
      return [
        ['type', 7, false],
        ['date', '1990-12-31Z'],
        ['date', '1990-02-30'],
        ['past', '2026-11-24'],
      ]
    case 'enumeration':
      return [
        ['type', 7, false],
        ['enumeration', ` ${leaf.values[0]}`],
        ['enumeration', 'nothing of these'],
      ]
  }
}

/** One beyond in UTF-16 units and code points, and one beyond in UTF-16 units alone. */
function tooLong(form: string | undefined, most: number): Bad[] {
  if (form === 'url') return [['length', `https://forum.example/${'x'.repeat(most - 21)}`]]
  if (form === 'digits') return [['length', '1'.repeat(most + 1)]]
  if (form === 'email') return [['length', `a@${`${'x'.repeat(63)}.`.repeat(4)}example`]]
  const pairs = '😀'.repeat(Math.ceil((most + 1) / 2))
  return [
    ['length', 'x'.repeat(most + 1)],
    ['length', pairs],
  ]
}

const badForms = {
  url: ['forum.example', 'https://forum.example/a b', 'https://forum.example/\n', 'https://'],
  email: ['ann', 'ann@', '@mail.example', 'a b@mail.example', `${'x'.repeat(65)}@mail.example`, 'a..b@mail.example'],
  ip: ['192.0.2.256', 'fe80::1%eth0', '192.0.2.1:443', 'localhost', '192.0.2.1, 192.0.2.2'],
  calling_code: ['47', '+', '+1234', '+4a'],
  digits: ['12a', ' 12'],
} as const

/** The rules that the place's own element has. */
function betweenValues(place: Place): Violation[] {
  const { root, steps, type } = place
  if (type.kind !== 'complex' && type.kind !== 'simple') return []
  // Only one of the two disabled elements can be enabled again.
  const possible = ({ more }: Breach) => !('@reenabledDate' in more) || 'reenabledDate' in type.attributes
  return type.rules.flatMap((rule) =>
    breaches[rule].filter(possible).map(({ more, at, batched }) => {
      const document = batched ? batchedFile() : documentWith(place)
      add(document, steps, more)
      const path = at === '' ? pathOf(place) : `${pathOf(place)}/${at}`
      return { root, rule, path, document, writable: true, ...(batched ? { batched } : {}) }
    }),
  )
}

type Breach = { readonly more: Bag; readonly at: string; readonly batched?: true }

const date = '2026-11-20T00:00:00Z'
const before = '2026-11-19T23:59:59Z'
const batch = { batchedReport: { '@reason': 'VIRAL_POTENTIAL_MEME' } }
const event = { ipAddress: '192.0.2.7' }

const breaches: { readonly [R in RuleName]: readonly Breach[] } = {
  verified_with_date: [
    { more: { '@verificationDate': date }, at: '@verified' },
    { more: { '@verificationDate': date, '@verified': false }, at: '@verified' },
  ],
  number_without_calling_code: [{ more: { '#': '+47 555', '@countryCallingCode': '+47' }, at: '' }],
  state_only_in_us: [{ more: { state: 'NY', country: 'CA' }, at: 'state' }],
  region_with_city: [
    { more: { city: 'Reno', countryCode: 'US' }, at: 'region' },
    { more: { city: 'Reno', region: 'Nevada', countryCode: 'US' }, at: 'region' },
    { more: { region: 'Nevada', countryCode: 'US' }, at: 'region' },
    { more: { city: 'Oslo', countryCode: 'NO' }, at: 'region' },
  ],
  disabled_dates: [
    { more: { '@disabledDate': date, '@userNotifiedDate': before }, at: '@userNotifiedDate' },
    { more: { '@disabledDate': date, '@reenabledDate': date }, at: '@reenabledDate' },
  ],
  age_or_birth: [{ more: { approximateAge: 20, dateOfBirth: '2006-01-01' }, at: 'approximateAge' }],
  reporter_email: [
    { more: { reportingPerson: {} }, at: 'reportingPerson/email' },
    { more: { reportingPerson: { email: [''] } }, at: 'reportingPerson/email' },
  ],
  one_person_reported: [
    { more: { personOrUserReported: [{ espIdentifier: 'a' }, { espIdentifier: 'b' }] }, at: 'personOrUserReported' },
  ],
  batched_report: [
    {
      more: { ...batch, personOrUserReported: [{ espIdentifier: 'a', espService: 'b' }] },
      at: 'personOrUserReported[0]/espService',
    },
    { more: { ...batch, personOrUserReported: [{ screenName: 'b' }] }, at: 'personOrUserReported[0]/espIdentifier' },
    { more: { ...batch, internetDetails: [{ webPageIncident: {} }] }, at: 'internetDetails' },
    { more: { ...batch, lawEnforcement: { agencyName: 'a' } }, at: 'lawEnforcement' },
    { more: { ...batch, intendedRecipient: [{ espIdentifier: 'a' }] }, at: 'intendedRecipient' },
    { more: { ...batch, victim: [{ victimPerson: {} }] }, at: 'victim' },
    { more: { ...batch, additionalInfo: 'a' }, at: 'additionalInfo' },
    {
      more: {
        ...batch,
        incidentSummary: {
          ...bagOf(documentWith({ root: 'report', steps: [] })['incidentSummary']),
          escalateToHighPriority: 'a',
        },
      },
      at: 'incidentSummary/escalateToHighPriority',
    },
  ],
  incident_email_of_a_person: (['emailIncident', 'newsgroupIncident'] as const).map((name) => ({
    more: {
      internetDetails: [{ [name]: { emailAddress: ['who@mail.example'] } }],
      // Those of an associated account do not count.
      personOrUserReported: [{ associatedAccount: [{ '@type': 'Other', email: ['who@mail.example'] }] }],
    },
    at: `internetDetails[0]/${name}/emailAddress[0]`,
  })),
  exif_needs_viewed: [
    { more: { exifViewedByEsp: true }, at: 'fileViewedByEsp' },
    { more: { exifViewedByEsp: true, fileViewedByEsp: false }, at: 'fileViewedByEsp' },
  ],
  supplemental_conflict: [
    { more: { fileRelevance: 'Supplemental Reported', industryClassification: 'A1' }, at: 'industryClassification' },
    {
      more: { fileRelevance: 'Supplemental Reported', fileAnnotations: { potentialMeme: true } },
      at: 'fileAnnotations/potentialMeme',
    },
  ],
  batched_file: (
    [
      [{ fileAnnotations: {} }, 'fileAnnotations'],
      [{ fileAnnotations: { viral: true, infant: true } }, 'fileAnnotations/infant'],
      [{ fileRelevance: 'Supplemental Reported' }, 'fileRelevance'],
      [{ originalFileName: 'a' }, 'originalFileName'],
      [{ locationOfFile: 'https://forum.example/a' }, 'locationOfFile'],
      [{ originalFileHash: [{ '#': 'a', '@hashType': 'MD5' }] }, 'originalFileHash'],
      [{ ipCaptureEvent: event }, 'ipCaptureEvent'],
      [{ deviceId: [{ idType: 'a', idValue: 'b' }] }, 'deviceId'],
      [{ details: [{ nameValuePair: [{ name: 'a', value: 'b' }] }] }, 'details'],
      [{ additionalInfo: ['a'] }, 'additionalInfo'],
    ] satisfies [Bag, string][]
  ).map(([more, at]) => ({ more, at, batched: true })),
}

/** Puts more into the element at the place; text alone becomes text with attributes. */
function add(document: Bag, steps: readonly string[], more: Bag): void {
  if (steps.length === 0) Object.assign(document, more)
  else bend(document, { steps }, (old) => ({ ...(bagOf(old) ?? { '#': old }), ...more }))
}

function bend(document: Bag, { steps }: Pick<Place, 'steps'>, change: (old: unknown) => unknown): void {
  const parent = bagOf(standingAt(document, steps.slice(0, -1)))
  const name = steps.at(-1)
  if (!parent || name === undefined) throw new Error('no such place')
  const old = parent[name]
  parent[name] = Array.isArray(old) ? listOf(old).map(change) : change(old)
}

function replace(document: Bag, steps: readonly string[], to: unknown): void {
  const parent = bagOf(standingAt(document, steps.slice(0, -1)))
  const name = steps.at(-1)
  if (parent && name !== undefined) parent[name] = to
}
