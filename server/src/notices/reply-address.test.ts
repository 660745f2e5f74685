import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newId } from '#base'
import { emptyDatabase } from '../db/testing.ts'
import { openVaultWorld } from '../vault/testing.ts'
import { longestAppealsName, readReplyAddress, replyAddress } from './reply-address.ts'

describe('the address that answers to a notice go to', () => {
  it('is taken for its notice and for no other, whatever case the mail servers on the way make of it', async () => {
    await using world = await openVaultWorld(await emptyDatabase('sqlite'))
    const { vault, clock } = world
    const appeals = 'Appeals@Forum.example'
    const noticeId = newId('notice', clock)
    const address = replyAddress(vault, appeals, noticeId)
    const mangled = fc.array(fc.boolean(), { minLength: address.length, maxLength: address.length })
    fc.assert(
      fc.property(mangled, (upper) => {
        const text = [...address].map((one, at) => (upper[at] ? one.toUpperCase() : one)).join('')
        expect(readReplyAddress(vault, appeals, text)).toEqual({ kind: 'tag', noticeId })
      }),
    )
  })

  it('fits a local part with the longest name an operator may choose', async () => {
    await using world = await openVaultWorld(await emptyDatabase('sqlite'))
    const name = 'n'.repeat(longestAppealsName)
    const address = replyAddress(world.vault, `${name}@forum.example`, newId('notice', world.clock))
    expect(address.split('@')[0]?.length).toBe(64)
  })

  it('is refused with any one character changed, shortened, lengthened, or with another notice before its proof', async () => {
    await using world = await openVaultWorld(await emptyDatabase('sqlite'))
    const { vault, clock } = world
    const appeals = 'appeals@forum.example'
    const [first, second] = [newId('notice', clock), newId('notice', clock)]
    const [address, other] = [replyAddress(vault, appeals, first), replyAddress(vault, appeals, second)]
    const read = (recipient: string) => readReplyAddress(vault, appeals, recipient).kind
    const tagAt = 'appeals+'.length
    for (let at = tagAt; at < tagAt + 48; at += 1)
      expect(read(`${address.slice(0, at)}${address[at] === 'a' ? 'b' : 'a'}${address.slice(at + 1)}`)).toBe('wrong')
    expect(read(address.replace('@', 'x@'))).toBe('wrong')
    expect(read(address.replace(/.@/, '@'))).toBe('wrong')
    expect(read(`${other.slice(0, tagAt + 28)}${address.slice(tagAt + 28)}`)).toBe('wrong')
    expect(read('appeals+@forum.example')).toBe('wrong')
    expect(read('appeals@forum.example')).toBe('plain')
    expect(read(address.replace('forum', 'other'))).toBe('other')
    expect(read('somebody@forum.example')).toBe('other')
    expect(read('')).toBe('other')
  })
})
