import { expect, it } from 'vitest'
import { type StoryRepairs, tellError, tellRepairs, tellWrong } from './of-case.ts'

const repair = {
  id: 'repair_1',
  number: 4,
  state: 'done',
  reportId: null,
  letter: null,
  secondAt: 1,
  takenBackBy: null,
} as const

it('a case in doubt says which ground was found wrong, by which repair, and the two commands that answer', () => {
  const of = [{ ...repair, does: 'review', stands: 'in_review' }] as const
  const repairs = { of, undecided: null, wrong: [{ fileId: 'file_1', index: 0, repair: 4 }] }
  expect(tellWrong('file_1', repairs)).toEqual(['  ground 1 was found wrong by repair 4'])
  expect(tellWrong('file_2', repairs)).toEqual([])
  const told = tellRepairs({ number: 17, state: 'reviewed_again', repairs }).join('\n')
  expect(told).toContain('wardline repair show 4')
  expect(told).toContain('wardline repair stands 17 ')
  expect(told).toContain('wardline repair error 17 ')
  expect(tellRepairs({ number: 17, state: 'reported', repairs })).toEqual([])
  // While two people are asked whether it was an error, neither command is taken.
  const asked = tellRepairs({ number: 17, state: 'reviewed_again', repairs: { ...repairs, undecided: 5 } }).join('\n')
  expect(asked).toContain('wardline repair show 5')
  expect(asked).not.toContain('repair stands')
})

it('a case that was an error says by which repair, and what corrects its report', () => {
  const undone = { ...repair, does: 'repair', stands: 'restored', reportId: 'report_1' } as const
  const told = (more: Partial<StoryRepairs['of'][number]>) => tellError([{ ...undone, ...more }]).join('\n')
  expect(told({})).toContain('repair 4')
  expect(told({ letter: { sentAt: null } })).toContain('NOT SENT: wardline repair letter 4')
  expect(told({ letter: { sentAt: 1 } })).toMatch(/was sent 1970/)
  expect(told({ takenBackBy: { id: 'report_2', state: 'finished' } })).toContain('taken back by report_2')
  expect(told({ stands: 'left' })).toBe('')
})
