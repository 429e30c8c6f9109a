// Signs each request with a key that this browser made and cannot give away; the pages of the house share it.
// Whoever copies the cookie has half a session: without the key the first request is refused.

// --- the browser's key: extractable is false, so not even this script can read it; IndexedDB keeps the handle ---

function database() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("vitascope", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function stored(mode, work) {
  const store = (await database()).transaction("keys", mode).objectStore("keys");
  return new Promise((resolve, reject) => {
    const asked = work(store);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function browserKey() {
  const known = await stored("readonly", (store) => store.get("session"));
  if (known) return known;
  const made = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  await stored("readwrite", (store) => store.put(made, "session"));
  return made;
}

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
export const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
export const utf8 = (text) => new TextEncoder().encode(text);

export async function publicHalf() {
  return base64(await crypto.subtle.exportKey("spki", (await browserKey()).publicKey));
}

async function proof(method, path, body) {
  const digest = hex(await crypto.subtle.digest("SHA-256", utf8(body)));
  const at = (Date.now() / 1000).toFixed(3);
  const nonce = hex(crypto.getRandomValues(new Uint8Array(16)));
  const text = `${method}\n${path}\n${digest}\n${at}\n${nonce}`;
  const key = (await browserKey()).privateKey;
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, key, utf8(text));
  return `${at} ${nonce} ${base64(signature)}`;
}

// --- requests ---

export async function ask(path, values = {}, signal) {
  const body = JSON.stringify(values);
  const headers = { "content-type": "application/json", "x-vitascope-proof": await proof("POST", path, body) };
  const answer = await fetch(path, { method: "POST", headers, body, credentials: "same-origin", signal });
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => null);
  const { message, param, code } = said?.error ?? { message: `The server answered ${answer.status}.` };
  throw Object.assign(new Error(message), { status: answer.status, param, code });
}

// --- passkeys ---

async function answered(path) {
  const options = await (await ask(path)).json();
  const used = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return used.toJSON();
}

export async function madePasskey() {
  const options = await (await ask("/programme/passkeys/begin")).json();
  const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  return made.toJSON();
}

export async function signedInByPasskey() {
  const used = await answered("/programme/passkey/begin");
  return ask("/programme/passkey", { credential: used, browser_key: await publicHalf() });
}

export async function confirmed() {
  await ask("/programme/confirm", { credential: await answered("/programme/confirm/begin") });
}
