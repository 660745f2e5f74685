import { describe, expect, it } from 'vitest'
import { wordsOf } from './words.ts'

const long = (sentence: string) => sentence.repeat(Math.ceil(900 / sentence.length))
const paragraphs = {
  Japanese: long('これは私の子どもの写真で、自宅の庭で撮ったものです。間違いだと思いますので、もう一度見てください。'),
  Chinese: long('这张照片是我在自己家里给孩子拍的，我认为这是一个错误，请你们再看一次。'),
  Thai: long('รูปนี้เป็นรูปลูกของฉันที่ถ่ายในสวนหลังบ้านฉันคิดว่าเป็นความผิดพลาดโปรดดูอีกครั้ง'),
  Korean: long('이사진은제가집에서찍은우리아이의사진입니다.잘못된것같으니다시한번봐주십시오.'),
}

describe('the words of a letter', () => {
  it.each(Object.entries(paragraphs))(
    'are kept whole in a long %s paragraph, which has no space',
    (_language, words) => {
      expect(words).toMatch(/^\S{900,}$/)
      expect(wordsOf(words)).toBe(words)
    },
  )

  it.each([
    ['base64', Buffer.alloc(600, 'a drawn picture').toString('base64')],
    ['base64url', Buffer.alloc(600, 251).toString('base64url')],
    ['hex', Buffer.alloc(600, 'a drawn picture').toString('hex')],
  ])('lose a file that was pasted as %s, and nothing around it', (_form, file) => {
    expect(wordsOf(`${paragraphs.Japanese}${file}\nthe end`)).toBe(
      `${paragraphs.Japanese}[a long run of characters was refused]\nthe end`,
    )
  })
})
