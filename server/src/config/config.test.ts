import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { type ConfigPlaces, describeConfig, loadConfig } from './config.ts'
import { keys } from './keys.ts'

const example = new URL('../../../docs/operating/wardline.example.yaml', import.meta.url)

function folder(yaml?: string): string {
  const made = mkdtempSync(join(tmpdir(), 'wardline-config-'))
  if (yaml !== undefined) writeFileSync(join(made, 'wardline.yaml'), yaml)
  return made
}

const load = (yaml: string | undefined, env: ConfigPlaces['env'] = {}, overrides?: ConfigPlaces['overrides']) =>
  loadConfig({ folder: folder(yaml), env: { HOME: '/home/someone', ...env }, overrides })

/** The words of the refusal; a configuration that is taken fails the test. */
function refusal(...given: Parameters<typeof load>): string {
  try {
    load(...given)
  } catch (error) {
    expect(error).toMatchObject({ code: 'config_wrong', retry: 'never' })
    return error instanceof Error ? error.message : ''
  }
  throw new Error('the configuration was taken')
}

const production = 'environment: production\nrules: { perceptual: review }\n'

describe('where values come from', () => {
  test('a default gives way to the file, the file to the environment, the environment to the command', () => {
    const yaml = 'environment: sandbox\nserver: { port: 1001, host: 127.0.0.9 }\nlimits: { decoders: 3 }'
    const config = load(
      yaml,
      { WARDLINE_SERVER__PORT: '1002', WARDLINE_LIMITS__DECODERS: '4' },
      { limits: { decoders: 5 } },
    )
    expect(config.server).toMatchObject({ host: '127.0.0.9', port: 1002, bodyLimitMb: 50 })
    expect(config.limits.decoders).toBe(5)
  })

  test('a folder without a file is served from the environment alone', () => {
    expect(load(undefined, { WARDLINE_ENVIRONMENT: 'test' })).toMatchObject({ environment: 'test', file: undefined })
  })

  test('names of two words, numbers, truths, lists and null are understood in variables', () => {
    const config = load('environment: sandbox', {
      WARDLINE_RULES__REPORT_WITHIN_BITS: '7',
      WARDLINE_NOTICES__ENABLED: 'false',
      WARDLINE_METRICS__PORT: 'null',
      WARDLINE_RULES__OFF: '[{"surface":"private_message","jurisdiction":"DE"}]',
      WARDLINE_CYBERTIP__REPORTER__EMAIL: 'a@example.org',
      WARDLINE_LOG__LEVEL: '',
    })
    expect(config.rules).toMatchObject({
      reportWithinBits: 7,
      off: [{ surface: 'private_message', jurisdiction: 'DE' }],
    })
    expect(config.notices.enabled).toBe(false)
    expect(config.metrics.port).toBeNull()
    expect(config.cybertip.reporter?.email).toBe('a@example.org')
    expect(config.log.level).toBe('info')
  })

  test('trusted proxies are addresses or blocks, none unless they are named, and nothing that is neither', () => {
    expect(load('environment: sandbox').server.trustedProxies).toEqual([])
    const blocks = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1']
    expect(load(`environment: sandbox\nserver: { trustedProxies: ${JSON.stringify(blocks)} }`).server).toMatchObject({
      trustedProxies: blocks,
    })
    const env = { WARDLINE_SERVER__TRUSTED_PROXIES: '["10.0.0.0/8"]' }
    expect(load('environment: sandbox', env).server.trustedProxies).toEqual(['10.0.0.0/8'])
    for (const odd of ['proxy.example', '10.0.0.0/33', 'loopback', ''])
      expect(refusal(`environment: sandbox\nserver: { trustedProxies: ['${odd}'] }`)).toContain('server.trustedProxies')
  })

  test('a secret can lie in a file, and the newline at its end is not part of it', () => {
    const place = folder('environment: sandbox')
    writeFileSync(join(place, 'password'), 'open sesame\n')
    const config = loadConfig({
      folder: place,
      env: {
        HOME: '/h',
        WARDLINE_CYBERTIP__USERNAME: 'u',
        WARDLINE_CYBERTIP__PASSWORD_FILE: 'password',
        WARDLINE_CYBERTIP__REPORTER__EMAIL: 'a@example.org',
      },
    })
    expect(config.cybertip.password).toBe('open sesame')
  })

  test('every secret has its variable that names a file, and only secrets have one', () => {
    const secrets = keys.filter(({ secret }) => secret).map(({ path }) => path.join('.'))
    expect(secrets).toEqual([
      'database.url',
      'cybertip.password',
      'lookUp.url',
      'lookUp.secret',
      'webhooks.url',
      'webhooks.secrets',
      'mail.smtpUrl',
      'appeals.mail.imapUrl',
      'lists.*.password',
      'lists.*.token',
      'alerts.webhookUrl',
      'alerts.secret',
    ])
    expect(refusal('environment: sandbox', { WARDLINE_SERVER__HOST_FILE: '/etc/hostname' })).toContain(
      'WARDLINE_SERVER__HOST_FILE: is not a known key',
    )
  })

  test('the platform’s webhook has one secret or two, together in one file or apart, and shows neither', () => {
    const [one, two] = [1, 2].map((seed) => `whsec_${Buffer.alloc(32, seed).toString('base64')}`)
    const place = folder('environment: sandbox\nwebhooks: { url: "http://127.0.0.1:9/hook" }')
    writeFileSync(join(place, 'hooks'), `${one}\n${two}\n`)
    const config = loadConfig({ folder: place, env: { HOME: '/h', WARDLINE_WEBHOOKS__SECRETS_FILE: 'hooks' } })
    expect(config.webhooks.secrets).toEqual([one, two])
    expect(describeConfig(config)).not.toMatch(/whsec_|127\.0\.0\.1:9/)
    const env = { WARDLINE_WEBHOOKS__URL: 'http://127.0.0.1:9/hook', WARDLINE_WEBHOOKS__SECRETS: String(one) }
    expect(load('environment: sandbox', env).webhooks.secrets).toEqual([one])
    for (const [secrets, words] of [
      [`${one} ${one}`, 'must be two different ones'],
      [`${one} ${two} ${one}`, 'one secret, or two'],
      [`${one} hunter2`, 'must be whsec_'],
      ['', 'webhooks.secrets: is missing beside webhooks.url'],
    ] as const) {
      const said = refusal('environment: sandbox', { ...env, WARDLINE_WEBHOOKS__SECRETS: secrets })
      expect(said).toContain(words)
      expect(said).not.toMatch(/hunter2|whsec_[A-Za-z0-9+/]/)
    }
    const away = { ...env, WARDLINE_WEBHOOKS__URL: 'https://platform.example.org/hook' }
    expect(refusal('environment: sandbox', away)).toContain('webhooks.url: must be on this machine')
  })

  test('a secret given twice is refused, and so is a file that is not there', () => {
    expect(
      refusal('environment: sandbox', { WARDLINE_CYBERTIP__PASSWORD: 'x', WARDLINE_CYBERTIP__PASSWORD_FILE: '/y' }),
    ).toContain('WARDLINE_CYBERTIP__PASSWORD_FILE: cybertip.password: is also given by WARDLINE_CYBERTIP__PASSWORD')
    expect(refusal('environment: sandbox', { WARDLINE_MAIL__SMTP_URL_FILE: '/nowhere' })).toContain(
      'WARDLINE_MAIL__SMTP_URL_FILE: mail.smtpUrl: names a file that cannot be read or is empty',
    )
  })

  test('what Kubernetes sets for a service of our name is not ours', () => {
    const env = {
      WARDLINE_PORT: 'tcp://10.0.0.1:80',
      WARDLINE_SERVICE_HOST: '10.0.0.1',
      WARDLINE_API_PORT_80_TCP_ADDR: 'x',
    }
    expect(load('environment: sandbox', env).server.port).toBe(8080)
  })

  test('paths in the file count from the file, paths in variables from the caller', () => {
    const place = folder()
    mkdirSync(join(place, 'etc'))
    writeFileSync(join(place, 'etc', 'w.yaml'), 'environment: sandbox\ndata: ../kept\nvault: { keyFile: ~/k }')
    const env = { HOME: '/home/someone', WARDLINE_CONFIG: 'etc/w.yaml' }
    expect(loadConfig({ folder: place, env })).toMatchObject({
      data: join(place, 'kept'),
      vault: { keyFile: '/home/someone/k' },
    })
    expect(loadConfig({ folder: place, env: { ...env, WARDLINE_DATA: './here' } }).data).toBe(join(place, 'here'))
  })

  test('a group whose every line is commented out is an empty group', () => {
    expect(load('environment: sandbox\nmail:\n  # smtpUrl: x\n').mail).toEqual({})
  })
})

