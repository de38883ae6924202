// What time it is: the phone's clock, put right by the service's, because a phone may be wrong by a day.

const WRONG = 60_000; // less than a minute is the time that an answer takes

let off = 0; // milliseconds by which the phone's clock is behind the service's

export const now = () => Date.now() + off;

export const isWrong = () => Math.abs(off) > 5 * WRONG;

export function putRight(difference) {
  off = Math.abs(difference) > WRONG ? difference : 0;
  return off;
}
