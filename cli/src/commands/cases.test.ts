// A case made through the program's own mouth (`scan --open-cases`), and a person's decision about it.
import { readdir, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { drawPicture, encode } from '@wardline/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place } from '../testing.ts'

/** One case that waits for review: a drawing that is on the operator's list of class `exploitative`. */
async function placeWithCase(config: Record<string, unknown> = {}): Promise<Place> {
  const place = await openPlace(config)
  const file = await place.write('drawing.png', await encode(drawPicture(7), 'png'))
  const [line = ''] = (await place.run('hash', file, '--json')).out.split('\n')
  const { sha256 }: { readonly sha256: string } = JSON.parse(line)
  await place.write('drawn.jsonl', JSON.stringify({ source: 's', entryId: '1', algorithm: 'sha256', value: sha256 }))
  await place.run('lists', 'import', 'drawn.jsonl', '--class', 'exploitative')
  await place.run('people', 'add', 'Ada', '--email', 'ada@x.example', '--role', 'reviewer')
  await place.run('people', 'add', 'Otto', '--email', 'otto@x.example', '--role', 'operator')
  const scanned = await place.run('scan', file, '--list', 'drawn.jsonl', '--open-cases', '--config', 'wardline.yaml')
  expect(scanned).toMatchObject({ code: 1, err: '' })
  return place
}

describe('a case that waits for review', () => {
  it('is dismissed by a reviewer, and the record says that nobody viewed it', async () => {
    await using place = await placeWithCase()
    expect((await place.run('cases')).out).toMatch(/^ +1 +waiting_review +1 /m)
    const why = await place.run('reports', 'explain', '1')
    expect(why).toMatchObject({ code: 0, err: '' })
    expect(why.out).toMatch(/^Case 1 has no report \(sandbox\)\n\nWhy: .*waits for a person/)
    expect(why.out).toContain('wardline cases dismiss 1 --as EMAIL --reason TEXT')
    expect((await place.run('reports', 'show', '1')).err).toContain('wardline reports explain N')
    expect((await place.run('reports', 'explain', '2')).err).toContain('wardline cases list')
    for (const [email, words] of [
      ['otto@x.example', /roles of the person/],
      ['nobody@x.example', /^Nobody with the address/],
    ] as const) {
      const refused = await place.run('cases', 'dismiss', '1', '--as', email, '--reason', 'a drawing')
      expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringMatching(words) })
      expect(refused.err).not.toContain(email)
    }
    expect((await place.run('cases', 'dismiss', '1', '--as', 'ada@x.example')).err).toContain('--reason')

    const dismissed = await place.run('cases', 'dismiss', '1', '--as', 'ada@x.example', '--reason', 'a drawing')
    expect(dismissed).toMatchObject({ code: 0, err: '' })
    expect(dismissed.out).toContain('Case 1: dismissed, decided without viewing. It is now "dismissed".')
    expect((await place.run('reports', 'explain', '1')).out).toMatch(/^Why: .*a person dismissed the case on /m)
    const { out } = await place.run('cases', 'show', '1')
    expect(out).toMatch(/^Decided by Ada on .*, without viewing\n {2}reason: a drawing$/m)
    expect(out).toContain('exploitative: the same SHA-256')
    expect(out).not.toMatch(/[0-9a-f]{32}/)
    const [event] = (await place.run('audit', 'show', '--json')).out
      .trimEnd()
      .split('\n')
      .map((line): Record<string, string> => JSON.parse(line))
      .filter(({ act }) => act === 'dismiss_case')
    expect(event?.['actor']).toMatch(/^person:person_/)
    expect(JSON.parse(event?.['detail'] ?? '')).toMatchObject({ viewed: false })

    const again = await place.run('cases', 'dismiss', '1', '--as', 'ada@x.example', '--reason', 'again')
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('"dismissed"') })
    // Beside the events for the platform.
    const jobs = (await place.run('jobs', '--json')).out
    expect(jobs).toMatch(/^\{[^\n]*"kind":"destroy"[^\n]*"state":"waiting"/m)
  })

  it('says what could be one report with it, and why it cannot be; a batch is asked for in full', async () => {
    await using place = await placeWithCase()
    const shown = JSON.parse((await place.run('cases', 'show', '1', '--json')).out)
    // Of what a person has to name first there is no report to measure.
    expect(shown).toMatchObject({ actionability: null, files: [{ copyOf: null }] })
    const file: string = shown.files[0].id
    expect((await place.run('cases', 'show', '1')).out).toContain(`File 1 (${file}), of`)
    const foreseen = await place.run('cases', 'batch', '--file', file)
    expect(foreseen).toMatchObject({ code: 0, err: '' })
    expect(foreseen.out).toBe(
      'There are no two cases that could be one report.\n' +
        'Not case 1: no account is known, and such a report names nothing else.\n',
    )
    for (const [args, words] of [
      [[], '--file ID'],
      [['--file', 'file_none'], 'No case holds a file of this id'],
      [['--file', file, '--cases', '1;2'], '--cases takes numbers'],
      [['--file', file, '--cases', '1,2'], '--as EMAIL'],
      [['--file', file, '--cases', '1,2', '--as', 'otto@x.example', '--reason', 'x', '--viral'], 'roles of the person'],
      [['--file', file, '--cases', '1,2', '--as', 'ada@x.example', '--reason', 'x'], 'viral'],
    ] as const)
      expect(await place.run('cases', 'batch', ...args)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringContaining(words),
      })
    expect((await place.run('cases', '--state', 'waiting_review')).out).toMatch(/^ +1 /m)
  }, 180_000)

  it('cannot be confirmed outside production, since nobody would hear of it', async () => {
    await using place = await placeWithCase()
    const refused = await place.run('cases', 'confirm', '1', '--as', 'ada@x.example')
    expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringContaining('reports nothing to NCMEC') })
    expect((await place.run('cases', '--state', 'waiting_review')).out).toMatch(/^ +1 /m)
  })

  it('is confirmed in production, where without credentials it is kept and cannot be reported', async () => {
    await using place = await placeWithCase({ environment: 'production', rules: { perceptual: 'review' } })
    const confirm = (...args: string[]) => place.run('cases', 'confirm', '1', '--as', 'ada@x.example', ...args)
    // An exploitative list is no CSAM list: a person says what it is, or nothing is reported.
    const unnamed = await confirm('--reason', 'seen before')
    expect(unnamed).toMatchObject({ code: 2, out: '', err: expect.stringContaining('incident type') })
    const named = ['--reason', 'seen before', '--incident-type', 'online_enticement']
    const refused = async (words: string, ...args: string[]) =>
      expect(await confirm(...named, ...args)).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) })
    await refused('reports.industryHashSharingMou', '--classify', '1=A1')
    await refused('--classify wants a file of the case', '--classify', '2=A1')
    await refused('--annotate wants a file of the case', '--annotate', 'infant')
    await refused('names the same file twice', '--annotate', '1=infant', '--annotate', '1=viral')
    await refused('annotated with some of drawing', '--annotate', '1=infant,odd')
    await refused('classified as one of A1, A2, B1, B2', '--classify', '1=C1')
    await refused('--incident wants some of sextortion', '--incident', 'sextortion,odd')
    await refused('--escalate wants the reason', '--escalate', ' ')
    const urgent = ['--incident', 'sextortion', '--escalate', 'the child is in the room']
    const confirmed = await confirm(...named, '--annotate', '1=infant,viral', ...urgent)
    expect(confirmed).toMatchObject({ code: 0 })
    expect(confirmed.out).toContain('Case 1: confirmed, decided without viewing. It is now "cannot_report".')
    expect(confirmed.out).toContain('no working CyberTipline credentials')
    expect((await place.run('reports')).out).toMatch(/^No report\.\n/)
    const shown = (await place.run('cases', 'show', '1')).out
    expect(shown).toContain('annotated by the person who decided: infant, viral')
    expect(shown).toContain('of the whole incident: sextortion')
    expect(shown).toContain('HIGH PRIORITY: the child is in the room')
    const doctor = await place.run('doctor')
    expect(doctor.code).toBe(1)
    expect(doctor.out).toMatch(/^fail +cases +1 cannot be reported$/m)
  }, 180_000)
})