describe('what is refused, by path and in words', () => {
  test('a missing environment names the three choices', () => {
    expect(refusal('data: ./x')).toBe(
      'wardline.yaml: environment: is missing; it must be one of sandbox, test, production',
    )
  })

  test.each([
    ['rules: { perceptual: maybe }', 'wardline.yaml: rules.perceptual: must be one of report, review'],
    ['rules: { perceptuel: report }', 'wardline.yaml: rules.perceptuel: is not a known key'],
    ['sever: { port: 1 }', 'wardline.yaml: sever: is not a known key'],
    ['server: { port: 70000 }', 'wardline.yaml: server.port: must be a number, at most 65535'],
    ['server: { port: 1.5 }', 'wardline.yaml: server.port: must be a whole number'],
    ['server: 8080', 'wardline.yaml: server: must be an object with keys'],
    [
      'rules: { off: [{ surface: cellar, jurisdiction: DE }] }',
      'wardline.yaml: rules.off[0].surface: must be one of upload',
    ],
    ['__proto__: { a: 1 }', 'wardline.yaml: __proto__: is not a known key'],
    ['cybertip: { reporter: { firstName: A } }', 'wardline.yaml: cybertip.reporter.email: is missing'],
  ])('%s', (line, words) => {
    expect(refusal(`environment: sandbox\n${line}`)).toContain(words)
  })

  test('a wrong variable is named by its own name and by the key', () => {
    expect(refusal('environment: sandbox', { WARDLINE_SERVER__PORT: 'many' })).toBe(
      'WARDLINE_SERVER__PORT: server.port: must be a number',
    )
    expect(refusal('environment: sandbox', { WARDLINE_SERVER_PORT_: '1' })).toContain(
      'WARDLINE_SERVER_PORT_: is not a known key',
    )
  })

  test('several troubles are told at once', () => {
    expect(refusal('environment: moon\nserver: { port: no }', { WARDLINE_X__Y: '1' }).split('\n')).toHaveLength(3)
  })

  test('a file that is no YAML is told by line and column, without the line', () => {
    const words = refusal('environment: sandbox\ncybertip: { password: "hunter2 }\n')
    expect(words).toMatch(/^wardline\.yaml: is not YAML at line \d+, column \d+/)
    expect(words).not.toContain('hunter2')
  })

  test('a character that only looks like YAML is named by its kind and place', () => {
    expect(refusal('environment\uff1asandbox')).toContain(
      'wardline.yaml: holds a full-width colon at line 1, column 12',
    )
    expect(refusal('environment: sandbox\nserver:\n\u00a0\u00a0port: 1')).toContain(
      'holds a no-break space at line 3, column 1',
    )
    const quoted = refusal('environment: sandbox\n# \u201cnot\u201d here\nlog: { level: \u201cdebug\u201d }')
    expect(quoted).toContain('holds a curly quotation mark at line 3, column 15')
    expect(quoted).not.toContain('line 2')
    expect(
      load('environment: sandbox\ncybertip: { termsOfService: "caf\u00e9\u00a0\u2013 \u201chi\u201d" }'),
    ).toBeDefined()
  })

  test('a variable for a list that the file does not name is to blame, and not the file', () => {
    const variable = 'WARDLINE_LISTS__NCMCE__PASSWORD'
    expect(refusal('environment: sandbox', { [variable]: 'hunter2' })).toBe(
      `${variable}: lists.ncmce.password: is for a list that is not there: wardline.yaml names no list; correct the ` +
        "variable's name, or unset it",
    )
    const yaml = 'environment: sandbox\nlists: { ours: { kind: file, path: x, class: test } }'
    expect(refusal(yaml, { [variable]: 'hunter2' })).toContain('wardline.yaml names only ours;')
    const whole = { KIND: 'file', PATH: 'x', CLASS: 'test' }
    const variables = Object.entries(whole).map(([key, value]) => [`WARDLINE_LISTS__MORE__${key}`, value])
    expect(Object.keys(load(yaml, Object.fromEntries(variables)).lists)).toEqual(['ours', 'more'])
  })

  test('a named file that is not there is refused', () => {
    expect(() => loadConfig({ file: '/nowhere/wardline.yaml', env: {} })).toThrow('wardline.yaml: cannot be read')
  })

  test('no refusal ever repeats a secret', () => {
    const wrong = [
      refusal('environment: sandbox\ndatabase: { url: "mysql://u:hunter2@h/d" }'),
      refusal('environment: sandbox\ncybertip: { password: { is: hunter2 } }'),
      refusal('environment: sandbox', { WARDLINE_MAIL__SMTP_URL: 'hunter2' }),
      refusal('environment: sandbox', {
        WARDLINE_MAIL__SMTP_URL: 'smtp://u:hunter2@mail.example.org',
        WARDLINE_MAIL__FROM: 'a',
      }),
      refusal('environment: sandbox', { WARDLINE_RULES__OFF: '[hunter2' }),
    ]
    expect(wrong.join('\n')).not.toContain('hunter2')
  })
})

