// The command-line flavour's first step for pictures over 512: 512 pixels of a row, taken where the table says.

/** offsets: 512 byte offsets into the row. Three channels: writes one byte past the end and reads one past the row. */
export function gatherRow(row: usize, offsets: usize, channels: u32, out: usize): void {
  const end = offsets + 2048
  if (channels === 1) {
    for (; offsets < end; offsets += 4, out += 1) store<u8>(out, load<u8>(row + <usize>load<u32>(offsets)))
  } else {
    // Four bytes are carried for three, and the next pixel writes over the fourth.
    const step = <usize>channels
    const two = step << 1
    for (; offsets < end; offsets += 16, out += two) {
      store<u32>(out, load<u32>(row + <usize>load<u32>(offsets)))
      store<u32>(out + step, load<u32>(row + <usize>load<u32>(offsets, 4)))
      out += two
      store<u32>(out, load<u32>(row + <usize>load<u32>(offsets, 8)))
      store<u32>(out + step, load<u32>(row + <usize>load<u32>(offsets, 12)))
    }
  }
}
