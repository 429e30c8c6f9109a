// What every page of the house does: shows what the server answers, sends its forms, and says what went wrong.

import { ask, confirmed } from "./session.js";

export const main = document.querySelector("main");
export const told = document.querySelector("#told");

export async function show(path, values) {
  put(await ask(path, values));
}

export async function put(answer) {
  main.innerHTML = await answer.text(); // written by our server, which escapes what people wrote
  main.removeAttribute("aria-busy");
  main.dispatchEvent(new Event("shown"));
}

export async function attempt(work) {
  told.textContent = "";
  main.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    if (error.status === 401 && !main.querySelector(".door")) await atDoor();
    told.textContent = error.name === "NotAllowedError" ? "The passkey was not used." : error.message;
  } finally {
    main.removeAttribute("aria-busy");
  }
}

export async function atDoor() {
  await put(await fetch("/programme/door"));
}

export const isBusy = () => main.hasAttribute("aria-busy"); // a second click is not a second application

// --- forms ---

async function contentOf(file, input) {
  const most = Number(input.dataset.most);
  if (most && file.size > most) throw new Error(`${file.name} has ${(file.size / 1e6).toFixed(1)} MB; at most ${most / 1e6} go in here.`);
  const address = await new Promise((resolve, reject) => {
    const reader = Object.assign(new FileReader(), { onload: () => resolve(reader.result), onerror: () => reject(reader.error) });
    reader.readAsDataURL(file);
  });
  return address.slice(address.indexOf(",") + 1); // what follows the comma is the content in base64
}

export async function valuesOf(form, button) {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    const read = value instanceof File ? await contentOf(value, form.elements[name]) : value;
    values[name] = name in values ? [values[name], read].flat() : read; // boxes of one name are a list
  }
  if (button?.name) values[button.name] = button.value;
  return values;
}

export async function seen(act) {
  try {
    return await act();
  } catch (error) {
    if (![401, 403].includes(error.status) || !/passkey first/.test(error.message)) throw error;
    await confirmed(); // the server wants to see its owner first; then the same once more
    return act();
  }
}

export function saved(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  URL.revokeObjectURL(link.href);
}

// `acts` of a page: what a form with data-act, or a button with data-do, sets off. All others post and show the answer.
export function opened(acts) {
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target, { post, act } = form.dataset, button = event.submitter;
    if (isBusy()) return;
    if (act) acts[act](form, button);
    else if (post) attempt(async () => { const values = await valuesOf(form, button); await seen(() => show(post, values)); });
  });
  document.addEventListener("click", (event) => {
    const { passkey, send, save, name, do: act } = event.target.dataset ?? {};
    if (isBusy()) return;
    if (passkey) attempt(acts[`passkey-${passkey}`]);
    if (send) attempt(() => show(send));
    if (save) attempt(async () => saved(await (await ask(save)).blob(), name));
    if (act) acts[act](event.target);
  });
}
