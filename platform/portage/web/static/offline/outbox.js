// What was written on this phone: kept sealed before anybody is told so, sent in order, each once however often it goes.
// Each thing has an id of its own, made here; the service keeps it with what came of it and answers the same again.

import { seal, unseal } from "./crypto.js";
import * as server from "./server.js";
import * as store from "./store.js";

export const WAITING = "waiting";
export const SENT = "sent";
export const NEEDS_YOU = "needs-you";
const LATER = ["still-working", "changed-meanwhile", "too-many-requests"]; // answers that another try may change

const place = (phone) => `outbox:${phone.phone}`;

export async function add(phone, thing) {
  const item = { key: crypto.randomUUID(), written: new Date().toISOString(), state: WAITING, ...thing };
  await store.put("outbox", { phone: phone.phone, ...(await seal(phone.key, place(phone), item)) });
  return item;
}

async function keep(phone, seq, item) {
  await store.put("outbox", { seq, phone: phone.phone, ...(await seal(phone.key, place(phone), item)) });
}

export const drop = (seq) => store.remove("outbox", seq);

// What this phone's person wrote, in order; rows of another person stay sealed and are not among them.
export async function items(phone) {
  const rows = (await store.all("outbox")).filter((row) => row.phone === phone.phone);
  const read = await Promise.all(rows.map((row) => unseal(phone.key, place(phone), row)));
  return read.map((item, number) => ({ seq: rows[number].seq, item })).filter(({ item }) => item !== null);
}

// How many rows other people left here.
export const others = async (phone) => (await store.all("outbox")).filter((row) => row.phone !== phone?.phone).length;

export const unsent = (written) => written.filter(({ item }) => item.state !== SENT);

export async function again(phone, seq) {
  const found = (await items(phone)).find((each) => each.seq === seq);
  if (found) await keep(phone, seq, { ...found.item, state: WAITING, said: "", code: "" });
}

// Send what waits, one after the other. Answers "done", or why it stopped: "later", "sign-in" or "forget".
export async function sendAll(phone, changed) {
  if (!navigator.locks) return sendInOrder(phone, changed);
  return navigator.locks.request("portage-outbox", () => sendInOrder(phone, changed));
}

async function sendInOrder(phone, changed) {
  for (const { seq, item } of await items(phone)) {
    if (item.state !== WAITING) continue;
    const { key, kind, visit, written, fields } = item;
    const answer = await server.send("/app/records", { key, phone: phone.phone, kind, visit, written, fields });
    const next = after(answer);
    if (typeof next === "string") return next;
    await keep(phone, seq, { ...item, ...next, sentAt: Date.now() });
    await changed();
  }
  return "done";
}

// What one answer makes of a thing that was sent; a word where sending stops for now.
function after({ status, told }) {
  if (status === 401) return "sign-in";
  if (status === 410) return "forget";
  if (status === 0 || status === 429 || status >= 500 || LATER.includes(told.code)) return "later";
  if (status === 403 && told.code === "form-expired") return "later";
  if (status === 200) return { state: told.state === SENT ? SENT : NEEDS_YOU, why: told.why, where: told.where, said: "" };
  const words = Object.values(told.errors ?? {}).flat();
  const said = words.length ? words.join(" ") : told.sentence;
  return { state: NEEDS_YOU, code: told.code, said: said || "The service did not take it.", errors: told.errors ?? {} };
}
