// Sealing what the phone keeps: AES-GCM, with the key that the service gave to this person for this phone.
// Scripts can use the key and never read it; what was sealed for one place cannot be put into another.

const ALGORITHM = "AES-GCM";
const encoder = new TextEncoder();

export async function keyFrom(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, ALGORITHM, false, ["encrypt", "decrypt"]);
  bytes.fill(0);
  return key;
}

export async function seal(key, place, thing) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: ALGORITHM, iv, additionalData: encoder.encode(place) };
  return { iv, sealed: await crypto.subtle.encrypt(how, key, encoder.encode(JSON.stringify(thing))) };
}

// What was sealed, or null where the key is another one or the bytes were changed.
export async function unseal(key, place, { iv, sealed }) {
  try {
    const how = { name: ALGORITHM, iv, additionalData: encoder.encode(place) };
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, sealed)));
  } catch {
    return null;
  }
}
