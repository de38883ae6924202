// Each page of the app: what it shows of a visit, and what its buttons and forms do.

import * as forms from "./forms.js";
import * as held from "./held.js";
import * as outbox from "./outbox.js";
import { dayOf, filled, momentOf, show, timeOf, today } from "./pages.js";

const WORDS = { [outbox.WAITING]: "On this phone", [outbox.SENT]: "Sent", [outbox.NEEDS_YOU]: "Needs you" };
const COLOURS = {
  [outbox.WAITING]: "govuk-tag--yellow", [outbox.SENT]: "govuk-tag--green", [outbox.NEEDS_YOU]: "govuk-tag--red",
};
const KINDS = { record: "Record", arrived: "I am there", left: "I have left", worry: "Worry" };
const MENDED = ["record", "worry"];

export const pages = { "": home, visit, record, worry, worried, outbox: sent, leaving };

// Whether somebody is in the middle of a form, so that no news may take it away.
export const typing = () => document.querySelector("#view form") !== null;

const items = () => outbox.items(held.phone());

function latest(written, kind, visitId) {
  return written.filter(({ item }) => item.kind === kind && item.visit === visitId).at(-1)?.item;
}

function became(each, written) {
  const recorded = latest(written, "record", each.id);
  if (recorded) return WORDS[recorded.state];
  return { done: "Recorded", cancelled: "Cancelled", "not-available": "Nobody was available" }[each.status] ?? "";
}

async function home() {
  const { visits, today: first, after, touched } = held.day();
  const written = await items();
  const waits = outbox.unsent(written).length;
  const days = [first, after].map((on) => {
    const found = visits.filter((each) => each.on === on);
    return {
      day: `${on === today() ? "Today, " : ""}${dayOf(on)}`,
      none: !found.length,
      visits: found.map((each) => ({ ...each, link: `#visit/${each.id}`, became: became(each, written) })),
    };
  });
  const page = filled("today", {
    days,
    waiting: waits ? `${waits} ${waits === 1 ? "thing is" : "things are"} not sent yet` : "",
    until: momentOf(held.phone().until),
    touched: momentOf(touched),
    pages: visits.some((each) => each.short) ? "/my-families" : "/visits",
  });
  show(page, "Visits");
}

function notHere() {
  const page = filled("gone", { why: "This visit is not on the phone any more." });
  page.querySelector("a").setAttribute("href", "#");
  page.querySelector("a").textContent = "Back to your visits";
  show(page, "Visit");
}

async function visit(id, deeds) {
  const each = held.visitOf(id);
  if (!each) return notHere();
  const written = await items();
  const arrived = latest(written, "arrived", id)?.written ?? each.arrived;
  const left = latest(written, "left", id)?.written ?? each.left;
  const page = filled("visit", {
    ...each,
    day: dayOf(each.on),
    became: became(each, written),
    presence: each.on === today() && each.status === "planned",
    there: arrived, gone: left, not_there: !arrived, still_there: arrived && !left,
    arrived: timeOf(arrived), left: timeOf(left),
    recordable: each.on <= today() && each.status === "planned",
    record: `#record/${id}`, worry: `#worry/${id}`,
    safe: !each.safety.length, no_targets: !each.targets.length,
    safety: each.safety.map(([words, note]) => ({ words, note })),
    carers: each.carers.map((carer) => ({
      ...carer, never: !carer.may_call, call: `tel:${(carer.telephone ?? "").replaceAll(" ", "")}`,
    })),
  });
  for (const button of page.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => said(button, each, deeds));
  }
  return show(page, each.name);
}

async function said(button, each, deeds) {
  button.disabled = true;
  await outbox.add(held.phone(), { kind: button.dataset.act, visit: each.id, name: each.name, fields: {} });
  await deeds.changed();
}

// ------------------------------------------------------------------------------------------------ the record of a visit

async function record(id, deeds) {
  const each = held.visitOf(id);
  if (!each || each.on > today()) return notHere();
  const before = outbox.unsent(await items()).filter(({ item }) => item.kind === "record" && item.visit === id);
  const kept = await forms.draftOf(held.phone(), "record", id);
  const values = kept ?? before.at(-1)?.item.fields ?? (await usual(each));
  const form = showRecord(each); // from here on nothing is waited for, so that nobody types into a form that is being filled
  forms.putValues(form, values);
  forms.showErrors(form, kept ? {} : before.at(-1)?.item.errors ?? {});
  const stop = forms.keepTyping(held.phone(), form, "record", id);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = { ...forms.valuesOf(form), version: each.version };
    const errors = forms.missing(fields, today());
    forms.showErrors(form, errors);
    if (Object.keys(errors).length) return;
    form.querySelector("[type=submit]").disabled = true;
    stop();
    await outbox.add(held.phone(), { kind: "record", visit: id, name: each.name, fields });
    for (const { seq } of before) await outbox.drop(seq);
    await forms.forget(held.phone(), "record", id);
    await deeds.written("The record is kept on this phone.");
  });
  return undefined;
}

