// A pause: nothing goes outward and nothing is destroyed, while images are answered as always; until a person has looked and ends it.
export { beginPause, endPause } from './begin.ts'
export { type Item, listItems, markListed, readItem, settleItem, writeItems } from './items.ts'
export { answeredUntil, type Pause, readPause } from './read.ts'
