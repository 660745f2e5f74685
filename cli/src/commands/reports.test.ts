// A report that the CyberTipline refuses, and what a person can do about it at a terminal.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { drawPicture, encode, startCybertipline } from '@wardline/sandbox'
import { expect, it } from 'vitest'
import { openPlace } from '../testing.ts'

it('a refused report is closed by whoever filed it by hand, and says by whom, as what and that it has no receipt', async () => {
  const line = await startCybertipline()
  try {
    line.faults.always('submit', { kind: 'code', code: 4100 })
    const { user: username, password } = line.credentials
    const cybertip = { baseUrl: line.baseUrl, username, password, reporter: { email: 'trust@x.example' } }
    await using place = await openPlace({ rules: { settleSeconds: 0 }, cybertip })
    const file = await place.write('drawing.png', await encode(drawPicture(7), 'png'))
    const hashed: { readonly sha256: string } = JSON.parse((await place.run('hash', file, '--json')).out)
    const row = { source: 's', entryId: '1', algorithm: 'sha256', value: hashed.sha256 }
    await place.write('cards.jsonl', JSON.stringify(row))
    await place.run('lists', 'import', 'cards.jsonl', '--class', 'test')
    await place.run('people', 'add', 'Rita', '--email', 'rita@x.example', '--role', 'reviewer')
    await place.run('people', 'add', 'Otto', '--email', 'otto@x.example', '--role', 'operator')
    expect((await place.run('scan', file, '--list', 'cards.jsonl', '--open-cases')).code).toBe(1)
    const server = place.start(['serve'])
    await server.says('ALERT: this report needs a person')
    server.child.kill('SIGTERM')
    await server.ended

    const report: { readonly id: string } = JSON.parse((await place.run('reports', '--json')).out)
    expect(report.id).toMatch(/^report_sandbox_/)
    const stuck = (await place.run('reports', 'list', '--stuck')).out
    expect(stuck).toContain(`wardline reports explain ${report.id}`)
    expect(stuck).toContain('NOTHING IS REPORTED TO NCMEC')
    const explained = (await place.run('reports', 'explain', '1')).out
    expect(explained).toContain(`Report ${report.id} of case 1 (sandbox)`)
    expect(explained).toMatch(/waits for a person: .*submit was refused; code 4100/)
    expect(explained).toMatch(/your own limit/)
    expect(explained).toMatch(/submit: .*Request-ID/)
    expect(explained).toContain(`wardline reports retry ${report.id}`)
    const documents = (...more: string[]) => place.run('reports', 'documents', '1', 'sent', ...more)
    expect(await documents('--as', 'otto@x.example')).toMatchObject({ code: 2 })
    expect(await documents('--as', 'rita@x.example')).toMatchObject({ code: 0 })
    expect(await readFile(join(place.folder, 'sent', '01-submit-sent'), 'utf8')).toContain('<report')
    expect((await place.run('audit', 'show')).out).toContain('open_report_documents')
    expect((await place.run('reports', 'resume')).out).toContain('Nothing stands in the way')
    const close = (...more: string[]) => place.run('reports', 'close', report.id, '--reason', 'by the form', ...more)
    expect((await close('--as', 'rita@x.example')).err).toContain('--filed-as')
    for (const [more, words] of [
      [['--as', 'otto@x.example', '--filed-as', '4711'], /roles of the person/],
      [['--as', 'rita@x.example', '--filed-as', 'my own'], /is a number/],
    ] as const)
      expect(await close(...more)).toMatchObject({ code: 2, out: '', err: expect.stringMatching(words) })

    const closed = await close('--as', 'rita@x.example', '--filed-as', '4711')
    expect(closed).toMatchObject({ code: 0, out: expect.stringContaining('there is no receipt of ours') })
    const shown = (await place.run('reports', 'show', report.id)).out
    expect(shown).toMatch(/: filed_by_hand \(sandbox\)\n.*CyberTipline report 4711/)
    expect(shown).toMatch(/filed by hand, by the word of person:person_\w+ on .*\n +reason: by the form/)
    expect((await place.run('cases', '--state', 'reported')).out).toMatch(/^ +1 /m)
    expect(await place.run('reports', 'retry', report.id)).toMatchObject({ code: 2 })
    expect(await place.run('reports', 'receipt', report.id, 'r.xml')).toMatchObject({ code: 2 })
    expect((await place.run('jobs')).out).not.toContain('notify')
  } finally {
    await line.close()
  }
}, 180_000)

it('the CyberTipline is asked who we are, in which environment, and what differs in its schema; refusals come with what to do', async () => {
  await using line = await startCybertipline()
  const { user: username, password } = line.credentials
  const cybertip = { baseUrl: line.baseUrl, username, password, reporter: { email: 'trust@x.example' } }
  await using place = await openPlace({ cybertip })
  const well = await place.run('cybertip', 'status')
  expect(well).toMatchObject({
    code: 0,
    out: expect.stringMatching(/User: sandbox\nThe CyberTipline answers: Remote User/),
  })
  expect(well.out).toMatch(/NOTHING IS REPORTED TO NCMEC/)
  const diff = await place.run('cybertip', 'xsd-diff')
  expect(diff.out).toMatch(/SHA-256 of the schema: [0-9a-f]{64}\n/)
  expect(diff.code).toBeLessThan(2)
  await place.configure({ cybertip: { ...cybertip, password: 'wrong-one-77' } })
  const refused = await place.run('cybertip', 'status')
  expect(refused).toMatchObject({
    code: 1,
    out: expect.stringMatching(/credentials.*\n(.*\n)*What to do: check cybertip/),
  })
  expect(refused.out + refused.err).not.toContain('wrong-one-77')
  expect(line.inspect().reports).toEqual([])
})
