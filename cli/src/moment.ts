// Times as people read them: UTC, to the second, so that they can be compared with the log and with NCMEC's.

export const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z`

export const momentOr = (at: number | null | undefined, otherwise: string): string =>
  at === null || at === undefined ? otherwise : moment(at)
