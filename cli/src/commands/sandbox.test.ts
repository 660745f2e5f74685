import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { openPlace, type Place } from '../testing.ts'

const report = `<report><incidentSummary><incidentType>Child Sex Tourism</incidentType>
<incidentDateTime>2026-05-01T10:00:00Z</incidentDateTime></incidentSummary><reporter><reportingPerson>
<email>safety@wild.example</email></reportingPerson></reporter><personOrUserReported>
<espIdentifier>somebody</espIdentifier></personOrUserReported></report>`

interface Told {
  readonly reachesNcmec: boolean
  readonly cybertipline: { readonly baseUrl: string; readonly inspectUrl: string }
}

/** The command on any free port, and a caller of what it started. */
const start = async (place: Place, ...flags: string[]) => {
  const running = place.start(['sandbox', '--port', '0', '--json', ...flags])
  await running.says('\n')
  const [line = ''] = running.said().split('\n')
  const told: Told = JSON.parse(line)
  const call = async (path: string, init: RequestInit = {}, user = 'sandbox:sandbox') => {
    const headers = { authorization: `Basic ${Buffer.from(user).toString('base64')}`, ...init.headers }
    const response = await fetch(`${told.cybertipline.baseUrl}/${path}`, { ...init, headers })
    const body = await response.text()
    return { status: response.status, body, code: /<responseCode>(\d+)</.exec(body)?.[1], headers: response.headers }
  }
  const submit = (xml: string, user?: string) =>
    call('submit', { method: 'POST', body: xml, headers: { 'content-type': 'text/xml' } }, user)
  const inspect = async (path: string): Promise<unknown> =>
    (await fetch(new URL(`/inspect/${path}`, told.cybertipline.inspectUrl))).json()
  return { running, told, call, submit, inspect }
}

it('stands up without any configuration, says that nothing reaches NCMEC, takes a report and ends at Ctrl-C', async () => {
  await using place = await openPlace()
  const running = place.start(['sandbox', '--port', '0', '--calls'], { NO_COLOR: '1' })
  await running.says('Ctrl-C')
  const out = running.said()
  expect(out).toMatch(/^SANDBOX: nothing sent here reaches NCMEC/)
  const [, baseUrl = ''] = /base URL +(\S+)/.exec(out) ?? []
  expect(out).toContain(
    `  cybertip:\n    baseUrl: ${baseUrl}\n    username: sandbox\n    password: sandbox\n    reporter:`,
  )
  const [, command = ''] = /Try it: +curl -u sandbox:sandbox (\S+)/.exec(out) ?? []
  expect(command).toBe(`${baseUrl}/status`)
  const authorization = `Basic ${Buffer.from('sandbox:sandbox').toString('base64')}`
  expect(await (await fetch(command, { headers: { authorization } })).text()).toContain('<responseCode>0<')
  const headers = { authorization, 'content-type': 'text/xml' }
  await fetch(`${baseUrl}/submit`, { method: 'POST', body: report, headers })
  await running.says('submit')
  running.child.kill('SIGINT')
  const ended = await running.ended
  expect(ended).toMatchObject({ code: 0, err: '' })
  expect(ended.out).toMatch(/submit +HTTP 200, code 0 +report \d{7,9} /)
  expect(ended.out).not.toContain('somebody')
  expect(ended.out).not.toContain('\u001b')
})

it('is for programs too: one JSON line, one for each call, and no name of anybody', async () => {
  await using place = await openPlace()
  const { running, told, submit, inspect } = await start(
    place,
    '--calls',
    '--hash-sharing',
    '--threat-exchange',
    '--mailbox',
  )
  expect(told).toMatchObject({
    reachesNcmec: false,
    cybertipline: { user: 'sandbox', password: 'sandbox', users: [{ rights: ['submit', 'update'] }] },
    hashSharing: { baseUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/), password: expect.any(String) },
    threatExchange: { accessToken: expect.any(String) },
    mailbox: { smtpUrl: expect.stringMatching(/^smtp:\/\/127\.0\.0\.1:/) },
  })
  await submit(report)
  await running.says('"route":"submit"')
  expect(running.said()).not.toContain('somebody')
  expect(await inspect('incidents')).toMatchObject([{ incident: 'somebody', states: { open: 1 } }])
})

