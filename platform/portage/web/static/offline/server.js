// Talking to the service. Every answer is {status, told}; status 0 means that there is no signal.

const PATIENCE = 15_000;

let token = "";

async function ask(path, options = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(path, { cache: "no-store", redirect: "error", signal: stop.signal, ...options });
    const json = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
    return { status: answer.status, told: json ? await answer.json() : {} };
  } catch {
    return { status: 0, told: {} };
  } finally {
    clearTimeout(timer);
  }
}

// Who is signed in here, and whether this phone must forget what it holds.
export async function contact(phone) {
  const answer = await ask(phone ? `/app/contact?phone=${encodeURIComponent(phone)}` : "/app/contact");
  if (answer.status === 200) token = answer.told.token ?? "";
  return answer;
}

export function send(path, thing) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Portage-Token": token },
    body: JSON.stringify(thing),
  });
}

// The session's end is a page like any other: the browser follows it to the council's sign-in service.
// `sealed` says that something stays on the phone, sealed for who wrote it.
export function signOut(token, sealed) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = "/sign-out";
  for (const [name, value] of [["_csrf", token], ...(sealed ? [["sealed", "kept"]] : [])]) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}
