import { access, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { startCybertipline, startMailbox } from '@wardline/sandbox'
import { expect, it } from 'vitest'
import { drawAlbum } from '../demo/album.ts'
import { shortcomings } from '../demo/outcome.ts'
import { openPlace } from '../testing.ts'

it('goes from uploads to receipts, notices and a heard appeal, says so in plain lines, and leaves nothing behind', async () => {
  await using place = await openPlace()
  const { code, out, err } = await place.start(['demo', '--exit'], { NO_COLOR: '1' }).ended
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const lines = out.trimEnd().split('\n')
  expect(lines.at(0)).toContain('NOTHING IS REPORTED TO NCMEC')
  expect(lines.at(-1)).toContain('NOTHING IS REPORTED TO NCMEC')
  expect(out).not.toContain('\u001b')
  expect(lines.filter((line) => / held +(exact|\d+ bits) +\d+ +to (user|org)$/.test(line))).toHaveLength(8)
  expect(lines.filter((line) => / another drawing +clear$/.test(line))).toHaveLength(4)
  const who = lines.map(
    (line) => /^(ben|Rita|Tom|the forum) +(?:opens|hears|decides|is told|approves|fetches)/.exec(line)?.[1],
  )
  const hearer = expect.stringMatching(/^(Rita|Tom)$/)
  const expected = ['ben', hearer, hearer, 'ben', 'Rita', 'Tom', 'the forum', 'ben']
  expect(who.filter((name) => name !== undefined)).toEqual(expected)
  expect(lines.filter((line) => /^ben +is told: "/.test(line)).at(-1)).toContain('was put right')
  const folder = /(\S+)\/wardline\.log/.exec(out)?.[1] ?? ''
  await expect(access(folder)).rejects.toMatchObject({ code: 'ENOENT' })
})

it('stays up until Ctrl-C, and keeps its folder when asked to', async () => {
  await using place = await openPlace()
  const demo = place.start(['demo', '--keep'])
  await demo.says('until you press Ctrl-C')
  demo.child.kill('SIGINT')
  const { code, out } = await demo.ended
  expect(code).toBe(0)
  const folder = /Left behind: (\S+)/.exec(out)?.[1] ?? ''
  const left = await readdir(folder)
  expect(left.filter((name) => /^receipt-\d+\.xml$/.test(name))).toHaveLength(3)
  const [receipt = ''] = left.filter((name) => name.startsWith('receipt-'))
  expect(await readFile(join(folder, receipt), 'utf8')).toMatch(/<responseCode>0<\/responseCode>/)
  const log = await readFile(join(folder, 'wardline.log'), 'utf8')
  expect(log).toContain('NOTHING IS REPORTED TO NCMEC')
  for (const secret of ['hills', 'harbour', 'anna', 'users.example', 'forum.example', 'school'])
    expect(log).not.toContain(secret)

  const told = ['--config', join(folder, 'wardline.yaml')]
  expect((await place.run('appeals', 'show', '1', ...told)).out).toMatch(/^Appeal 1 \(\w+\): overturned_context$/m)
  expect((await place.run('repair', 'list', ...told)).out).toMatch(/ 1 +done +context +1 +0 /)
  const letter = await place.run('repair', 'letter', '1', '--as', 'rita@forum.example', ...told)
  expect(letter.out).toMatch(/CyberTipline report \d+, our reference report_sandbox_/)
  expect((await place.run('repair', 'show', '1', ...told)).out).toMatch(/by Rita\n(.*\n)*.*1 report, .*NOT SENT/)
  expect(await place.run('repair', 'sent', '1', '--as', 'rita@forum.example', ...told)).toMatchObject({ code: 0 })
  expect((await place.run('repair', 'show', '1', ...told)).out).toMatch(/1 report, .* sent [\s\S]*Next: nothing\.$/m)

  // What it kept is a whole deployment: the other commands read it.
  await place.configure({ data: join(folder, 'data'), vault: { keyFile: join(folder, 'vault.key') } })
  const reports = await place.run('reports', '--json')
  const [report] = reports.out.split('\n').map((line) => line && JSON.parse(line))
  expect(report).toMatchObject({ state: 'finished', environment: 'sandbox', hasReceipt: true })
  const shown = await place.run('reports', 'show', report.id)
  expect(shown.out).toMatch(/finish +result/)
  const receiptFile = join(place.folder, 'r.xml')
  expect(await place.run('reports', 'receipt', report.id, 'r.xml')).toMatchObject({ code: 0 })
  expect((await readFile(receiptFile)).equals(await readFile(join(folder, `receipt-${report.remoteId}.xml`)))).toBe(
    true,
  )
  expect(await place.run('reports', 'receipt', report.id, 'r.xml')).toMatchObject({ code: 2 })
  const exports = (await place.run('audit', 'show', '--subject', report.id)).out.match(/export_receipt/g)
  // The demo's own and the one to r.xml: none for the file that was there already.
  expect(exports).toHaveLength(2)
  expect(await place.run('reports', 'retry', report.id)).toMatchObject({ code: 2 })
  const { out: story } = await place.run('cases', 'show', '1')
  expect(story).toMatch(/^Case 1 \(case_\w+\): reported$/m)
  expect(story).toMatch(/^Notice to the user: sent, /m)
  expect(story).not.toMatch(/[0-9a-f]{32}/)
  expect((await place.run('audit', 'verify')).code).toBe(0)
  await rm(folder, { recursive: true })
}, 120_000)

it('interrupted on the way, it does not claim to have seen everything, and leaves nothing behind', async () => {
  await using place = await openPlace()
  const demo = place.start(['demo', '--exit'], { TMPDIR: place.folder })
  await demo.says('Drawn landscapes')
  demo.child.kill('SIGTERM')
  expect(await demo.ended).toMatchObject({ code: 1, err: '', out: expect.stringContaining('Interrupted') })
  expect(await readdir(place.folder)).toEqual(['wardline.yaml'])
})

it('whose reader has seen enough ends and leaves nothing behind', async () => {
  await using place = await openPlace()
  const demo = place.start(['demo', '--exit'], { TMPDIR: place.folder })
  await demo.says('Drawn landscapes')
  demo.child.stdout?.destroy()
  expect((await demo.ended).err).toBe('')
  expect(await readdir(place.folder)).toEqual(['wardline.yaml'])
})

it('would notice everything that is not as it must be', async () => {
  await using cybertipline = await startCybertipline()
  await using mailbox = await startMailbox()
  const { uploads } = await drawAlbum()
  const sent = uploads.map((upload) => ({
    upload,
    verdicts: upload.images.map((_image, place) => ({ scanId: `scan_${place}`, verdict: 'clear' })),
  }))
  const words = shortcomings({ cybertipline, mailbox }, sent)
  expect(words).toContain('hills.jpg of anna is "clear" and should be "held"')
  expect(words).toContain('hills.jpg of anna is in no finished report')
  expect(words).toContain('nobody was told about village.tiff of cleo')
  expect(words).toContain('there are 0 reports and should be 3')
  expect(words).toContain('there are 0 notices and should be 3')
})
