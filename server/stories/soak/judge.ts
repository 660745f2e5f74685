// What must be true after a filing soak.
import { strict as assert } from 'node:assert'
import type { Soaked } from './filing.ts'

export function assertSoaked({ filings, kills, verdict, finishedHere, withoutReceipt, mails }: Soaked): void {
  assert.deepEqual(verdict.finishedTwice, [], 'reported twice')
  assert.deepEqual(verdict.finishedNever, [], 'never reported')
  assert.equal(verdict.finishedOnce, filings, 'reported once')
  assert.equal(finishedHere, filings, 'known here as finished')
  assert.deepEqual(verdict.doubledFiles, [], 'the same file twice in a report')
  assert.equal(verdict.undescribedFiles, 0, 'files without details')
  assert.equal(verdict.orphans.used + verdict.expired.used, 0, 'left open although they could have been retracted')
  assert.equal(mails.sent, filings, 'told')
  // A receipt is lost only where its answer was cut off, or died with the server that had just got it.
  const cutOff = Object.entries(verdict.faults).reduce(
    (sum, [name, times]) => sum + (/^finish /.test(name) ? times : 0),
    0,
  )
  assert(withoutReceipt <= cutOff + kills, 'receipts lost')
}
