// What pages gain when scripts run. Every page works without them: nothing here may be the only way to do a thing.
import { Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink, createAll } from "./govuk/govuk-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const component of [Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, Radios, SkipLink]) {
  createAll(component);
}

// On a phone a long list of pages folds behind a button; without scripts, and on a desktop, it stays open.
for (const nav of document.querySelectorAll("[data-folds]")) {
  const toggle = nav.querySelector("button");
  toggle.hidden = false;
  nav.classList.add("portage-nav--folded");
  toggle.addEventListener("click", () => {
    const open = nav.classList.toggle("portage-nav--folded") === false;
    toggle.setAttribute("aria-expanded", String(open));
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// What was so last time goes into its field with one tap, behind what somebody has typed there already.
for (const button of document.querySelectorAll("[data-offer]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.offer);
    const words = document.querySelector(`[data-offered="${CSS.escape(button.dataset.offer)}"]`).textContent;
    field.value = [field.value.trim(), words].filter(Boolean).join(field.localName === "textarea" ? "\n" : ", ");
    field.focus();
  });
}

// Background work that a page watches: its bar moves, and the page is read anew when the work is done.
for (const watched of document.querySelectorAll("[data-watch]")) {
  const bar = watched.querySelector("progress");
  const words = watched.querySelector("[data-watch-words]");
  const look = async () => {
    const answer = await fetch(watched.dataset.watch, { headers: { Accept: "application/json" } }).catch(() => null);
    const told = answer?.ok ? await answer.json() : null;
    if (told && !told.running) {
      window.location.reload();
      return;
    }
    if (told && told.total) {
      bar.max = told.total;
      bar.value = told.done;
      const tenths = Math.floor((10 * told.done) / told.total);
      if (words.dataset.tenths !== String(tenths)) {
        words.dataset.tenths = String(tenths);
        words.textContent = `${told.done} of ${told.total} requests`;
      }
    }
    window.setTimeout(look, told ? 1000 : 5000);
  };
  window.setTimeout(look, 1000);
}

// A phone that carries visits forgets them when its person signs out. Every other browser signs out at once: whoever
// closes the page right after the click must not stay signed in.
function carriesVisits() {
  try {
    return localStorage.getItem("portage-phone") !== null;
  } catch {
    return false; // a browser that keeps nothing has nothing to forget
  }
}

for (const form of document.querySelectorAll('form[action="/sign-out"]')) {
  form.addEventListener("submit", async (event) => {
    if (!carriesVisits()) return;
    event.preventDefault();
    const { leave } = await import("./offline/leaving.js");
    await leave(form).catch(() => form.submit());
  });
}
