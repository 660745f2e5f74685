// An appeal is what the holder of a notice's link says about the decision. The link takes words and gives none.

export { type Appealed, recordAppeal } from './record.ts'
export { type AppealView, countAppeals, countAppealsOfCases, listAppeals, removeAppeals } from './views.ts'
