import { describe, expect, it } from 'vitest'
import { noticeText } from './text.ts'

const policy = {
  environment: 'production',
  enabled: true,
  delayMs: 0,
  jitterMs: 0,
  publicUrl: 'https://forum.example.org',
} as const
const words = { addressee: 'user', isTest: false, disabled: null, link: 'https://forum.example.org/appeals/x' } as const

describe('the text of a notice', () => {
  it('says which rule, what was done, that a report was made, and how to object', () => {
    const { subject, text } = noticeText(
      { ...policy, platform: 'Forum', contact: 'Write to help@example.org.' },
      { ...words, disabled: 'temporarily' },
    )
    expect(subject).toBe('About your account')
    for (const said of ['Forum', 'rule', 'withheld', 'disabled temporarily', 'report was made', words.link, 'help@'])
      expect(text).toContain(said)
  })

  it('names no list, hash, distance or receiver, and invents no contact', () => {
    const { subject, text } = noticeText(policy, words)
    expect(`${subject} ${text}`).not.toMatch(/NCMEC|CyberTip|hash|list|match|distance|@|\btel\b|phone|report_|case_/i)
  })

  it('begins outside production with what it is not', () => {
    const [first] = noticeText({ ...policy, environment: 'sandbox' }, words).text.split('\n')
    expect(first).toContain('NOTHING IS REPORTED TO NCMEC')
    expect(noticeText(policy, words).text).not.toContain('NOTHING IS REPORTED')
  })

  it.each(['sandbox', 'production'] as const)(
    'begins in %s with the word that it is a test, when it is one',
    (environment) => {
      const { subject, text } = noticeText(
        { ...policy, environment },
        { ...words, addressee: 'operator', isTest: true },
      )
      expect(subject).toMatch(/^\[Wardline test card\]/)
      expect(text).toMatch(/^THIS IS A TEST/)
      expect(noticeText({ ...policy, environment }, words).text).not.toContain('TEST')
    },
  )

  it('speaks to an organisation of an account, not of a person', () => {
    const { subject, text } = noticeText(policy, { ...words, addressee: 'organisation' })
    expect(`${subject} ${text}`).not.toContain('your account')
    expect(text).toContain('an account of your organisation')
  })
})
