// Signing out on any page: what this phone holds is deleted first; what was not sent is asked about before that.

import * as outbox from "./outbox.js";
import * as store from "./store.js";

const NAME = "portage";

export async function leave(form) {
  const known = indexedDB.databases ? await indexedDB.databases() : [{ name: NAME }];
  if (known.some(({ name }) => name === NAME)) {
    const phone = await store.get("phone", "phone");
    const mine = phone?.key ? outbox.unsent(await outbox.items(phone)).length : 0;
    if (mine + (await outbox.others(phone?.key ? phone : null))) {
      location.assign("/app#leaving");
      return;
    }
    await store.destroy();
  }
  form.submit();
}
