// Figures from the audit trail alone, so that whoever trusts the trail can count them again. Keeps nothing.
export { readFigures, type Window } from './read.ts'
