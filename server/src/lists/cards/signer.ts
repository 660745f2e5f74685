// Whose signature the list of test cards bears: an Ed25519 key that signed once and was thrown away. Written by
// checks/cards/draw-cards.ts together with the list; SPKI, base64.
export const signer = 'MCowBQYDK2VwAyEA1IDZHpZuC83MBd4q+cIxvV7JOl10bx9WptX4/81hXfE='
