// The forms of the phone: what is typed is kept, sealed, as one types; errors are shown as on every other page.

import * as clock from "./clock.js";
import { seal, unseal } from "./crypto.js";
import * as outbox from "./outbox.js";
import { timeOf } from "./pages.js";
import * as store from "./store.js";

const PAUSE = 400; // milliseconds after the last key

// Not `form.elements`: a field of that name, such as the parts of a visit, would stand in its place.
const fieldsOf = (form) => form.querySelectorAll("input, textarea");

export function valuesOf(form) {
  const values = {};
  for (const field of fieldsOf(form)) {
    if (!field.name) continue;
    if (field.type === "checkbox") {
      values[field.name] ??= [];
      if (field.checked) values[field.name].push(field.value);
    } else if (field.type !== "radio" || field.checked) {
      values[field.name] = field.value;
    }
  }
  return values;
}

export function putValues(form, values) {
  for (const field of fieldsOf(form)) {
    if (!field.name || !(field.name in values)) continue;
    const value = values[field.name];
    if (field.type === "checkbox") field.checked = (value ?? []).includes(field.value);
    else if (field.type === "radio") field.checked = field.value === (value ?? "");
    else field.value = value ?? "";
  }
}

const draft = (phone, kind, visit) => `draft:${phone.phone}:${kind}:${visit}`;

export async function draftOf(phone, kind, visit) {
  const row = await store.get("sealed", draft(phone, kind, visit));
  return row ? unseal(phone.key, row.name, row) : null;
}

export const forget = (phone, kind, visit) => store.remove("sealed", draft(phone, kind, visit));

// Keep what is typed from now on, and say in words whether it is kept; answers a function that stops it.
export function keepTyping(phone, form, kind, visit) {
  const name = draft(phone, kind, visit);
  let timer = 0;
  let over = false;
  const keep = async () => {
    clearTimeout(timer);
    timer = 0;
    if (!form.isConnected || over) return;
    try {
      await store.put("sealed", { name, ...(await seal(phone.key, name, valuesOf(form))) });
      if (!timer) say(form, `Kept on this phone, locked, at ${timeOf(clock.now())}. Not saved yet.`);
    } catch {
      say(form, "This phone has no room: what you type is not kept. Do not close this page, and save it now.", true);
    }
  };
  const hidden = () => timer && keep(); // somebody who turns to another app may never come back to this page
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
    say(form, "Not kept yet.");
  });
  form.addEventListener("change", keep);
  document.addEventListener("visibilitychange", hidden);
  return () => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", hidden);
  };
}

// One line beside the button: whether what stands in the form is kept. It is read out only where it is not.
function say(form, words, loudly = false) {
  const line = form.querySelector("[data-kept]");
  line.textContent = words;
  line.classList.toggle("portage-not-kept", loudly);
  if (loudly) line.setAttribute("role", "alert");
  else line.removeAttribute("role");
}

const FULL = "Not saved: this phone has no room. What you typed stays on this page, so do not close it. Delete photos or apps you do not need, then press the button again. With signal it is sent at once.";

// A form that is kept while it is typed, and becomes one thing to send when its button is pressed. `before` are things
// of the same kind that this one replaces; where this phone has no room the form stays as it is, and says so.
export function onSaving(form, { phone, kind, visit, before, fields, missing: lacks, done }) {
  const stop = keepTyping(phone, form, kind, visit.id);
  let item = null; // the same id however often the button is pressed for the same words
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = fields();
    const errors = lacks(values);
    showErrors(form, errors);
    if (Object.keys(errors).length) return;
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    if (JSON.stringify(item?.fields) !== JSON.stringify(values)) {
      item = outbox.made({ kind, visit: visit.id, name: visit.name, fields: values });
    }
    let here = true;
    try {
      here = await outbox.add(phone, item);
    } catch {
      button.disabled = false;
      say(form, FULL, true);
      return;
    }
    stop();
    for (const { seq } of before) await outbox.drop(seq);
    await forget(phone, kind, visit.id).catch(() => undefined); // a draft too many is no loss
    await done(here);
  });
}

// What is missing before a record can be kept; the service asks for the same, and for more that only it knows.
export function missing(values, today) {
  const wanted = {
    done: { done_on: "Enter the day of the visit.", how_it_went: "Write a sentence about how it went." },
    cancelled: {
      cancelled_by: "Choose who cancelled it.",
      reason_cancelled: "Write why it was cancelled, as far as you know.",
    },
    "not-available": { reason_not_available: "Write what you found, and what you did." },
  }[values.status];
  if (!wanted) return { status: ["Choose what happened."] };
  const errors = {};
  for (const [name, words] of Object.entries(wanted)) {
    if (!(values[name] ?? "").trim()) errors[name] = [words];
  }
  if (values.status === "done" && values.done_on > today) errors.done_on = ["A visit that was done was today or before."];
  if (values.time_in && values.time_out && values.time_out < values.time_in) {
    errors.time_out = ["The time out is after the time in."];
  }
  return errors;
}

export function showErrors(form, errors) {
  for (const old of form.parentElement.querySelectorAll(".govuk-error-summary, .govuk-error-message")) old.remove();
  for (const group of form.querySelectorAll(".govuk-form-group--error")) group.classList.remove("govuk-form-group--error");
  for (const field of fieldsOf(form)) field.removeAttribute("aria-invalid");
  const names = Object.keys(errors);
  if (!names.length) return;
  form.before(summary(form, errors));
  for (const name of names) mark(form, name, errors[name].join(" "));
  for (const folded of form.querySelectorAll("details:has(.govuk-form-group--error)")) folded.open = true;
  form.previousElementSibling.focus();
}

function summary(form, errors) {
  const box = document.createElement("div");
  box.className = "govuk-error-summary";
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  const title = document.createElement("h2");
  title.className = "govuk-error-summary__title";
  title.textContent = "There is a problem";
  const list = document.createElement("ul");
  list.className = "govuk-list govuk-error-summary__list";
  for (const [name, sentences] of Object.entries(errors)) {
    const item = document.createElement("li");
    const target = form.querySelector(`[name="${CSS.escape(name)}"]`);
    const words = document.createElement(target ? "button" : "span");
    words.textContent = sentences.join(" ");
    if (target) {
      words.type = "button";
      words.className = "portage-error-link";
      words.addEventListener("click", () => {
        const folded = target.closest("details");
        if (folded) folded.open = true;
        target.focus();
      });
    }
    item.append(words);
    list.append(item);
  }
  box.append(title, list);
  return box;
}

function mark(form, name, words) {
  const group = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
  if (!group) return;
  group.classList.add("govuk-form-group--error");
  const line = document.createElement("p");
  line.className = "govuk-error-message";
  line.id = `${name}-error`;
  const hidden = document.createElement("span");
  hidden.className = "govuk-visually-hidden";
  hidden.textContent = "Error: ";
  line.append(hidden, words);
  const field = group.querySelector("input, textarea");
  if (field.type === "radio" || field.type === "checkbox") {
    group.querySelector("legend").after(line);
    group.querySelector("fieldset").setAttribute("aria-describedby", line.id);
  } else {
    field.before(line);
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), line.id].filter(Boolean).join(" "));
  }
}
