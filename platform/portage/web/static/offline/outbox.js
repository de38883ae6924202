// What was written on this phone: kept sealed before anybody is told so, sent in order, each once however often it goes.
// Each thing has an id of its own, made here; the service keeps it with what came of it and answers the same again.

import * as clock from "./clock.js";
import { seal, unseal } from "./crypto.js";
import * as server from "./server.js";
import * as store from "./store.js";

export const WAITING = "waiting";
export const SENT = "sent";
export const NEEDS_YOU = "needs-you";
const AGAIN = ["still-working", "changed-meanwhile", "too-many-requests"]; // answers that another try may change
const REMEMBERED = 48 * 3_600_000; // milliseconds for which what was sent stays on the list

const place = (phone) => `outbox:${phone.phone}`;
const sealed = async (phone, item) => ({
  phone: phone.phone, sent: item.state === SENT, ...(await seal(phone.key, place(phone), item)),
});

let waited = 0; // how many things waited when they were last looked at, so that it is known what a deletion took
export const waitedLast = () => waited;

export const made = (thing) => ({
  key: crypto.randomUUID(), written: new Date(clock.now()).toISOString(), state: WAITING, ...thing,
});

// Keep it here, or send it at once where this phone has no room and there is signal; a full phone without is an error.
// Answers whether it is kept here; the same item may be handed in again after an error.
export async function add(phone, item) {
  try {
    await store.put("outbox", await sealed(phone, item));
    return true;
  } catch (error) {
    const next = after(await deliver(phone, item));
    if (isWithService(next)) return false;
    throw error;
  }
}

async function keep(phone, seq, item) {
  await store.put("outbox", { seq, ...(await sealed(phone, item)) });
}

export const drop = (seq) => store.remove("outbox", seq);

// What this phone's person wrote, in order; rows of another person stay sealed and are not among them.
export async function items(phone) {
  const rows = (await store.all("outbox")).filter((row) => row.phone === phone.phone);
  const read = await Promise.all(rows.map((row) => unseal(phone.key, place(phone), row)));
  const found = read.map((item, number) => ({ seq: rows[number].seq, item })).filter(({ item }) => item !== null);
  waited = waiting(found).length;
  return found;
}

// How many things other people wrote here that were not sent.
export const others = async (phone) =>
  (await store.all("outbox")).filter((row) => !row.sent && row.phone !== phone?.phone).length;

// Two records of one visit are both with the service: they need a person, and are on this phone no more.
export const isWithService = (item) => item.state === SENT || (item.why === "two-records" && Boolean(item.where));
export const unsent = (written) => written.filter(({ item }) => !isWithService(item));
export const waiting = (written) => written.filter(({ item }) => item.state === WAITING);
export const needing = (written) => written.filter(({ item }) => item.state === NEEDS_YOU);

export function latest(written, kind, visit) {
  return written.filter(({ item }) => item.kind === kind && item.visit === visit).at(-1)?.item;
}

export async function again(phone, seq) {
  const found = (await items(phone)).find((each) => each.seq === seq);
  if (found) await keep(phone, seq, { ...found.item, state: WAITING, said: "", code: "" });
}

// What came with the visits: two records that a person has looked at are done, and what was sent long since is forgotten.
export async function tidy(phone, unsettled) {
  for (const { seq, item } of await items(phone)) {
    if (item.state === NEEDS_YOU && item.where && !unsettled.includes(item.where)) {
      await keep(phone, seq, { ...item, state: SENT, why: "settled" });
    } else if (item.state === SENT && clock.now() - item.sentAt > REMEMBERED) await drop(seq);
  }
}

// Send what waits, one after the other. Answers "done", or why it stopped: "later", "busy", "sign-in" or "forget".
export async function sendAll(phone, changed) {
  if (!navigator.locks) return sendInOrder(phone, changed);
  return navigator.locks.request("portage-outbox", () => sendInOrder(phone, changed));
}

async function sendInOrder(phone, changed) {
  for (const { seq, item } of waiting(await items(phone))) {
    const next = after(await deliver(phone, item));
    if (typeof next === "string") return next;
    await keep(phone, seq, { ...item, ...next, sentAt: clock.now() });
    await changed();
  }
  return "done";
}

function deliver(phone, { key, kind, visit, written, fields }) {
  return server.send("/app/records", { key, phone: phone.phone, kind, visit, written, fields });
}

const NOT_YOURS = "The service does not give you this visit any more. What you wrote is safe on this phone. Please tell your manager.";
const REFUSED = {
  400: "The service could not read it. Close the app, open it again, and try again.",
  403: NOT_YOURS,
  404: NOT_YOURS,
  413: "It is too long to be sent. Make it shorter, and send it again.",
  422: "Some answers do not fit. Open it, look at what is marked, and send it again.",
};
const OTHERWISE = "The service did not take it. What you wrote is safe on this phone. Try again, or tell your manager.";

// What one answer makes of a thing that was sent; a word where sending stops for now.
function after({ status, told }) {
  if (status === 0) return "later";
  if (status === 401) return "sign-in";
  if (status === 410) return "forget";
  if (status === 429 || status >= 500 || AGAIN.includes(told.code)) return "busy";
  if (status === 403 && told.code === "form-expired") return "busy";
  if (status === 200) return { state: told.state === SENT ? SENT : NEEDS_YOU, why: told.why, where: told.where, said: "" };
  const errors = told.errors ?? {};
  const words = Object.values(errors).flat();
  const said = words.length ? words.join(" ") : (REFUSED[status] ?? told.sentence ?? OTHERWISE);
  return { state: NEEDS_YOU, code: told.code, said, errors };
}
