import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Change } from '../entry.ts'
import { type NoteRow, Notes, printOf } from './notes.ts'

const put = (entryId: string, digit: string): Change => ({
  kind: 'put',
  source: 's',
  entryId,
  class: 'test',
  members: ['s'],
  values: [{ algorithm: 'md5', value: digit.repeat(32) }],
})

it('in whatever order states come, and wherever the process dies, each entry ends with its latest', () => {
  const state = fc.record({ id: fc.nat(4), at: fc.nat(6) })
  fc.assert(
    fc.property(fc.array(state, { maxLength: 60 }), fc.array(fc.nat(60), { maxLength: 3 }), (states, deaths) => {
      const applied = new Map<number, number>()
      let notes = new Notes()
      const kept: NoteRow[] = []
      states.forEach(({ id, at }, place) => {
        const met = notes.meet(put(String(id), String(at)), at, 1)
        if (met.verdict === 'apply') {
          applied.set(id, at)
          kept.push(met.row)
        }
        if (!deaths.includes(place)) return
        notes = new Notes()
        notes.load(kept)
      })
      for (const [id, at] of applied)
        expect(at).toBe(Math.max(...states.filter((one) => one.id === id).map((one) => one.at)))
      expect(applied.size).toBe(new Set(states.map(({ id }) => id)).size)
    }),
  )
})

it('the same state again is no change, another one of the same time is', () => {
  const notes = new Notes()
  expect(notes.meet(put('a', '1'), 5, 1)).toMatchObject({ verdict: 'apply', fresh: true })
  expect(notes.meet(put('a', '1'), 5, 1)).toMatchObject({ verdict: 'same', fresh: false })
  expect(notes.meet(put('a', '1'), 5, 2)).toMatchObject({ verdict: 'same', fresh: true })
  expect(notes.meet(put('a', '2'), 5, 2).verdict).toBe('apply')
  expect(notes.meet(put('a', '3'), 4, 2).verdict).toBe('older')
  notes.dropBefore(6)
  expect(notes.size).toBe(0)
})

it('a state’s print goes by all that it says and not by the order of its members', () => {
  const one = put('a', '1')
  const two: Change = { ...one, kind: 'put', class: 'test', members: ['s', 't'], values: [] }
  const turned: Change = { ...two, kind: 'put', members: ['t', 's'] }
  expect(printOf(two)).toBe(printOf(turned))
  expect(printOf(one)).not.toBe(printOf(two))
  expect(printOf({ kind: 'remove', source: 's', entryId: 'a' })).not.toBe(printOf(one))
})

it('no page stays in memory because a piece of it names an entry', () => {
  setFlagsFromString('--expose-gc')
  const gc: () => void = runInNewContext('gc')
  const notes = new Notes()
  const heldMb = () => {
    gc()
    return process.memoryUsage().heapUsed / 1024 / 1024
  }
  const before = heldMb()
  for (let page = 0; page < 200; page += 1) {
    const text = Buffer.alloc(512 * 1024, 'x').toString('latin1')
    const source = text.slice(7, 30)
    notes.meet({ ...put('', '1'), source, entryId: `${text.slice(40, 70)}` }, page, 1)
    notes.meet({ ...put('', '1'), source, entryId: `${page}${text.slice(40, 70)}` }, page, 1)
  }
  expect(notes.size).toBe(201)
  expect(heldMb() - before).toBeLessThan(20)
})

it('notes come back from where they are kept as they were, of whatever names', () => {
  const name = fc.string({ minLength: 1, unit: 'binary' })
  fc.assert(
    fc.property(fc.array(fc.tuple(name, name, fc.nat(9), fc.nat(9)), { maxLength: 3_000 }), (all) => {
      const rows = [...new Map(all.map((row) => [JSON.stringify(row.slice(0, 2)), row])).values()]
      const notes = new Notes()
      notes.load(rows)
      expect([...notes.rows()]).toEqual(rows)
      notes.dropBefore(5)
      expect([...notes.rows()]).toEqual(rows.filter(([, , at]) => at >= 5))
    }),
    { numRuns: 30 },
  )
})
