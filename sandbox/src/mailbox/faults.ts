/** Ways in which the mailbox can fail a sender on purpose. */

export interface MailFaults {
  /** The next n messages are refused for now (451 at MAIL FROM). */
  refuseNext(count: number): void
  /** This recipient does not exist (550 at RCPT TO), until null is given as code. Compared without case. */
  refuseRecipient(address: string, code?: number | null): void
  /** The next n messages: the connection is cut after the last byte of DATA, without an answer. The message is kept,
   * marked `answered: false`, unless lost is true: the sender cannot know which. */
  dropAfterData(count: number, options?: { readonly lost?: boolean }): void
  clear(): void
}

export class MailFaultBox implements MailFaults {
  #refusals = 0
  #drops: boolean[] = []
  readonly #recipients = new Map<string, number>()

  refuseNext(count: number): void {
    this.#refusals = count
  }

  refuseRecipient(address: string, code: number | null = 550): void {
    if (code === null) this.#recipients.delete(address.toLowerCase())
    else this.#recipients.set(address.toLowerCase(), code)
  }

  dropAfterData(count: number, { lost = false }: { readonly lost?: boolean } = {}): void {
    this.#drops = Array.from({ length: count }, () => lost)
  }

  clear(): void {
    this.#refusals = 0
    this.#drops = []
    this.#recipients.clear()
  }

  takeRefusal(): boolean {
    if (this.#refusals === 0) return false
    this.#refusals--
    return true
  }

  recipientCode(address: string): number | undefined {
    return this.#recipients.get(address.toLowerCase())
  }

  /** undefined: answer as usual; else whether the cut-off message is lost. */
  takeDrop(): { readonly lost: boolean } | undefined {
    const lost = this.#drops.shift()
    return lost === undefined ? undefined : { lost }
  }
}
