// An appeal is what somebody who was told says against it, and its hearing: by a person whom chance picked among those who never decided
// about the case. Whoever writes adds words and reads none.
export { type Assigned, assignAppeal, freeUnfitSeats } from './assign.ts'
export { type Decided, decideAppeal, handBack, type Verdict } from './decide.ts'
export { type AppealFigures, countAppeals, countAppealsOfCases, type Pressing, pressingAppeals } from './figures.ts'
export { overturnedInVain } from './in-vain.ts'
export type { Nobody } from './pick.ts'
export { type Appealed, recordAppeal } from './record.ts'
export { type Reopening, reopen } from './reopen.ts'
export type { HearingSettings } from './settings.ts'
export { settleAppeals } from './settle.ts'
export { type AppealState, appealRow as readAppeal, appealsOf as appealRowsOf, removeAppeals } from './store.ts'
export { unfitSeats, unseated } from './store-seats.ts'
export { type AppealStory, appealStory } from './story.ts'
export { unheardAppeals } from './unheard.ts'
export { upheldSince } from './upheld.ts'
export {
  type AppealListed,
  type AppealView,
  appealStanding,
  appealsOfCase,
  listAppeals,
  nextAppealOf,
} from './views.ts'
export { type Waits, waitsOf } from './waits.ts'
export type { AppealOutcome, NamedGround } from './wrong.ts'
