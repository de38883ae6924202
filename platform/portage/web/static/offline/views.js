// Each page of the app: what it shows of a visit, and what its buttons and forms do.

import * as clock from "./clock.js";
import * as forms from "./forms.js";
import * as held from "./held.js";
import * as outbox from "./outbox.js";
import { clockOf, dayOf, filled, momentOf, notHere, show, timeOf, today } from "./pages.js";
import { record } from "./record.js";
import { sent } from "./sent.js";

const WORDS = { [outbox.WAITING]: "Recorded, on this phone", [outbox.SENT]: "Recorded, sent", [outbox.NEEDS_YOU]: "Recorded, needs you" };

export const pages = { "": home, visit, record, worry, worried, outbox: sent, leaving };

// Whether somebody is in the middle of a form, so that no news may take it away.
export const typing = () => document.querySelector("#view form") !== null;

const items = () => outbox.items(held.phone());

export async function signedOut({ signal, lost }) {
  const page = filled("signed-out", {
    signal, no_signal: !signal, lost,
    locked: held.isLocked(),
    sealed: (await outbox.others(null)) > 0,
  });
  page.querySelector("[data-act=again]")?.addEventListener("click", () => location.reload());
  show(page, "Visits");
}

function became(each, written) {
  const recorded = outbox.latest(written, "record", each.id);
  if (recorded) return WORDS[recorded.state];
  return { done: "Recorded", cancelled: "Cancelled", "not-available": "Nobody was available" }[each.status] ?? "";
}

const things = (number, one, many) => `${number} ${number === 1 ? one : many}`;

async function home() {
  const { visits, today: first, after, touched } = held.day();
  const written = await items();
  const waits = outbox.waiting(written).length;
  const asks = outbox.needing(written).length;
  const shown = (each) => ({ ...each, link: `#visit/${each.id}`, at: clockOf(each.at), became: became(each, written) });
  const days = [first, after].map((on) => {
    const found = visits.filter((each) => each.on === on);
    return { day: `${on === today() ? "Today, " : ""}${dayOf(on)}`, none: !found.length, visits: found.map(shown) };
  });
  const late = visits.filter((each) => each.on < first);
  if (late.length) {
    const dated = late.map((each) => ({ ...shown(each), at: `${dayOf(each.on)} at ${clockOf(each.at)}` }));
    days.splice(1, 0, { day: "Still to record", visits: dated });
  }
  const page = filled("today", {
    days,
    asks: asks ? things(asks, "thing needs you", "things need you") : "",
    waiting: waits ? things(waits, "thing is not sent yet", "things are not sent yet") : "",
    wrong: clock.isWrong(),
    until: momentOf(held.phone().until),
    touched: momentOf(touched),
    pages: visits.some((each) => each.short) ? "/my-families" : "/visits",
  });
  show(page, "Visits");
}

async function visit(id, deeds) {
  const each = held.visitOf(id);
  if (!each) return notHere();
  const written = await items();
  const arrived = outbox.latest(written, "arrived", id)?.written ?? each.arrived;
  const left = outbox.latest(written, "left", id)?.written ?? each.left;
  const waits = outbox.unsent(written).some(({ item }) => item.kind === "record" && item.visit === id);
  const recorded = became(each, written);
  const page = filled("visit", {
    ...each,
    day: `${each.on === today() ? "Today, " : ""}${dayOf(each.on)}`,
    at: clockOf(each.at),
    became: recorded,
    presence: each.on === today() && each.status === "planned" && (!recorded || (arrived && !left)),
    there: arrived, gone: left, not_there: !arrived, still_there: arrived && !left, minded: !left,
    arrived: timeOf(arrived), left: timeOf(left),
    recordable: each.on <= today() && each.status === "planned" && (!recorded || waits),
    verb: waits ? "Change what you wrote" : "Record this visit",
    later: recorded && !waits,
    page: each.short ? `/my-visits/${id}` : `/visits/${id}`,
    record: `#record/${id}`, worry: `#worry/${id}`,
    safe: !each.safety.length, no_targets: !each.targets.length,
    safety: each.safety.map(([words, note]) => ({ words, note })),
    carers: each.carers.map((carer) => ({
      ...carer, never: !carer.may_call, call: `tel:${(carer.telephone ?? "").replaceAll(" ", "")}`,
    })),
    agreed: each.last?.next_activity ?? "",
    practises: each.activities.length > 0,
  });
  for (const button of page.querySelectorAll("[data-act]")) {
    button.addEventListener("click", () => said(button, each, deeds));
  }
  return show(page, each.name);
}

async function said(button, each, deeds) {
  button.disabled = true;
  try {
    await outbox.add(held.phone(), outbox.made({ kind: button.dataset.act, visit: each.id, name: each.name, fields: {} }));
  } catch {
    button.disabled = false;
    deeds.full();
    return;
  }
  await deeds.changed();
}

// ------------------------------------------------------------------------------------------------ a worry

export function worried() {
  show(filled("worried", { any: held.day() }), "Worried about a child?");
}

async function worry(id, deeds) {
  const each = held.visitOf(id);
  if (!each) return worried();
  const before = outbox.needing(await items()).filter(({ item }) => item.kind === "worry" && item.visit === id);
  const values = (await forms.draftOf(held.phone(), "worry", id)) ?? before.at(-1)?.item.fields ?? {};
  show(filled("worried", { child: true, name: each.name }), "Worried about a child?");
  const form = document.getElementById("worry-form");
  forms.putValues(form, values);
  forms.onSaving(form, {
    phone: held.phone(), kind: "worry", visit: each, before,
    fields: () => forms.valuesOf(form),
    missing: ({ what_was_seen }) => (what_was_seen.trim() ? {} : { what_was_seen: ["Write what you saw or heard, in plain words."] }),
    done: (kept) => deeds.written(
      kept ? "Your note is kept on this phone until it is sent. If it is urgent, call now." : "Your note is sent.",
    ),
  });
  return undefined;
}

// ------------------------------------------------------------------------------------------------ signing out

async function leaving(_, deeds) {
  const waits = outbox.unsent(await items()).length;
  const begun = await held.begun();
  if (!waits && !begun) {
    deeds.leave(); // not awaited: it waits until what is under way has ended, which may be what asked for this page
    return;
  }
  const page = filled("leaving", {
    waits, begun,
    how_many: waits === 1 ? "One thing that you wrote is" : `${waits} things that you wrote are`,
    how_begun: begun === 1 ? "One record that you began is" : `${begun} records that you began are`,
  });
  page.querySelector("[data-act=discard]").addEventListener("click", () => {
    if (confirm("Delete it for ever? It was not sent.")) deeds.leave();
  });
  page.querySelector("[data-act=keep]").addEventListener("click", () => deeds.leave({ keep: true }));
  page.querySelector("[data-act=send-and-leave]")?.addEventListener("click", async () => {
    await deeds.send();
    if (outbox.unsent(await items()).length) location.hash = "outbox";
    else if (await held.begun()) await leaving(_, deeds);
    else await deeds.leave();
  });
  show(page, "Sign out?");
}
