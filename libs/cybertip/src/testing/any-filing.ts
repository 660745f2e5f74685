// Random reports and file details, past our validation and before the judge: both must say yes.
import fc from 'fast-check'
import { validate } from '../validate/validate.ts'
import { anyFileDetails, anyReport } from './any-document.ts'
import type { Judge } from './judge.ts'
import type { Bag } from './repairs.ts'
import { now } from './reports.ts'

/** runs: reports, each with file details of a plain or a batched report. Gives how many bytes were judged. Throws with the seed at the first no. */
export async function judgeReports(judge: Judge, runs: number, seed?: number): Promise<void> {
  const documents = fc.tuple(
    anyReport(),
    fc
      .boolean()
      .chain((batched) => anyFileDetails(batched).map((file) => ({ file: { ...file, ...sampleIds }, batched }))),
  )
  await fc.assert(
    fc.asyncProperty(documents, async ([report, { file, batched }]) => {
      agree(report, { file, batched })
      const submitted = await judge.submit(report)
      if ('refusal' in submitted) throw new Error(`the report: ${submitted.refusal}`)
      const { refusal } = await judge.describe(file, batched)
      if (refusal !== undefined) throw new Error(`the file details: ${refusal}`)
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }) },
  )
}

const sampleIds = { reportId: '7', fileId: 'abc' }

function agree(report: Bag, { file, batched }: { file: Bag; batched: boolean }): void {
  const verdicts = [validate('report', report, { now }), validate('fileDetails', file, { now, batched })]
  for (const verdict of verdicts) if (!verdict.ok) throw new Error(JSON.stringify(verdict.problems))
}
