// What the phone holds: whose it is, the key while it may be used, and the visits of two days.

import { keyFrom, seal, unseal } from "./crypto.js";
import * as server from "./server.js";
import * as store from "./store.js";

const HOUR = 3_600_000;

let row = null; // {name, phone, owner, key, until}
let visits = null; // what the service sent last

export const phone = () => row;
export const day = () => visits;

// Read what is there, and lock what is past its limit.
export async function recall() {
  row = (await store.get("phone", "phone")) ?? null;
  if (await pastLimit()) return;
  const sealed = row?.key ? await store.get("sealed", "day") : null;
  visits = sealed ? await unseal(row.key, "day", sealed) : null;
}

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
    await store.put("phone", row);
  }
}

export async function destroy() {
  visits = row = null;
  await store.destroy();
}

// Open the phone for who is signed in, and fill it. Answers "done", or why not: "later", "sign-in" or "forget".
export async function fill(person) {
  if (row && row.owner !== person) await handOver(person);
  row ??= { name: "phone", phone: crypto.randomUUID(), owner: person };
  let { status, told } = await server.send("/app/phones", { phone: row.phone });
  if (status === 404) {
    row = { name: "phone", phone: crypto.randomUUID(), owner: person };
    ({ status, told } = await server.send("/app/phones", { phone: row.phone }));
  }
  if (status === 410) return "forget";
  if (status === 401) return "sign-in";
  if (status !== 200) return "later";
  const key = await keyFrom(told.key);
  row = { name: "phone", phone: row.phone, owner: person, key, until: Date.now() + told.hours * HOUR };
  visits = { name: told.name, today: told.today, after: told.after, visits: told.visits, touched: Date.now() };
  await store.put("phone", row);
  await store.put("sealed", { name: "day", ...(await seal(key, "day", visits)) });
  navigator.storage?.persist?.();
  return "done";
}

// Somebody else signs in: the other person's visits go, what they wrote stays sealed until they come back.
async function handOver(person) {
  await lock();
  await store.put("phone", { ...row, name: `was:${row.owner}` });
  const before = await store.get("phone", `was:${person}`);
  row = { name: "phone", phone: before?.phone ?? crypto.randomUUID(), owner: person };
}

// Whether something was sent since the visits came, so that they are older than what the service knows.
export function anythingNew(written) {
  return written.some(({ item }) => item.state === "sent" && item.sentAt > (visits?.touched ?? 0));
}

export const visitOf = (id) => visits?.visits.find((each) => each.id === id);