describe('what keys ask of each other', () => {
  test('production wants the choice about near matches in words, the others have one', () => {
    expect(refusal('environment: production')).toContain('rules.perceptual: is missing; production wants the choice')
    expect(load('environment: test').rules.perceptual).toBe('report')
    expect(load(production).rules.perceptual).toBe('review')
  })

  test('a CyberTipline of one’s own exists only in the sandbox and only on this machine', () => {
    const base = (environment: string, url: string) =>
      `environment: ${environment}\nrules: { perceptual: review }\ncybertip: { baseUrl: "${url}" }`
    expect(load(base('sandbox', 'http://[::1]:99/ispws')).cybertip.baseUrl).toBe('http://[::1]:99/ispws')
    expect(refusal(base('sandbox', 'https://report.cybertip.org/ispws'))).toContain(
      'cybertip.baseUrl: must be on this machine',
    )
    for (const environment of ['test', 'production'])
      expect(refusal(base(environment, 'http://127.0.0.1/ispws'))).toContain('cybertip.baseUrl: must not be set')
  })

  test('outside production no mail leaves the machine', () => {
    const mail = (environment: string) =>
      `environment: ${environment}\nrules: { perceptual: review }\nserver: { publicUrl: "https://w.example.org" }\nmail: { smtpUrl: "smtp://mail.example.org", from: a@example.org }`
    expect(refusal(mail('sandbox'))).toContain('mail.smtpUrl: must be a mailbox on this machine')
    expect(refusal(mail('test'))).toContain('mail.smtpUrl: must be a mailbox on this machine')
    expect(load(mail('production')).notices.enabled).toBe(true)
  })

  test('letters are read from this machine only outside production, at an address that has room for a tag', () => {
    const read = (imapUrl: string, address = 'appeals@example.org', environment = 'sandbox') =>
      `environment: ${environment}\nrules: { perceptual: review }\nappeals: { mail: { imapUrl: "${imapUrl}", address: ${address} } }`
    expect(refusal(read('imaps://u:hunter2@mail.example.org'))).toContain(
      'appeals.mail.imapUrl: must be on this machine',
    )
    expect(refusal(read('imaps://mail.example.org'))).toContain('must hold the mailbox’s user and password')
    expect(refusal(read('imap://u:p@127.0.0.1', 'a-very-long-name@example.org'))).toContain('at most 15 characters')
    expect(refusal(read('imap://u:p@127.0.0.1', 'appeals+x@example.org'))).toContain('no "+"')
    expect(refusal('environment: sandbox\nappeals: { mail: { address: a@example.org } }')).toContain(
      'imapUrl: is missing',
    )
    expect(load(read('imap://u:p@127.0.0.1')).appeals.mail).toMatchObject({ everySeconds: 60 })
    const far = read('imaps://u:p@mail.example.org', 'appeals@example.org', 'production')
    expect(load(far).appeals.mail.address).toBe('appeals@example.org')
  })

  test('credentials come whole, and with the address of who reports', () => {
    expect(refusal('environment: test\ncybertip: { username: u }')).toContain('cybertip.password: is missing')
    expect(refusal('environment: test\ncybertip: { password: p }')).toContain('cybertip.username: is missing')
    expect(refusal('environment: test\ncybertip: { username: u, password: p }')).toContain(
      'cybertip.reporter.email: is missing',
    )
  })

  test('notices want mail, and in production an address that the world can reach safely', () => {
    expect(refusal('environment: test\nnotices: { enabled: true }')).toContain('notices.enabled: must be false, or')
    expect(load('environment: test').notices.enabled).toBe(false)
    const mail = `${production}mail: { smtpUrl: "smtps://m.example.org", from: a@example.org }\n`
    expect(refusal(mail)).toContain('server.publicUrl: is missing')
    expect(refusal(`${mail}server: { publicUrl: "http://w.example.org" }`)).toContain(
      'server.publicUrl: must start with https://',
    )
  })

  test('the master key never lies in the data folder, also not through a link', () => {
    expect(refusal('environment: sandbox\nvault: { keyFile: ./wardline-data/keys/k }')).toContain(
      'vault.keyFile: must lie outside of the data folder',
    )
    const place = folder('environment: sandbox\nvault: { keyFile: ./link/k }')
    mkdirSync(join(place, 'wardline-data'))
    symlinkSync(join(place, 'wardline-data'), join(place, 'link'))
    expect(() => loadConfig({ folder: place, env: {} })).toThrow('vault.keyFile: must lie outside')
    expect(refusal('environment: sandbox', { HOME: '' })).toContain('vault.keyFile: is missing; without HOME')
  })

  test('each environment has a master key of its own unless told otherwise', () => {
    const keyOf = (text: string) => load(text).vault.keyFile
    const usual = (environment: string) =>
      new RegExp(`^/home/someone/\\.config/wardline/${environment}-wardline-data-[0-9a-f]{8}\\.key$`)
    expect(keyOf('environment: sandbox')).toMatch(usual('sandbox'))
    expect(keyOf(production)).toMatch(usual('production'))
  })

  test('two data folders of one name have two keys, and a deployment of before goes on with the one it has', () => {
    const home = mkdtempSync(join(tmpdir(), 'wardline-home-'))
    const keyOf = (place: string) => loadConfig({ folder: place, env: { HOME: home } }).vault.keyFile
    const [one, other] = [folder('environment: sandbox'), folder('environment: sandbox')]
    expect(keyOf(one)).not.toBe(keyOf(other))
    const former = join(home, '.config', 'wardline', 'sandbox-wardline-data.key')
    mkdirSync(join(former, '..'), { recursive: true })
    writeFileSync(former, '')
    expect(keyOf(one)).not.toBe(former)
    mkdirSync(join(one, 'wardline-data'))
    expect(keyOf(one)).toBe(former)
    expect(keyOf(other)).not.toBe(former)
  })
})

