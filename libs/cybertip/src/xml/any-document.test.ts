import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anyReport } from '../testing/any-document.ts'
import { judgeReports } from '../testing/any-filing.ts'
import { openJudge } from '../testing/judge.ts'
import { type Bag, bagOf } from '../testing/repairs.ts'
import { now } from '../testing/reports.ts'
import { validate } from '../validate/validate.ts'

it('random reports that break no rule are accepted by a judge who shares no table with us', {
  timeout: 120_000,
}, async () => {
  await using judge = await openJudge()
  await judgeReports(judge, 300)
})

it('what we let through after it was bent anywhere, the judge accepts as well', { timeout: 120_000 }, async () => {
  await using judge = await openJudge()
  let letThrough = 0
  await fc.assert(
    fc.asyncProperty(anyReport(), fc.nat(), oddValue, async (report, at, odd) => {
      bendOne(report, at, odd)
      if (!validate('report', report, { now }).ok) return
      letThrough += 1
      expect(await judge.submit(report)).toHaveProperty('reportId')
    }),
    { numRuns: 400 },
  )
  expect(letThrough).toBeGreaterThan(10)
})

const oddValue = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', ' ', '+1 5', 'US', 'AS', 'NY', '2026-11-22T12:00:05+00:00', '2026-11-22', 'a@b.example', '::1'),
  fc.constantFrom('https://user:word@forum.example:8443/%zz?a=[b]|{c}#^', 'ftp://forum.example', '\ufeffx', '\r\n\t'),
  fc.constantFrom(0, -0, 1e-7, 150, 65535, 1e21, 89.9999999, true, false),
)

/** Puts a value in place of one text, number or flag of the document. */
function bendOne(document: Bag, at: number, odd: unknown): void {
  const leaves: [Bag | unknown[], string][] = []
  const collect = (holder: Bag | unknown[]) => {
    for (const [key, one] of Object.entries(holder)) {
      if (Array.isArray(one)) collect(one)
      else if (bagOf(one)) collect(bagOf(one) ?? {})
      else leaves.push([holder, key])
    }
  }
  collect(document)
  const [holder, key] = leaves[at % leaves.length] ?? []
  if (holder && key !== undefined) Object.assign(holder, { [key]: odd })
}