function showRecord(each) {
  const choices = document.getElementById("record").content.querySelectorAll("#answers [data-key]");
  const answers = [...choices].map((one) => ({ key: one.dataset.key, words: one.textContent }));
  const page = filled("record", {
    ...each,
    day: dayOf(each.on),
    back: `#visit/${each.id}`,
    whole: !each.short,
    has_elements: each.elements.length > 0,
    modes: each.modes.map(([key, words]) => ({ key, words, id: `mode-${key}` })),
    elements: each.elements.map((one) => ({ ...one, id: `element-${one.key}` })),
    targets: each.targets.map((one) => ({
      ...one,
      field: `target-${one.id}`,
      answers: [{ key: "", words: "Not tried" }, ...answers].map((answer) => ({ ...answer, id: `t-${one.id}-${answer.key}` })),
    })),
  });
  show(page, `Record ${each.name}`);
  return document.getElementById("record-form");
}

// What a new form begins with: today, the mode as planned, and the times that were said on the doorstep.
async function usual(each) {
  const written = await items();
  const arrived = latest(written, "arrived", each.id)?.written ?? each.arrived;
  const left = latest(written, "left", each.id)?.written ?? each.left;
  const untried = Object.fromEntries(each.targets.map((target) => [`target-${target.id}`, ""]));
  return { done_on: each.on, mode: each.mode, time_in: timeOf(arrived), time_out: timeOf(left), ...untried };
}

// ------------------------------------------------------------------------------------------------ a worry

export function worried() {
  show(filled("worried", { any: held.day() }), "Worried about a child?");
}

async function worry(id, deeds) {
  const each = held.visitOf(id);
  if (!each) return worried();
  const before = outbox.unsent(await items()).filter(({ item }) => item.state === outbox.NEEDS_YOU && item.kind === "worry" && item.visit === id);
  const values = (await forms.draftOf(held.phone(), "worry", id)) ?? before.at(-1)?.item.fields ?? {};
  show(filled("worried", { child: true, name: each.name }), "Worried about a child?");
  const form = document.getElementById("worry-form");
  forms.putValues(form, values);
  const stop = forms.keepTyping(held.phone(), form, "worry", id);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = forms.valuesOf(form);
    const errors = fields.what_was_seen.trim() ? {} : { what_was_seen: ["Write what you saw or heard, in plain words."] };
    forms.showErrors(form, errors);
    if (Object.keys(errors).length) return;
    form.querySelector("[type=submit]").disabled = true;
    stop();
    await outbox.add(held.phone(), { kind: "worry", visit: id, name: each.name, fields });
    for (const { seq } of before) await outbox.drop(seq);
    await forms.forget(held.phone(), "worry", id);
    await deeds.written("Your note is kept on this phone until it is sent. If it is urgent, call now.");
  });
  return undefined;
}

// ------------------------------------------------------------------------------------------------ what was written

async function sent(_, deeds) {
  const written = await items();
  const page = filled("outbox", {
    none: !written.length,
    others: (await outbox.others(held.phone())) > 0,
    waits: written.some(({ item }) => item.state === outbox.WAITING),
    items: written.toReversed().map(({ seq, item }) => line(seq, item)),
  });
  for (const button of page.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => act(button, deeds));
  }
  show(page, "What you wrote");
}

function line(seq, item) {
  const stuck = item.state === outbox.NEEDS_YOU;
  const two = stuck && item.why === "two-records" && (item.where ?? "").startsWith("/record-conflicts/");
  const mended = stuck && !two && MENDED.includes(item.kind) && held.visitOf(item.visit);
  return {
    seq,
    state: WORDS[item.state],
    colour: COLOURS[item.state],
    what: `${KINDS[item.kind]}: ${item.name}`,
    when: momentOf(item.written),
    said: two ? "Somebody else recorded this visit meanwhile. Both records are kept." : item.said,
    where: two ? item.where : "",
    mend: mended ? `#${item.kind}/${item.visit}` : "",
    again: stuck && !two && !mended,
    drop: stuck && !two,
  };
}

async function act(button, deeds) {
  const seq = Number(button.getAttribute("value"));
  if (button.dataset.act === "again") await outbox.again(held.phone(), seq);
  if (button.dataset.act === "drop") {
    if (!confirm("Delete this for ever? It was not sent.")) return;
    await outbox.drop(seq);
  }
  await deeds.changed();
}

async function leaving(_, deeds) {
  const waits = outbox.unsent(await items()).length + (await outbox.others(held.phone()));
  if (!waits) {
    deeds.leave(); // not awaited: it waits until what is under way has ended, which may be what asked for this page
    return;
  }
  const page = filled("leaving", { how_many: waits === 1 ? "One thing that was written is" : `${waits} things that were written are` });
  page.querySelector("[data-act=discard]").addEventListener("click", deeds.leave);
  page.querySelector("[data-act=send-and-leave]").addEventListener("click", async () => {
    await deeds.send();
    if (!outbox.unsent(await items()).length) await deeds.leave();
    else location.hash = "outbox";
  });
  show(page, "Sign out?");
}
