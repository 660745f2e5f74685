import { expect, it } from 'vitest'
import { tellActionability, tellWritten } from './actionability.ts'

const port = { name: 'addressPort', words: 'the port', supply: ['origin.port', 'other.port'] } as const
const lack = { ...port, supply: [...port.supply] }

it('a report says what it lacked when it was written, and which keys would have supplied it', () => {
  expect(tellWritten({ isBatched: false, score: 95, lacking: [lack] })).toEqual([
    'Actionability 95 of 100, lacking:',
    '  the port (context: origin.port or other.port)',
  ])
})

it('that a report lacks nothing is said only where it was looked at', () => {
  expect(tellWritten({ isBatched: false, score: 100, lacking: [] })).toEqual([
    'Actionability 100 of 100, lacking nothing that is looked for',
  ])
  expect(tellWritten({ isBatched: false, score: null, lacking: null })).toEqual([
    'Actionability: not known; it was not looked at when the report was written',
  ])
  expect(tellWritten({ isBatched: true, score: null, lacking: null }).join()).toContain('not scored')
  expect(tellActionability({ score: null, lacking: null })).toEqual([])
})
