// The phone's store: one IndexedDB database with three tables. Nothing in it can be read without the key.
//   phone    what the phone is: its id, whose, until when, and the key while it may be used
//   sealed   the visits of two days, and what is being typed, each sealed
//   outbox   what was written and not yet forgotten, in the order of writing, each sealed, with the id of its phone

const NAME = "portage";
const MARK = "portage-phone"; // in localStorage, where portage.js looks before it lets somebody sign out
const TABLES = { phone: { keyPath: "name" }, sealed: { keyPath: "name" }, outbox: { keyPath: "seq", autoIncrement: true } };

export const tab = crypto.randomUUID(); // so that a tab knows its own words to the others

let opened = null;
let had = mark() === "visits"; // whether visits were kept here, so that an empty database is one that was deleted
let lost = () => undefined;

function mark() {
  try {
    return localStorage.getItem(MARK);
  } catch {
    return null; // a browser that keeps nothing; opening the database says so
  }
}

// Somebody is told when the browser has deleted the database by itself.
export const whenLost = (tell) => (lost = tell);

export function holdsVisits() {
  had = true;
  localStorage.setItem(MARK, "visits");
}

function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      localStorage.setItem(MARK, "yes");
      for (const [name, options] of Object.entries(TABLES)) asked.result.createObjectStore(name, options);
      if (had) setTimeout(lost);
      had = false;
    };
    asked.onsuccess = () => {
      const db = asked.result;
      db.onversionchange = db.onclose = () => {
        db.close();
        opened = null;
      };
      resolve(db);
    };
    asked.onerror = () => reject(asked.error);
  });
  opened.catch(() => (opened = null));
  return opened;
}

// One transaction; it answers once the disk has what was written, not before.
async function within(table, mode, work) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(table, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const asked = work(transaction.objectStore(table));
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const get = (table, key) => within(table, "readonly", (rows) => rows.get(key));
export const all = (table) => within(table, "readonly", (rows) => rows.getAll());
export const remove = (table, key) => within(table, "readwrite", (rows) => rows.delete(key));

// Where the phone is full, what was sent long since makes room; a second failure is the caller's.
export async function put(table, row) {
  const write = () => within(table, "readwrite", (rows) => rows.put(row));
  try {
    return await write();
  } catch (error) {
    if (error?.name !== "QuotaExceededError") throw error;
    for (const old of await all("outbox")) if (old.sent) await remove("outbox", old.seq);
    return write();
  }
}

// Everything goes: rows first, so that nothing is left even if another tab holds the database open, then the database.
export async function destroy() {
  had = false;
  for (const table of Object.keys(TABLES)) await within(table, "readwrite", (rows) => rows.clear());
  (await database()).close();
  opened = null;
  await new Promise((resolve) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = asked.onblocked = resolve;
  });
  localStorage.removeItem(MARK);
  if ("caches" in self) {
    for (const name of await caches.keys()) await caches.delete(name);
  }
  tellTabs();
}

// The other tabs open the app anew: what they show is gone.
export function tellTabs() {
  const others = new BroadcastChannel("portage");
  others.postMessage(tab);
  others.close();
}
