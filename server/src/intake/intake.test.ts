import { scanContext } from '@wardline/api'
import { describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, quiet } from '../vault/testing.ts'
import { renewClaim } from './idempotency.ts'
import {
  answerFor,
  answerOnce,
  type Claim,
  claimRequest,
  forgetExpiredAnswers,
  keepClaim,
  lasting,
  releaseClaim,
  releaseClaims,
} from './intake.ts'

async function openGround(settings: DatabaseSettings) {
  const world = await openVaultWorld(settings)
  return { ...world, transact: world.database.transact }
}
type Ground = Awaited<ReturnType<typeof openGround>>

const clear = { id: 'scan_1', verdict: 'clear' } as const
const dayMs = 86_400_000

const ask = (ground: Ground, change: { sentBy?: string; body?: string; idempotencyKey?: string } = {}) => {
  const { sentBy = 'key_1', body = 'bytes', idempotencyKey = 'a' } = change
  const images = [{ bytes: new TextEncoder().encode(body) }]
  const arrival = { sentBy, receivedAt: ground.clock.now(), images, context: scanContext.parse({}), idempotencyKey }
  return ground.transact((tx) => claimRequest(tx, ground.clock, ground.vault, arrival))
}

async function claimed(ground: Ground, change: Parameters<typeof ask>[1] = {}): Promise<Claim> {
  const asked = await ask(ground, change)
  if (asked.kind !== 'claimed') throw new Error('already answered')
  return asked.claim
}

const refused = (code: string) => expect.objectContaining({ code })

describe.each(emptyDatabases)('a request with an Idempotency-Key on %s', (_kind, empty) => {
  it('gets the answer that the first one got, for a day', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact } = ground
    const claim = await claimed(ground)
    await transact((tx) => answerOnce(tx, clock, claim, clear))
    clock.set(clock.now() + dayMs - 1)
    expect(await ask(ground)).toEqual({ kind: 'answered', answer: clear })
    await expect(ask(ground, { body: 'other' })).rejects.toEqual(refused('key_reused'))
    expect((await ask(ground, { sentBy: 'key_2' })).kind).toBe('claimed')
    clock.set(clock.now() + 1)
    expect((await ask(ground, { body: 'other' })).kind).toBe('claimed')
  })

  it('waits while the first one runs, however long that takes', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact } = ground
    const claim = await claimed(ground)
    for (let turn = 0; turn < 5; turn += 1) {
      clock.set(clock.now() + 59_000)
      expect(await transact((tx) => renewClaim(tx, clock, claim))).toBe(true)
      await expect(ask(ground)).rejects.toEqual(refused('request_in_progress'))
    }
    await transact((tx) => answerOnce(tx, clock, claim, clear))
    expect(await ask(ground)).toEqual({ kind: 'answered', answer: clear })
  })

  it('is renewed by itself until its work is over', async () => {
    await using ground = await openGround(await empty())
    const { clock, database } = ground
    const claim = await claimed(ground)
    const until = async () => (await database.read.selectFrom('scan_answers').selectAll().execute())[0]?.expires_at
    const before = await until()
    clock.set(clock.now() + 50_000)
    const over = new AbortController()
    const keeping = keepClaim({ database, clock, log: quiet }, claim, over.signal, 1)
    await expect.poll(until).toBe((before ?? 0) + 50_000)
    over.abort()
    await keeping
  })

  it('takes over from one that died, which then can neither answer, nor renew, nor release', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact, vault } = ground
    const first = await claimed(ground)
    clock.set(clock.now() + 60_000)
    const second = await claimed(ground)
    const evidence = await vault.preserve(new Uint8Array([1]))
    await expect(
      transact(async (tx) => {
        await vault.record(tx, evidence)
        await answerOnce(tx, clock, first, { id: 'scan_first', verdict: 'held' })
      }),
    ).rejects.toEqual(refused('claim_lost'))
    expect(await ground.database.read.selectFrom('vault_objects').select('id').execute()).toEqual([])
    expect(await transact((tx) => renewClaim(tx, clock, first))).toBe(false)
    await transact((tx) => releaseClaim(tx, first))
    await expect(ask(ground)).rejects.toEqual(refused('request_in_progress'))
    await transact((tx) => answerOnce(tx, clock, second, clear))
    expect(await ask(ground)).toEqual({ kind: 'answered', answer: clear })
  })

  it('is free again when its work failed, when its server starts anew, and when its day is over', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact, database } = ground
    const failed = await claimed(ground)
    await transact((tx) => releaseClaim(tx, failed))
    const died = await claimed(ground, { body: 'other' })
    await transact((tx) => releaseClaims(tx))
    expect(await transact((tx) => renewClaim(tx, clock, died))).toBe(false)
    const answered = await claimed(ground)
    await transact((tx) => answerOnce(tx, clock, answered, clear))
    await transact((tx) => releaseClaims(tx))
    expect((await ask(ground)).kind).toBe('answered')
    clock.set(clock.now() + dayMs)
    await transact((tx) => forgetExpiredAnswers(tx, clock))
    expect(await database.read.selectFrom('scan_answers').selectAll().execute()).toEqual([])
  })
})

describe('an answer', () => {
  it('carries the worst verdict of several', () => {
    expect(answerFor([clear])).toEqual(clear)
    const held = { id: 'scan_2', verdict: 'held' } as const
    expect(answerFor([clear, held])).toEqual({ verdict: 'held', results: [clear, held] })
  })

  it.each(['too_slow', 'too_much_memory', 'decoder_crashed'] as const)(
    'of %s is not for the next request',
    (reason) => {
      const passing = { id: 'scan_2', verdict: 'unscannable', reason } as const
      expect(lasting(passing)).toBe(false)
      expect(lasting(answerFor([clear, passing]))).toBe(false)
      expect(lasting(answerFor([{ id: 'scan_3', verdict: 'held' }, passing]))).toBe(true)
    },
  )

  it('that tells of the image itself stands', () => {
    expect(lasting(clear)).toBe(true)
    expect(lasting({ id: 'scan_4', verdict: 'unscannable', reason: 'not_an_image' })).toBe(true)
    expect(lasting({ id: 'scan_5', verdict: 'not_scanned', reason: 'switched_off' })).toBe(true)
  })
})
