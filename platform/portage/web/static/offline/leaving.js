// Signing out on any page: what this phone holds is deleted first; what was not sent is asked about before that.

import * as held from "./held.js";
import * as outbox from "./outbox.js";

const NAME = "portage";

export async function leave(form) {
  const known = indexedDB.databases ? await indexedDB.databases() : [{ name: NAME }];
  if (known.some(({ name }) => name === NAME)) {
    await held.recall();
    const phone = held.phone();
    if (phone?.key && ((await held.begun()) || outbox.unsent(await outbox.items(phone)).length)) {
      location.assign("/app#leaving");
      return;
    }
    if (await held.letGo({ keep: true })) form.append(sealed());
  }
  form.submit();
}

// Something of somebody stays here, sealed: the service must not have the browser delete it.
function sealed() {
  return Object.assign(document.createElement("input"), { type: "hidden", name: "sealed", value: "kept" });
}
