// A letter is a mail to the appeals address: read over IMAP, its words put with the notice that its address names, or in the tray.
export { type BoxStanding, beginMail, endMail, noteReached, noteUnreachable, readBox } from './box.ts'
export { type Judged, judge } from './judge.ts'
export { type Kept, keepInTray, keepNoted, keepThreaded, type TrayWhy } from './keep.ts'
export { limits as letterLimits } from './limits.ts'
export { openParser, type Parser } from './parse.ts'
export { type Aside, type LetterBox, openLetterBox, verifyLetterBox } from './read.ts'
export type { LetterSettings } from './settings.ts'
export { countLetters, isKnownMail, isKnownPlace, leftOf, readCounts } from './store.ts'
export {
  attachLetter,
  dismissLetter,
  type Letter,
  type LetterHead,
  type LetterState,
  listLetters,
  nameAppeal,
  openLetter,
  removeLetters,
} from './tray.ts'