describe('what an operator sees', () => {
  test('the description is a configuration again, with every secret masked', () => {
    const secrets = {
      WARDLINE_DATABASE__URL: 'postgres://u:hunter2@h/d',
      WARDLINE_MAIL__SMTP_URL: 'smtp://u:hunter2@127.0.0.1',
      WARDLINE_CYBERTIP__PASSWORD: 'hunter2',
    }
    const yaml =
      'environment: sandbox\nmail: { from: a@example.org }\ncybertip: { username: u, reporter: { email: a@example.org } }'
    const words = describeConfig(load(yaml, secrets))
    expect(words).not.toContain('hunter2')
    expect(parse(words)).toMatchObject({
      environment: 'sandbox',
      database: { url: '***' },
      mail: { smtpUrl: '***' },
      cybertip: { password: '***' },
    })
  })

  test('the example names every key and loads as it stands', () => {
    const text = readFileSync(example, 'utf8')
    expect(load(text)).toMatchObject({ environment: 'sandbox', server: { port: 8080 }, metrics: { port: 9464 } })
    for (const { path } of keys) expect(text, path.join('.')).toMatch(new RegExp(`\\b${path.at(-1)}:`))
  })

  test('the defaults that the example shows are the defaults', () => {
    const bare = load('environment: sandbox')
    const shown = load(readFileSync(example, 'utf8'))
    // Of another folder, and so under another key.
    const here = { file: undefined, data: '', vault: undefined }
    expect({ ...shown, ...here }).toEqual({ ...bare, ...here })
  })
})

