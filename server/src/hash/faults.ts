// What a pool of decoders refuses to its callers. None of it is about an image.
import { Fault } from '#base'

export function noneFault(): Fault {
  return new Fault('decoder_cannot_start', 'there is no process that decodes images, and none is starting', {
    retry: 'later',
  })
}

export function busyFault(): Fault {
  return new Fault('decoders_busy', 'all decoders are busy and too many images are waiting for one', { retry: 'later' })
}

export function closedFault(): Fault {
  return new Fault('decoders_closed', 'the decoders are closed: the program is ending', { retry: 'never' })
}
