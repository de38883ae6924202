// The app for a visitor's phone. It shows what the phone holds, lets its person write, and is in touch when it can be.

import * as held from "./held.js";
import * as outbox from "./outbox.js";
import { filled, say, show } from "./pages.js";
import * as server from "./server.js";
import * as store from "./store.js";
import * as views from "./views.js";

const SOONEST = 4_000; // milliseconds until what waits is tried again; each failure doubles them
const LATEST = 60_000;
const STALE = 10 * 60_000;

let busy = null;
let pause = SOONEST;
let timer = 0;
let over = false; // this tab is signing out: nothing may be filled any more

// ------------------------------------------------------------------------------------------------ what is shown now

// One page after the other: two that are drawn at once would take each other away.
let drawing = Promise.resolve();
let shown = null; // the address of the page that was drawn last

function render() {
  return queued(draw);
}

// Draw anew because something came, unless somebody is in the middle of a form of this very page.
function refresh() {
  return queued(() => (views.typing() && location.hash === shown ? undefined : draw()));
}

function queued(work) {
  drawing = drawing.catch(() => undefined).then(work);
  return drawing;
}

async function draw() {
  shown = location.hash;
  document.getElementById("person").hidden = !held.day();
  for (const part of document.querySelectorAll("[data-fill=person]")) part.textContent = held.day()?.name ?? "";
  const [name, id] = shown.slice(1).split("/");
  if (!held.day()) {
    if (name === "worried") views.worried();
    else show(filled("signed-out", { sealed: (await outbox.others(null)) > 0 }), "Visits");
    return;
  }
  await (views.pages[name] ?? views.pages[""])(id, deeds);
}

const deeds = {
  written: async (words) => {
    location.hash = "";
    await render();
    say(words);
    await inTouch();
  },
  changed: async () => {
    await render();
    await inTouch();
  },
  send: inTouch,
  leave: leaveNow,
};

async function state(reason) {
  const waits = outbox.unsent(await written()).filter(({ item }) => item.state === outbox.WAITING).length;
  const things = `${waits} ${waits === 1 ? "thing waits" : "things wait"} on this phone.`;
  if (reason === "sign-in") {
    say(`You are signed out. ${waits ? things : ""}`, { href: "/sign-in?next=/app", words: "Sign in again" });
  } else if (reason === "later") {
    say(`No signal. ${waits ? things : "What you write is kept on this phone."}`);
  } else {
    say(waits ? things : "");
  }
}

const written = async () => (held.phone()?.key ? outbox.items(held.phone()) : []);

// ------------------------------------------------------------------------------------------------ being in touch

// Ask who is signed in, fill the phone, send what waits; one at a time, however often it is asked for.
function inTouch() {
  if (over) return Promise.resolve();
  busy ??= touch().finally(() => (busy = null));
  return busy;
}

async function touch() {
  const { status, told } = await server.contact(held.phone()?.key ? held.phone().phone : "");
  if (status !== 200) return state("later");
  if (await store.get("phone", "left")) return leftBefore(told);
  if (told.state === "forget" || told.state === "lock") return forget(told.state);
  if (told.state === "sign-in") return held.day() ? state("sign-in") : render();
  let reason = await held.fill(told.person);
  if (reason === "done") reason = await outbox.sendAll(held.phone(), refresh);
  if (reason === "forget") return forget("forget");
  if (reason === "done" && held.anythingNew(await written())) await held.fill(told.person);
  await refresh();
  return state(reason);
}

// Somebody signed out here while there was no signal: the session ends now, before anything is filled.
function leftBefore(told) {
  if (told.state !== "signed-in") return store.remove("phone", "left");
  over = true;
  return store.destroy().then(() => server.signOut(told.token));
}

async function forget(how) {
  if (how === "lock") await held.lock();
  else await held.destroy();
  await render();
  show(filled("gone", { why: WHY[how] }), "Nothing is on this phone");
  say("");
}

const WHY = {
  lock: "Your access was ended or changed. What you wrote and did not send is locked on this phone until you sign in again.",
  forget: "Somebody ended this phone’s access, so everything was deleted from it.",
  left: "You are signed out on this phone. Open the app once more when there is signal, so that the service knows it too.",
};

// ------------------------------------------------------------------------------------------------ signing out

async function leave() {
  const waits = outbox.unsent(await written()).length + (await outbox.others(held.phone()));
  if (waits) location.hash = "leaving";
  else await leaveNow();
}

async function leaveNow() {
  if (over) return;
  over = true;
  clearTimeout(timer);
  await busy;
  const { status, told } = await server.contact("");
  await held.destroy();
  if (status === 200 && told.state === "signed-in") {
    server.signOut(told.token);
    return;
  }
  if (status !== 200) await store.put("phone", { name: "left" });
  await render();
  show(filled("gone", { why: WHY.left }), "Signed out");
}

// ------------------------------------------------------------------------------------------------ the beginning

// What waits is tried again and again: a browser does not always say that there is signal again.
async function look() {
  if (await held.pastLimit()) await render();
  const waits = outbox.unsent(await written()).some(({ item }) => item.state === outbox.WAITING);
  if (waits) await inTouch();
  pause = waits ? Math.min(2 * pause, LATEST) : SOONEST;
  timer = setTimeout(look, pause);
}

function lookSoon() {
  clearTimeout(timer);
  pause = SOONEST;
  timer = setTimeout(look, 0);
}

async function start() {
  try {
    await held.recall();
  } catch {
    show(filled("no-storage"), "Visits");
    return;
  }
  await navigator.serviceWorker?.register("/app/sw.js", { scope: "/app" }).catch(() => undefined);
  document.getElementById("leave").addEventListener("click", leave);
  addEventListener("hashchange", async () => {
    await refresh();
    document.getElementById("main-content").focus();
    scrollTo(0, 0);
  });
  addEventListener("online", lookSoon);
  new BroadcastChannel("portage").onmessage = ({ data }) => data !== store.tab && location.replace("/app");
  addEventListener("offline", () => state("later"));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    lookSoon();
    if (Date.now() - (held.day()?.touched ?? 0) > STALE) inTouch();
  });
  timer = setTimeout(look, pause);
  if (held.day()) await render();
  await inTouch();
}

start();
