// Every implementation under the one contract.
import { describe } from 'vitest'
import { contract, type Opened } from './contract.ts'
import { type Options, openIndex, openScan } from './hamming.ts'

function ring(options: Options): Opened {
  const index = openIndex(options)
  return { index, settle: () => index.settled(), close: () => index.close() }
}

describe('the naive twin', () =>
  contract(() => ({ index: openScan(), settle: () => Promise.resolve(), close: () => Promise.resolve() })))

describe('a table alone', () => contract(() => ring({ tableRows: 65_536 })))

describe('rings that are merged all the time', () => contract(() => ring({ tableRows: 4 })))

describe('many short rings', () => contract(() => ring({ tableRows: 8, ringRows: 50 })))
