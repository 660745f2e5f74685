/** For the sandbox's own tests: of each kind of value some that hold, some the schema refuses, some only a rule refuses. */

export interface Kind {
  /** At least one. */
  readonly valid: readonly string[]
  readonly againstSchema: readonly string[]
  readonly againstRule: readonly string[]
}

const times = {
  valid: ['2026-05-01T10:00:00Z', '2026-05-01T10:00:00.123456+05:30', '2026-06-01T12:00:00Z'],
  againstSchema: [
    '',
    '2026-05-01 10:00:00Z',
    '2026-05-01t10:00:00Z',
    '2026-05-01T10:00Z',
    '2026-05-01T10:00:60Z',
    '2026-05-01T10:00:00,5Z',
    '2026-05-01T10:00:00+0100',
    '2026-05-01T10:00:00+14:01',
    '2026-02-29T10:00:00Z',
  ],
}
const noZone = '2026-05-01T10:00:00'

const named: Readonly<Record<string, Kind>> = {
  text: { valid: ['drawn & <näme> 🦊\n two', ''], againstSchema: [], againstRule: [] },
  bool: { valid: ['true', 'false', '1', '0'], againstSchema: ['', 'TRUE', 'yes', '2'], againstRule: [] },
  flag: { valid: ['', 'true'], againstSchema: ['false', '0', 'yes'], againstRule: [] },
  // Alone; beside fileViewedByEsp it may be true.
  exifViewed: { valid: ['false'], againstSchema: ['', 'no'], againstRule: ['true', '1'] },
  time: { ...times, againstRule: [noZone, '2026-06-01T12:00:06Z', '2099-01-01T00:00:00Z'] },
  later: { ...times, valid: [...times.valid, '2099-01-01T00:00:00Z'], againstRule: [noZone] },
  date: {
    valid: ['1990-12-31', '2026-06-01'],
    againstSchema: ['', '1990-1-1', '31.12.1990', '1990-12-31T00:00:00Z', '2025-02-29'],
    againstRule: ['1990-12-31Z', '2026-06-03'],
  },
  latitude: {
    valid: ['-90', '90', '1.5E1'],
    againstSchema: ['', 'x', '1,5', '1e'],
    againstRule: ['90.1', 'NaN', '-INF'],
  },
  longitude: { valid: ['-180', '180.0'], againstSchema: ['', 'E'], againstRule: ['180.1', 'INF', 'NaN'] },
  prior: {
    valid: ['1', '9007199254740993'],
    againstSchema: ['', '1.5', 'x', '9223372036854775808'],
    againstRule: ['0', '-1'],
  },
  url: {
    valid: ['https://wild.example/p?q=1#2', `https://wild.example/${'x'.repeat(2083 - 21)}`],
    againstSchema: [],
    againstRule: ['', 'wild.example/p', 'https://wild.example/a b', `https://wild.example/${'x'.repeat(2083 - 20)}`],
  },
  ip: {
    valid: ['192.0.2.7', '2001:db8::7', '::ffff:192.0.2.7'],
    againstSchema: [],
    againstRule: ['', ' ', '256.1.1.1', '192.0.2', '192.0.2.7:80', 'fe80::1%eth0'],
  },
  emailAddress: {
    valid: ['someone@mail.example', `${'x'.repeat(64)}@mail.example`],
    againstSchema: [],
    againstRule: ['', 'someone', 'someone@', 'a b@mail.example', `${'x'.repeat(65)}@mail.example`, mailOf(256)],
  },
  phoneNumber: { valid: ['202 555 0100', '5'.repeat(50)], againstSchema: [], againstRule: ['5'.repeat(51)] },
  callingCode: { valid: ['+1', '+442'], againstSchema: ['', '1', '+', '+1234', '+1 '], againstRule: [] },
  extension: { valid: ['1', '0123456789'], againstSchema: ['', 'x1', '1 2'], againstRule: ['01234567890'] },
  country: {
    valid: ['FR', 'US', 'ZW', 'AX'],
    againstSchema: ['fr', 'UK', 'USA', ' FR', 'EN'],
    // The nine that the schema knows and ISO 3166-1 does not.
    againstRule: ['', 'A1', 'A2', 'O1', 'AP', 'EU', 'AN', 'FX', 'XK'],
  },
  state: { valid: ['CA', 'PR', ''], againstSchema: ['ca', 'AS', 'MP', 'California'], againstRule: [] },
  // The test puts the real ids here.
  reportId: { valid: ['{reportId}'], againstSchema: ['', 'x', '1.5'], againstRule: [] },
  fileId: { valid: ['{fileId}', ' {fileId} '], againstSchema: [], againstRule: ['', ' '] },
}

export const kindOf = (words: string): Kind => {
  const known = named[words]
  if (known) return known
  const [, enumeration] = /^enum:(.*)$/.exec(words) ?? []
  if (enumeration !== undefined) return enumerated(enumeration.split('|'))
  const [, least, most] = /^int(\d+)-(\d+)$/.exec(words) ?? []
  if (least !== undefined && most !== undefined) return whole(Number(least), Number(most))
  const [, sort, length] = /^(s|filled)(\d+)$/.exec(words) ?? []
  if (sort === undefined) throw new Error(`no such kind: ${words}`)
  return limited(Number(length), sort === 'filled')
}

const enumerated = (values: readonly string[]): Kind => {
  const [first = ''] = values
  return { valid: values, againstSchema: ['', ` ${first}`, first.toLowerCase(), `${first}s`], againstRule: [] }
}

const whole = (least: number, most: number): Kind => ({
  valid: [String(least), String(most)],
  againstSchema: ['', '1.5', 'x', '99999999999'],
  againstRule: [String(least - 1), String(most + 1)],
})

// Two units for one character: the stricter count.
const limited = (length: number, filled: boolean): Kind => ({
  valid: ['x', 'ä'.repeat(length), ...(filled ? [] : [''])],
  againstSchema: [],
  againstRule: ['x'.repeat(length + 1), '🦊'.repeat(Math.floor(length / 2) + 1), ...(filled ? ['', ' \n'] : [])],
})

function mailOf(length: number): string {
  const domain = '.mail.example'
  return `s@${'x'.repeat(length - domain.length - 2)}${domain}`
}
