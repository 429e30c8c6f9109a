// Signs each request with a key that this browser made and cannot give away, and shows what the server answers.
// Whoever copies the cookie has half a session: without the key the first request is refused.

const main = document.querySelector("main");
const told = document.querySelector("#told");

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
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const utf8 = (text) => new TextEncoder().encode(text);

async function publicHalf() {
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

async function ask(path, values = {}, method = "POST") {
  const body = method === "GET" ? "" : JSON.stringify(values);
  const headers = { "content-type": "application/json", "x-vitascope-proof": await proof(method, path, body) };
  const answer = await fetch(path, { method, headers, body: body || undefined, credentials: "same-origin" });
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => null);
  throw Object.assign(new Error(said?.error?.message ?? `The server answered ${answer.status}.`), { status: answer.status });
}

async function show(path, values, method) {
  const answer = await ask(path, values, method);
  main.innerHTML = await answer.text(); // written by our server, which escapes what people wrote
  main.removeAttribute("aria-busy");
}

async function attempt(work) {
  told.textContent = "";
  main.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    if (error.status === 401 && !main.querySelector(".door")) await fetch("/programme/door").then(async (answer) => { main.innerHTML = await answer.text(); });
    told.textContent = error.name === "NotAllowedError" ? "The passkey was not used." : error.message;
  } finally {
    main.removeAttribute("aria-busy");
  }
}

// --- passkeys ---

const PASSKEY = {
  make: async () => {
    const options = await (await ask("/programme/passkeys/begin")).json();
    const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    await show("/programme/passkeys", { credential: made.toJSON() });
    told.textContent = "The passkey is yours from now on.";
  },
  "sign-in": async () => {
    const used = await answered("/programme/passkey/begin");
    await show("/programme/passkey", { credential: used, browser_key: await publicHalf() });
  },
  confirm: async () => {
    await ask("/programme/confirm", { credential: await answered("/programme/confirm/begin") });
  },
};

async function answered(path) {
  const options = await (await ask(path)).json();
  const used = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return used.toJSON();
}

// --- what people do ---

async function contentOf(file, input) {
  const most = Number(input.dataset.most);
  if (most && file.size > most) throw new Error(`${file.name} has ${(file.size / 1e6).toFixed(1)} MB; at most ${most / 1e6} go in here.`);
  const address = await new Promise((resolve, reject) => {
    const reader = Object.assign(new FileReader(), { onload: () => resolve(reader.result), onerror: () => reject(reader.error) });
    reader.readAsDataURL(file);
  });
  return address.slice(address.indexOf(",") + 1); // what follows the comma is the content in base64
}

async function sent(form, button) {
  const values = {};
  for (const [name, value] of new FormData(form)) values[name] = value instanceof File ? await contentOf(value, form.elements[name]) : value;
  if (button?.name) values[button.name] = button.value;
  try {
    await show(form.dataset.post, values);
  } catch (error) {
    if (error.status !== 401 || !/passkey/.test(error.message)) throw error;
    await PASSKEY.confirm(); // the server wants to see its owner first; then the same once more
    await show(form.dataset.post, values);
  }
}

const isBusy = () => main.hasAttribute("aria-busy"); // a second click is not a second application

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (form.dataset.post && !isBusy()) attempt(() => sent(form, event.submitter));
});

document.addEventListener("click", (event) => {
  const { passkey, send, save, name } = event.target.dataset ?? {};
  if (isBusy()) return;
  if (passkey) attempt(PASSKEY[passkey]);
  if (send) attempt(() => show(send));
  if (save) attempt(async () => saved(await (await ask(save)).blob(), name));
});

function saved(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

// --- the beginning: a link from a letter, or whoever is signed in, or the door ---

async function begin() {
  const [kind, token] = location.hash.slice(1).split("=");
  if (kind) history.replaceState(null, "", location.pathname); // the token stays in no history
  if (kind === "in" && token) return show("/programme/sign-in", { token, browser_key: await publicHalf() });
  if (kind === "invitation" && token) return show("/programme/invitation", { token });
  if (location.pathname.endsWith("/apply")) return show("/programme/apply/form");
  return show("/programme/mine");
}

attempt(begin);
window.addEventListener("hashchange", () => attempt(begin));
