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