it('takes users, maps, faults and the other open questions as options', async () => {
  await using place = await openPlace()
  const file = await place.write('faults.json', '[{"route":"xsd","fault":{"kind":"unavailable","retryAfter":9}}]')
  const users = ['--user', 'all:one:with:colon', '--user', 'update:two:2', '--user', 'none:three:3']
  const { call, submit, inspect } = await start(
    place,
    ...users,
    ...['--status', '3000=418', '--schema-error-code', '4110', '--charset', 'ISO-8859-1', '--base-path', 'tips/'],
    ...['--unauthorised', 'xml', '--fault', 'submit=drop_after', '--faults', file, '--known-report', '77', '--drift'],
    ...['--incident-pattern', '<email>([^<]*)', '--random-faults', '0', '--seed', '5'],
  )
  const one = 'one:with:colon'
  const prior = (id: string) => report.replace('</personOr', `<priorCTReports>${id}</priorCTReports></personOr`)
  await expect(submit(report, one)).rejects.toThrow()
  expect(await submit(report, one)).toMatchObject({ status: 200, code: '0' })
  expect(await submit(report, 'two:2')).toMatchObject({ status: 403, code: '3100' })
  expect(await submit(report, 'three:3')).toMatchObject({ status: 418, code: '3000' })
  expect(await submit(report)).toMatchObject({ status: 401, code: '2000' })
  expect(await submit('<report/>', one)).toMatchObject({ code: '4110' })
  expect(await submit(prior('78'), one)).toMatchObject({ code: '4100' })
  expect(await submit(prior('77'), one)).toMatchObject({ code: '0' })
  const busy = await call('xsd', {}, one)
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '9'])
  const { body, headers } = await call('xsd', {}, one)
  expect(body).toMatch(/^ *<xs:element name="informational"/m)
  expect(headers.get('content-type')).toBe('application/xml;charset=ISO-8859-1')
  expect(await inspect('incidents')).toMatchObject([{ incident: 'safety@wild.example', states: { open: 3 } }])
})

it('a busy port and a wrong option end it at once, in words that say what to do', async () => {
  await using place = await openPlace()
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const busy = String(typeof address === 'object' ? address?.port : '')
  const said = async (...flags: string[]) => {
    const { code, err, out } = await place.run('sandbox', ...flags)
    expect([code, out]).toEqual([2, ''])
    return err
  }
  try {
    expect(await said('--port', busy)).toContain(`Port ${busy} is in use at 127.0.0.1; choose another with --port`)
    expect(await said('--port', 'x')).toContain('A port is a number')
    expect(await said('--port', '0', '--host', '0.0.0.0')).toContain('add --allow-beyond-loopback')
    expect(await said('--port', '0', '--host', '192.0.2.1', '--allow-beyond-loopback')).toContain(
      'no address of this machine',
    )
    expect(await said('--fault', 'submit=earthquake')).toContain('FAULT is one of')
    expect(await said('--fault', 'nowhere=delay')).toContain('ROUTE being one of')
    expect(await said('--user', 'boss:a:b')).toContain('RIGHTS:NAME:PASSWORD')
    expect(await said('--status', '5102')).toContain('CODE=HTTP')
    expect(await said('--random-faults', '2')).toContain('between 0 and 1')
    expect(await said('--incident-pattern', '(')).toContain('no regular expression')
    expect(await said('--status-map', 'x')).toContain('Allowed choices are default, legacy200')
    expect(await said('--earthquake')).toContain("unknown option '--earthquake'")
    expect(await said('--port', '0', '--faults', 'nowhere.json')).toContain('does not exist')
    expect(await said('--port', '0', '--faults', await place.write('f', 'x'))).toContain('holds no JSON')
    const odd = await place.write('odd.json', '{"route":"finish","fault":"earthquake"}')
    expect(await said('--port', '0', '--faults', odd)).toContain('knows no fault "earthquake"')
  } finally {
    server.close()
  }
})
