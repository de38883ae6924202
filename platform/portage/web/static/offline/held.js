// What the phone holds: whose it is, the key while it may be used, and the visits of two days.

import * as clock from "./clock.js";
import { keyFrom, seal, unseal } from "./crypto.js";
import * as server from "./server.js";
import * as store from "./store.js";

const HOUR = 3_600_000;

let row = null; // {name, phone, owner, key, until, off}
let visits = null; // what the service sent last
let locked = false; // the limit has passed, or the service locked the phone

export const phone = () => row;
export const day = () => visits;
export const isLocked = () => locked;

// Read what is there, and lock what is past its limit.
export async function recall() {
  row = (await store.get("phone", "phone")) ?? null;
  locked = row !== null && !row.key;
  clock.putRight(row?.off ?? 0);
  if (await pastLimit()) return;
  const sealed = row?.key ? await store.get("sealed", "day") : null;
  visits = sealed ? await unseal(row.key, "day", sealed) : null;
  if (visits) visits.visits = visits.visits.map(whole);
}

// A visit as these scripts read it, though it came when an older release asked for less.
const whole = (each) => ({ activities: [], last: {}, ...each });

export async function pastLimit() {
  if (!row?.key || Date.now() < row.until) return false;
  await lock();
  return true;
}

// Delete the key and the visits. What was not sent stays, and is readable again only with the key from the service.
export async function lock() {
  visits = null;
  await store.remove("sealed", "day");
  if (row) {
    row = { name: "phone", phone: row.phone, owner: row.owner };
    locked = true;
    await store.put("phone", row);
  }
}

// Let everything of this person go, or all but what they have not sent (`keep`), which stays sealed for them. What
// other people left here sealed stays in any case. Answers whether anything was left.
export async function letGo({ keep = false } = {}) {
  const mine = row;
  visits = row = null;
  const rows = await store.all("outbox");
  const stays = rows.filter((each) => !each.sent && (keep || each.phone !== mine?.phone));
  if (!stays.length) {
    await store.destroy();
    return false;
  }
  await store.remove("sealed", "day");
  await store.remove("phone", "phone");
  const drafts = (await store.all("sealed")).filter((each) => !keep && each.name.startsWith(`draft:${mine?.phone}:`));
  for (const { name } of drafts) await store.remove("sealed", name);
  for (const each of rows) if (!stays.includes(each)) await store.remove("outbox", each.seq);
  if (mine) {
    if (keep) await store.put("phone", { name: `was:${mine.owner}`, phone: mine.phone, owner: mine.owner });
    else await store.remove("phone", `was:${mine.owner}`);
  }
  store.tellTabs();
  return true;
}

// Open the phone for who is signed in, and fill it. Answers "done", or why not: "later", "busy", "sign-in" or "forget".
export async function fill(person) {
  if (row && row.owner !== person) await handOver();
  row ??= await phoneOf(person);
  let { status, told } = await server.send("/app/phones", { phone: row.phone });
  if (status === 404) {
    row = { name: "phone", phone: crypto.randomUUID(), owner: person };
    ({ status, told } = await server.send("/app/phones", { phone: row.phone }));
  }
  if (status === 410) return "forget";
  if (status === 401) return "sign-in";
  if (status !== 200) return status === 0 ? "later" : "busy";
  const key = await keyFrom(told.key);
  const off = clock.putRight(Date.parse(told.now) - Date.now());
  row = { name: "phone", phone: row.phone, owner: person, key, until: Date.now() + told.hours * HOUR, off };
  const { name, today, after, unsettled } = told;
  visits = { name, today, after, unsettled, visits: told.visits, touched: clock.now() };
  locked = false;
  await keep();
  navigator.storage?.persist?.();
  return "done";
}

async function keep() {
  await store.put("phone", row);
  await store.put("sealed", { name: "day", ...(await seal(row.key, "day", visits)) });
  await store.remove("phone", `was:${row.owner}`);
  store.holdsVisits();
}

// The browser deleted the database, and this tab still knows what was in it but for what was written.
export async function restore() {
  if (row?.key && visits) await keep();
}

// Somebody else signs in: the other person's visits go, what they wrote stays sealed until they come back.
async function handOver() {
  await lock();
  await store.put("phone", { ...row, name: `was:${row.owner}` });
  row = null;
}

async function phoneOf(person) {
  const before = await store.get("phone", `was:${person}`);
  return { name: "phone", phone: before?.phone ?? crypto.randomUUID(), owner: person };
}

// How many forms were begun on this phone and not saved.
export async function begun() {
  if (!row) return 0;
  return (await store.all("sealed")).filter(({ name }) => name.startsWith(`draft:${row.phone}:`)).length;
}

// Whether something was sent since the visits came, so that they are older than what the service knows.
export function anythingNew(written) {
  return written.some(({ item }) => item.state === "sent" && item.sentAt > (visits?.touched ?? 0));
}

export const visitOf = (id) => visits?.visits.find((each) => each.id === id);
