// What was written on this phone: what waits, what was sent, and what needs somebody, each with what can be done.

import * as held from "./held.js";
import * as outbox from "./outbox.js";
import { filled, momentOf, show } from "./pages.js";

const WORDS = { [outbox.WAITING]: "On this phone", [outbox.SENT]: "Sent", [outbox.NEEDS_YOU]: "Needs you" };
const COLOURS = {
  [outbox.WAITING]: "govuk-tag--yellow", [outbox.SENT]: "govuk-tag--green", [outbox.NEEDS_YOU]: "govuk-tag--red",
};
const KINDS = { record: "Record of the visit", arrived: "I am there", left: "I am out and safe", worry: "Worry" };
const MENDED = ["record", "worry"];
const BESIDES = {
  "with-manager": "The child has another visitor now, so a manager looks at it and puts it with the record.",
  "not-noted": "The visit was changed meanwhile, so the time does not stand in its record.",
  settled: "Both records were looked at.",
};
const TEXTS = ["how_it_went", "parents_words", "next_activity", "reason_cancelled", "reason_not_available", "what_was_seen", "done_already"];

export async function sent(_, deeds) {
  const written = await outbox.items(held.phone());
  const page = filled("outbox", {
    none: !written.length,
    others: (await outbox.others(held.phone())) > 0,
    waits: outbox.waiting(written).length > 0,
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
  const texts = stuck && !two ? texted(item.fields) : "";
  return {
    seq,
    state: WORDS[item.state],
    colour: COLOURS[item.state],
    what: KINDS[item.kind],
    name: item.name,
    when: momentOf(item.written),
    said: two ? "Somebody else recorded this visit meanwhile. Both records are kept. Say which one stands." : BESIDES[item.why] || item.said,
    where: two ? item.where : "",
    mend: mended ? `#${item.kind}/${item.visit}` : "",
    again: stuck && !two,
    drop: stuck && !two,
    texts,
  };
}

// The words of a thing that the service did not take, so that they can be read to somebody or copied.
function texted(fields) {
  const named = Object.keys(fields).filter((name) => TEXTS.includes(name) || name.startsWith("activity-"));
  return named.map((name) => fields[name]).filter(Boolean).join("\n\n");
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
