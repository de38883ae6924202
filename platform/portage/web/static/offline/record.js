// The record of a visit: what the form begins with, what one tap takes over from the last visit, and saving it.

import * as forms from "./forms.js";
import * as held from "./held.js";
import * as outbox from "./outbox.js";
import { clockOf, dayOf, filled, notHere, show, template, today, typedTimeOf } from "./pages.js";

export async function record(id, deeds) {
  const each = held.visitOf(id);
  if (!each || each.on > today()) return notHere();
  const written = await outbox.items(held.phone());
  const before = outbox.unsent(written).filter(({ item }) => item.kind === "record" && item.visit === id);
  const kept = await forms.draftOf(held.phone(), "record", id);
  const values = kept ?? before.at(-1)?.item.fields ?? usual(each, written);
  const form = drawn(each); // from here on nothing is waited for, so that nobody types into a form that is being filled
  forms.putValues(form, values);
  forms.showErrors(form, kept ? {} : before.at(-1)?.item.errors ?? {});
  offers(form);
  inWords(form, each);
  forms.onSaving(form, {
    phone: held.phone(), kind: "record", visit: each, before,
    fields: () => ({ ...forms.valuesOf(form), version: each.version }),
    missing: (fields) => forms.missing(fields, today()),
    done: (here) => deeds.written(here ? "The record is kept on this phone." : "The record is sent."),
  });
  return undefined;
}

function drawn(each) {
  const choices = template("record").querySelectorAll("#answers [data-key]");
  const answers = [...choices].map((one) => ({ key: one.dataset.key, words: one.textContent }));
  const { who_was_there: who, next_activity: next } = each.last ?? {};
  const page = filled("record", {
    ...each,
    day: dayOf(each.on),
    at: clockOf(each.at),
    back: `#visit/${each.id}`,
    whole: !each.short,
    had_people: Boolean(who), people: who, take_people: JSON.stringify({ who_was_there: who }),
    had_activity: Boolean(next), activity: next, take_activity: JSON.stringify({ next_activity: next }),
    take_times: JSON.stringify({ time_in: each.at, time_out: ends(each) }), planned: `${clockOf(each.at)} to ${clockOf(ends(each))}`,
    has_elements: each.elements.length > 0,
    has_targets: each.targets.length > 0,
    has_activities: each.activities.length > 0,
    modes: each.modes.map(([key, words]) => ({ key, words, id: `mode-${key}` })),
    elements: each.elements.map((one) => ({ ...one, id: `element-${one.key}` })),
    activities: each.activities.map((one) => ({ ...one, field: `activity-${one.id}` })),
    targets: each.targets.map((one) => ({
      ...one,
      field: `target-${one.id}`,
      answers: [...answers, { key: "", words: "Not tried" }].map((answer) => ({
        ...answer, id: `t-${one.id}-${answer.key}`, look: answer.key ? "portage-pick__item" : "portage-pick__item--none",
      })),
    })),
  });
  show(page, `Record ${each.name}`);
  return document.getElementById("record-form");
}

function ends({ at, minutes }) {
  const [hour, minute] = at.split(":").map(Number);
  const end = Math.min(hour * 60 + minute + minutes, 24 * 60 - 1);
  return `${String(Math.floor(end / 60)).padStart(2, "0")}:${String(end % 60).padStart(2, "0")}`;
}

// What a new form begins with: the day and the mode as planned, the times that were said on the doorstep, and that the
// visit took place where somebody said that they are there.
function usual(each, written) {
  const arrived = outbox.latest(written, "arrived", each.id)?.written ?? each.arrived;
  const left = outbox.latest(written, "left", each.id)?.written ?? each.left;
  const untried = Object.fromEntries(each.targets.map((target) => [`target-${target.id}`, ""]));
  const times = { time_in: typedTimeOf(arrived), time_out: typedTimeOf(left) };
  return { ...(arrived ? { status: "done" } : {}), done_on: each.on, mode: each.mode, ...times, ...untried };
}

// One tap takes over what was so last time, or the times as planned.
function offers(form) {
  for (const button of form.querySelectorAll("[data-offers]")) {
    button.addEventListener("click", () => {
      for (const [name, words] of Object.entries(JSON.parse(button.dataset.offers))) {
        const field = form.querySelector(`[name="${name}"]`);
        const before = field.type === "time" ? "" : field.value.trim();
        field.value = [before, words].filter(Boolean).join(field.localName === "textarea" ? "\n" : ", ");
      }
      button.closest(".portage-offer").remove();
      form.dispatchEvent(new Event("change"));
    });
  }
}

// The day and the way of meeting stand in a sentence; the fields behind it are for when it was otherwise.
function inWords(form, each) {
  const line = form.querySelector("[data-when]");
  const write = () => {
    const { done_on: on, mode } = forms.valuesOf(form);
    const how = each.modes.find(([key]) => key === mode)?.[1] ?? each.how;
    line.textContent = `${on === today() ? "Today, " : ""}${on ? dayOf(on) : "No day yet"}. ${how}.`;
  };
  form.addEventListener("change", write);
  write();
}
