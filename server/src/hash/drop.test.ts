import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { drop } from './drop.ts'

const size = { width: 2, height: 2, channels: 1 } as const

describe('pixels that are dropped', () => {
  it('hold no memory any more, and may be dropped again', () => {
    const pixels = { ...size, data: new Uint8Array(4) }
    drop(pixels)
    drop(pixels)
    expect(pixels.data.buffer.byteLength).toBe(0)
  })

  it('are also those that sharp gave, whose memory is not the engine’s own', async () => {
    const create = { width: 3000, height: 2000, channels: 3, background: 'teal' } as const
    const data = await sharp({ create }).raw().toBuffer()
    const before = process.memoryUsage().external
    drop({ width: 3000, height: 2000, channels: 3, data })
    expect(data).toHaveLength(0)
    expect(before - process.memoryUsage().external).toBeGreaterThan(17_000_000)
  })

  it('take nothing from others that lie in the same memory', () => {
    const roll = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
    drop({ ...size, data: roll.subarray(0, 4) })
    drop({ ...size, data: Buffer.from([9, 9, 9, 9]) })
    expect([...roll]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect([...Buffer.from('still there')]).toHaveLength(11)
  })
})
