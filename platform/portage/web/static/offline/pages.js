// Pages from the shell's templates: filled as text alone, so that nothing that somebody typed can become a part of a page.

import * as clock from "./clock.js";

const ATTRIBUTES = { href: "href", id: "id", for: "for", value: "value", name: "name", fieldOf: "data-field", offer: "data-offers" };

// By its element too: what is shown now may hold the same id.
export const template = (name) => document.querySelector(`template#${name}`).content;

export function filled(name, data = {}) {
  const page = template(name).cloneNode(true);
  fill(page, data);
  return page;
}

function fill(root, data) {
  for (const list of outermost(root)) {
    const pattern = list.firstElementChild;
    const made = (data[list.dataset.list] ?? []).map((item) => {
      const copy = document.createDocumentFragment();
      copy.append(pattern.cloneNode(true));
      fill(copy, { ...data, ...item });
      return copy;
    });
    delete list.dataset.list;
    list.replaceChildren(...made);
    if (!made.length) list.remove();
  }
  for (const part of root.querySelectorAll("[data-if]")) {
    if (!data[part.dataset.if]) part.remove();
    else delete part.dataset.if;
  }
  for (const part of root.querySelectorAll("[data-fill]")) {
    part.textContent = data[part.dataset.fill] ?? "";
    delete part.dataset.fill;
  }
  for (const [mark, attribute] of Object.entries(ATTRIBUTES)) attributes(root, data, mark, attribute);
  for (const part of root.querySelectorAll("[data-class]")) {
    part.classList.add(data[part.dataset.class]);
    delete part.dataset.class;
  }
}

function attributes(root, data, mark, attribute) {
  const dashed = mark.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
  for (const part of root.querySelectorAll(`[data-${dashed}]`)) {
    part.setAttribute(attribute, data[part.dataset[mark]] ?? "");
    if (mark !== "fieldOf") delete part.dataset[mark];
    else part.removeAttribute("data-field-of");
  }
}

// Lists that are in no other list: an inner one is filled with its own row.
function outermost(root) {
  return [...root.querySelectorAll("[data-list]")].filter((list) => !list.parentElement?.closest("[data-list]"));
}

export function show(page, title) {
  const view = document.getElementById("view");
  view.replaceChildren(page);
  document.title = document.title.replace(/^.*?(?= – )/, title);
}

export function notHere() {
  const page = filled("not-here");
  show(page, "Visit");
}

// One line above the page: what the phone knows of its connection and of what waits.
export function say(words, link) {
  const line = document.getElementById("state");
  const anchor = document.createElement("a");
  if (link) Object.assign(anchor, { href: link.href, textContent: link.words, className: "govuk-link" });
  line.replaceChildren(...(words ? [words, ...(link ? [" ", anchor] : [])] : []));
}

const LONDON = "Europe/London";
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", timeZone: LONDON });
const TYPED = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: LONDON });
const ISO = new Intl.DateTimeFormat("sv-SE", { timeZone: LONDON });

export const dayOf = (iso) => DAY.format(new Date(`${iso}T12:00:00Z`));
export const typedTimeOf = (instant) => (instant ? TYPED.format(new Date(instant)) : ""); // as a field of a time wants it
export const timeOf = (instant) => clockOf(typedTimeOf(instant));
export const today = () => ISO.format(new Date(clock.now()));

// `14:05` as the rest of the service writes it: 2:05pm.
export function clockOf(typed) {
  if (!typed) return "";
  const [hour, minute] = typed.split(":").map(Number);
  const after = minute ? `:${String(minute).padStart(2, "0")}` : "";
  return `${hour % 12 || 12}${after}${hour < 12 ? "am" : "pm"}`;
}

export function momentOf(instant) {
  const on = ISO.format(new Date(instant));
  return `${on === today() ? "today" : dayOf(on)} at ${timeOf(instant)}`;
}
