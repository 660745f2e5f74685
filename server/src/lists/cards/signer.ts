// Whose signature the list of test cards bears: an Ed25519 key that signed once and was thrown away. Written by
// checks/cards/draw-cards.ts together with the list; SPKI, base64.
export const signer = 'MCowBQYDK2VwAyEAS8Rhn+mzOtCVQ8F1risFFXZltgCPtmPpIccjao0CjKo='