describe('the account look-up', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const given = (url: string, more = '') =>
    `${more || 'environment: sandbox\n'}lookUp: { url: '${url}', secret: ${secret} }`

  test('goes to this machine outside production, and in production to any address of the operator’s, over https', () => {
    expect(load(given('http://127.0.0.1:9000/a')).lookUp).toMatchObject({ timeoutSeconds: 10, waitMinutes: 30 })
    expect(load(given('https://10.1.2.3/a', production)).lookUp.url).toBe('https://10.1.2.3/a')
    expect(load(given('http://127.0.0.1:9000/a', production)).lookUp.url).toBe('http://127.0.0.1:9000/a')
    expect(refusal(given('https://accounts.example.org/a'))).toContain('lookUp.url: must be on this machine')
    expect(refusal(given('http://10.1.2.3/a', production))).toContain('lookUp.url: must start with https://')
    expect(refusal(given('https://u:p@10.1.2.3/a', production))).toContain('must not hold a name or a password')
    expect(refusal('environment: sandbox\nlookUp: { url: "http://127.0.0.1/a" }')).toContain(
      'lookUp.secret: is missing',
    )
    expect(refusal(`environment: sandbox\nlookUp: { secret: ${secret} }`)).toContain('lookUp.url: is missing')
    expect(refusal(given('http://127.0.0.1/a').replace('whsec_', 'x'))).toContain('lookUp.secret: must be whsec_')
  })

  test('is shown without its address and its secret', () => {
    const shown = describeConfig(load(given('http://127.0.0.1:9000/a?token=t0ken')))
    expect(shown).not.toMatch(/t0ken|whsec_/)
  })
})
