// Who hears an appeal: chance picks among those who never decided about the case. Pure, so that anybody can replay it.

/** Somebody who may hear appeals at all: by their roles, and not disabled. */
export type Hearer = {
  /** A person's id. */
  readonly id: string
  /** Administrators are asked only where no reviewer can be. */
  readonly isReviewer: boolean
  /** Took a decision about this case before, in whatever way. */
  readonly decided: boolean
  /** Has handed this very appeal back, or it was taken from them. */
  readonly hadIt: boolean
}

/** nobody_may: nobody has the right. all_decided: all who have it decided about the case. all_out: some of those handed it back. */
export type Nobody = 'nobody_may' | 'all_decided' | 'all_out'

export type Picked =
  | { readonly kind: 'picked'; readonly person: string }
  | { readonly kind: 'nobody'; readonly why: Nobody }

/** `chance(n)`: a whole number from 0 to n - 1, each as likely as the others. */
export function pickHearer(may: readonly Hearer[], chance: (below: number) => number): Picked {
  const fit = may.filter(({ decided, hadIt }) => !decided && !hadIt)
  const reviewers = fit.filter(({ isReviewer }) => isReviewer)
  const among = reviewers.length > 0 ? reviewers : fit
  const one = among[chance(among.length)]
  if (one !== undefined) return { kind: 'picked', person: one.id }
  if (may.length === 0) return { kind: 'nobody', why: 'nobody_may' }
  return { kind: 'nobody', why: may.every(({ decided }) => decided) ? 'all_decided' : 'all_out' }
}
