import { setTimeout as realWait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openTurns } from './turns.ts'

it('lets many go at once, and one go alone when they have ended', async () => {
  const turns = openTurns()
  const inside = new Set<string>()
  const seen: string[] = []
  const work = (name: string, ms: number) => async () => {
    inside.add(name)
    seen.push([...inside].join('+'))
    await realWait(ms)
    inside.delete(name)
    return name
  }
  const all = await Promise.all([
    turns.together(work('a', 20)),
    turns.together(work('b', 40)),
    turns.alone(work('C', 20)),
    turns.together(work('d', 20)),
    turns.together(work('e', 20)),
    turns.alone(work('F', 5)),
  ])
  expect(all).toEqual(['a', 'b', 'C', 'd', 'e', 'F'])
  expect(seen).toEqual(['a', 'a+b', 'C', 'd', 'd+e', 'F'])
})

it('goes on when work throws, alone or not', async () => {
  const turns = openTurns()
  const fails = () => Promise.reject(new Error('broken'))
  const all = await Promise.allSettled([
    turns.together(fails),
    turns.alone(fails),
    turns.alone(async () => 'alone'),
    turns.together(async () => 'together'),
  ])
  expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'fulfilled'])
})

it.each(['together', 'alone'] as const)('lets nobody wait for one that stands still, which went %s', async (way) => {
  const turns = openTurns()
  const stuck = Promise.withResolvers<void>()
  const still = turns[way](() => stuck.promise)
  const alone = turns.alone(async () => 'alone')
  const other = turns.alone(async () => 'other')
  const behind = turns.together(async () => 'behind')
  expect(await Promise.all([alone, other, behind])).toEqual(['alone', 'other', 'behind'])
  stuck.resolve()
  await still
  expect(await turns.alone(async () => 'and on')).toBe('and on')
})