it('a classification is taken where the operator says that they signed the agreement, and shown as a person’s', async () => {
  const reports = { industryHashSharingMou: true }
  await using place = await placeWithCase({ environment: 'production', rules: { perceptual: 'review' }, reports })
  const said = ['--incident-type', 'online_enticement', '--classify', '1=B2']
  expect(await place.run('cases', 'confirm', '1', '--as', 'ada@x.example', ...said)).toMatchObject({ code: 0 })
  expect((await place.run('cases', 'show', '1')).out).toContain('classified by the person who decided: B2')
}, 180_000)

it('doctor misses evidence that is not there or was cut, and opens none of it', async () => {
  await using place = await placeWithCase()
  const objects = join(place.folder, 'data', 'vault', 'objects')
  const [name = ''] = (await readdir(objects, { recursive: true })).filter((each) => each.includes('evidence_'))
  const doctor = async () => (await place.run('doctor')).out
  expect(await doctor()).toMatch(/^ok +evidence +1 files, all there and of the right size \(none was opened\)$/m)
  await truncate(join(objects, name), 100)
  expect(await doctor()).toMatch(/^fail +evidence +1 of 1 files of a wrong size: evidence_/m)
  await rm(join(objects, name))
  expect(await doctor()).toMatch(/^fail +evidence +1 of 1 files missing: evidence_/m)
  expect((await place.run('audit', 'show', '--json')).out).not.toContain('open_evidence')
})

describe('what does not exist', () => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace()
    await place.run('people', 'add', 'Ada', '--email', 'ada@x.example', '--role', 'reviewer')
  })
  afterAll(() => place[Symbol.asyncDispose]())

  it.each([
    ['cases', 'show', '9'],
    ['reports', 'show', 'report_none'],
    ['reports', 'retry', 'report_none'],
    ['reports', 'receipt', 'report_none', 'r.xml'],
    ['jobs', 'retry', 'job_none'],
    ['api-keys', 'revoke', 'key_none'],
  ])('is said so by %s %s, and where to look', async (...args) => {
    const { code, out, err } = await place.run(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^There is no such \w+.*\n`wardline [\w-]+ list`/)
  })
})
