// The app for a visitor's phone. It shows what the phone holds, lets its person write, and is in touch when it can be.

import * as clock from "./clock.js";
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
let signal = true; // whether the service could be reached last time
let lost = ""; // what is said where the browser deleted what was kept here

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
    else await views.signedOut({ signal, lost });
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
  full: () => say("This phone has no room, so that is not kept. Delete photos or apps you do not need, and try again."),
};

const SAYS = {
  later: "No signal.",
  busy: "The service does not answer just now. It is not your phone.",
};

async function state(reason) {
  const waits = outbox.waiting(await written()).length;
  const things = waits ? `${waits} ${waits === 1 ? "thing waits" : "things wait"} on this phone, and ${waits === 1 ? "is" : "are"} sent later.` : "";
  if (reason === "sign-in") {
    say(`You are signed out. ${things}`, { href: "/sign-in?next=/app", words: "Sign in again" });
  } else if (reason in SAYS) {
    say(`${lost} ${SAYS[reason]} ${things || (held.day() ? "What you write is kept on this phone." : "")}`.trim());
  } else {
    say(`${lost} ${things}`.trim());
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
  signal = status !== 0;
  if (status !== 200) return without(status === 0 ? "later" : "busy");
  if (await store.get("phone", "left")) return leftBefore(told);
  if (told.state === "forget" || told.state === "lock") return forget(told.state);
  if (told.state === "sign-in") return held.day() ? state("sign-in") : render();
  let reason = await filledOrFull(told.person);
  if (reason === "done") reason = await outbox.sendAll(held.phone(), refresh);
  if (reason === "forget") return forget("forget");
  if (reason === "done" && held.anythingNew(await written())) await filledOrFull(told.person);
  await refresh();
  return state(reason);
}

// Fill the phone; where it has no room, what it shows is kept until the page is closed.
async function filledOrFull(person) {
  try {
    const reason = await held.fill(person);
    if (reason === "done") await outbox.tidy(held.phone(), held.day().unsettled ?? []);
    return reason;
  } catch (error) {
    if (error?.name !== "QuotaExceededError") throw error;
    lost = "This phone has no room: nothing new can be kept on it. Delete photos or apps you do not need.";
    return held.phone()?.key ? "done" : "busy";
  }
}

async function without(reason) {
  if (!held.day()) await render();
  return state(reason);
}

// Somebody signed out here while there was no signal: the session ends now, before anything is filled.
async function leftBefore(told) {
  await store.remove("phone", "left");
  if (told.state !== "signed-in") return render();
  over = true;
  return server.signOut(told.token, await held.letGo({ keep: true }));
}

async function forget(how) {
  if (how === "lock") await held.lock();
  else await held.letGo();
  await render();
  show(filled("gone", { why: WHY[how] }), "Nothing is on this phone");
  say("");
}

const WHY = {
  lock: "Your access was ended or changed. What you wrote and did not send is locked on this phone until you sign in again.",
  forget: "Somebody ended this phone’s access, so everything was deleted from it.",
  left: "You are signed out on this phone. Open the app once more when there is signal, so that the service knows it too.",
  kept: "You are signed out on this phone. What was not sent stays here, locked, and is sent when you sign in here again. Open the app once more when there is signal, so that the service knows it too.",
};

// The browser deleted the database by itself; what this tab still knows goes back.
store.whenLost(async () => {
  const waits = outbox.waitedLast();
  const gone = waits ? `${waits === 1 ? "One thing that was" : `${waits} things that were`} not sent went with it: please look what is missing.` : "";
  lost = `This phone’s browser deleted what the app had kept. ${gone}`.trim();
  await held.restore();
  await state("");
});

// ------------------------------------------------------------------------------------------------ signing out

async function leave() {
  if (outbox.unsent(await written()).length + (await held.begun())) location.hash = "leaving";
  else await leaveNow();
}

async function leaveNow({ keep = false } = {}) {
  if (over) return;
  over = true;
  clearTimeout(timer);
  await busy;
  const { status, told } = await server.contact("");
  const sealed = await held.letGo({ keep });
  if (status === 200 && told.state === "signed-in") {
    server.signOut(told.token, sealed);
    return;
  }
  if (status !== 200) await store.put("phone", { name: "left" });
  await render();
  show(filled("gone", { why: keep ? WHY.kept : WHY.left }), "Signed out");
}

// ------------------------------------------------------------------------------------------------ the beginning

// What waits is tried again and again: a browser does not always say that there is signal again.
async function look() {
  if (await held.pastLimit()) await render();
  const waits = outbox.waiting(await written()).length > 0;
  if (waits || !signal) await inTouch();
  pause = waits || !signal ? Math.min(2 * pause, LATEST) : SOONEST;
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
  addEventListener("offline", () => {
    signal = false;
    state("later");
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    lookSoon();
    if (clock.now() - (held.day()?.touched ?? 0) > STALE) inTouch();
  });
  timer = setTimeout(look, pause);
  if (held.day()) await render();
  await inTouch();
}

start();
