// The studio: ordering a film, watching it come, and the films one has. Requests are signed in session.js.

import { ask, confirmed, hex, signedInByPasskey, utf8 } from "/programme/static/session.js";
import { atDoor, attempt, main, opened, saved, seen, show, told, valuesOf } from "/programme/static/page.js";

const DRAFT = "vitascope-draft"; // in this tab alone, until it is closed: what was typed outlives a reload and a sign-in

// --- the order form ---

const orderForm = () => main.querySelector("form.order");
const plainly = (error) => error.message.replaceAll("`", "");

async function written() {
  const { input_reference: _, ...values } = await valuesOf(orderForm());
  return values;
}

async function drafted(event) {
  if (event.target.form !== orderForm()) return;
  sessionStorage.setItem(DRAFT, JSON.stringify(await written()));
  if (event.type === "change" && event.target.name === "model") await attempt(reformed);
}

async function reformed() { // another model can other things; a picture that was chosen stays chosen
  const { input_reference: chosen } = orderForm().elements;
  await show("/studio/form", await written());
  orderForm().elements.input_reference.replaceWith(chosen);
  if (chosen.files.length) chosen.closest("details").open = true;
}

async function order(form) {
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  cleared(form);
  try {
    const values = await valuesOf(form);
    const sending = hex(await crypto.subtle.digest("SHA-256", utf8(form.dataset.sending + JSON.stringify(values))));
    const answer = await seen(() => ask("/studio/order", { ...values, sending })); // sent twice, it is one order
    form.querySelector(".left").innerHTML = (await answer.json()).left; // our server's words
    form.dataset.sending = hex(crypto.getRandomValues(new Uint8Array(8)));
    main.querySelector(".way").scrollIntoView({ block: "nearest" });
  } catch (error) {
    await blamed(form, error);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function cleared(form) {
  told.textContent = form.querySelector(".fault").textContent = "";
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

async function blamed(form, error) {
  if (error.status === 401) return attempt(() => { throw error; }); // the door; what was typed waits in the draft
  form.querySelector(".fault").textContent = error.name === "NotAllowedError" ? "The passkey was not used." : plainly(error);
  const field = form.elements[error.param === "width" || error.param === "height" ? "size" : error.param];
  if (!field?.focus) return;
  field.closest("details")?.setAttribute("open", "");
  field.setAttribute("aria-invalid", "true");
  field.focus();
}

// --- words: those that begin like the one under way, and all of them to look through ---

const WORD = /[\p{L}\p{N}-]*$/u;

function likely() {
  const field = orderForm()?.elements.prompt, place = main.querySelector("#likely");
  if (!field || !place) return;
  const begun = WORD.exec(field.value.slice(0, field.selectionStart))[0].toLowerCase();
  const words = [...main.querySelectorAll("#words .word")].map((button) => button.textContent);
  const found = begun.length < 2 ? [] : words.filter((word) => word.startsWith(begun) && word !== begun).slice(0, 8);
  place.replaceChildren(...found.map((word) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "word", textContent: word });
    button.dataset.do = "complete";
    return button;
  }));
}

function putIn(text, begun = 0) {
  const field = orderForm().elements.prompt, at = field.selectionStart - begun;
  const before = at > 0 && !/\s$/.test(field.value.slice(0, at)) ? " " : "";
  const after = /^[\p{L}\p{N}]/u.test(field.value.slice(field.selectionStart)) ? " " : "";
  field.setRangeText(before + text + after, at, field.selectionStart, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function complete(button) {
  const field = orderForm().elements.prompt;
  putIn(button.textContent, WORD.exec(field.value.slice(0, field.selectionStart))[0].length);
}

function walked(event) {
  const chips = [...main.querySelectorAll("#likely .word")], at = chips.indexOf(document.activeElement);
  const onPrompt = event.target.name === "prompt" && chips.length;
  if (event.key === "ArrowDown" && onPrompt) chips[0].focus();
  else if (at >= 0 && event.key === "ArrowRight") chips[(at + 1) % chips.length].focus();
  else if (at >= 0 && event.key === "ArrowLeft") chips[(at + chips.length - 1) % chips.length].focus();
  else if (at >= 0 && ["ArrowUp", "Escape"].includes(event.key)) orderForm().elements.prompt.focus();
  else if ((event.ctrlKey || event.metaKey) && event.key === "Enter" && event.target.name === "prompt") orderForm().requestSubmit();
  else return;
  event.preventDefault();
}

function calledBy(box) {
  const { name } = box.dataset, field = orderForm().elements.prompt;
  if (box.checked && !field.value.toLowerCase().includes(name.toLowerCase())) putIn(name);
}

// --- what is on its way: one signed request whose answer goes on; it ends when nobody looks ---

let following;
const shown = new Map();

function follow() {
  following?.abort();
  if (document.hidden || !main.querySelector("[data-watch]")) return;
  following = new AbortController();
  keep(following.signal);
}

async function keep(signal) {
  for (let pause = 1000; !signal.aborted; pause = Math.min(2 * pause, 30_000)) {
    try {
      const answer = await ask("/studio/watch", {}, signal);
      for await (const line of linesOf(answer.body)) {
        for (const film of JSON.parse(line || "[]")) place(film);
        pause = 500;
      }
    } catch (error) {
      if (error.status === 401) return atDoor();
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

async function* linesOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

function place(film) {
  const list = main.querySelector("[data-watch]");
  if (!list) return following.abort();
  let row = list.querySelector(`[data-film="${CSS.escape(film.id)}"]`);
  if (film.html === "") return row?.remove();
  if (!row) {
    row = Object.assign(document.createElement("article"), { className: "coming" });
    row.dataset.film = film.id;
    list.prepend(row);
    shown.delete(film.id);
  }
  if (film.html && film.html !== shown.get(film.id)) {
    const before = row.querySelector("[data-image] img");
    row.innerHTML = film.html; // written by our server, which escapes what people wrote
    if (before) row.querySelector("[data-image]").append(before);
    shown.set(film.id, film.html);
    if (film.ended && row.querySelector(".ready")) attemptQuietly(async () => seenAs(row, await contentOf(film.id, "thumbnail")));
  }
  const bar = row.querySelector("progress"), words = row.querySelector("[data-words]");
  if (bar && film.percent !== undefined) bar.value = film.percent;
  if (words && film.words && words.textContent !== film.words) words.textContent = film.words;
  if (film.image) seenAs(row, `data:image/webp;base64,${film.image}`);
}

function seenAs(row, source) {
  const image = row.querySelector("[data-image] img") ?? Object.assign(document.createElement("img"), { alt: "How it looks" });
  image.src = source;
  row.querySelector("[data-image]").append(image);
}

async function attemptQuietly(work) {
  try {
    await work();
  } catch {
    // a picture that does not come is missed by nobody
  }
}

async function cancel(button) {
  button.disabled = true;
  await attempt(() => ask("/studio/cancel", { video: nameOf(button) }));
  button.disabled = false;
}

// --- films: their files come by signed requests and are played from the page's own memory ---

async function contentOf(video, variant) {
  return URL.createObjectURL(await (await ask("/studio/content", { video, variant })).blob());
}

async function played() {
  const video = main.querySelector("video[data-play]:not([src])");
  if (video) video.src = await contentOf(nameOf(video), "video");
}

const nameOf = (element) => element.closest("[data-film]").dataset.film;
const ENDINGS = { "video/mp4": "mp4", "image/webp": "webp", "image/jpeg": "jpg" };

function download(button) {
  const { variant } = button.dataset, video = nameOf(button);
  attempt(async () => {
    const blob = await (await ask("/studio/content", { video, variant })).blob();
    saved(blob, `${video}${variant === "video" ? "" : `-${variant}`}.${ENDINGS[blob.type] ?? "bin"}`);
  });
}

async function behind(button) {
  button.disabled = true;
  const place = button.parentElement.querySelector(".told");
  place.textContent = "One moment: the file is being looked at.";
  try {
    place.innerHTML = await (await ask(button.dataset.path, { video: nameOf(button) })).text(); // our server's words
    button.remove();
  } catch (error) {
    place.textContent = plainly(error);
    button.disabled = false;
  }
}

async function more(button) {
  await attempt(async () => {
    const answer = await ask("/studio/films", { after: button.dataset.after });
    button.closest(".more").outerHTML = await answer.text(); // as above
  });
}

const remove = (form) => attempt(async () => { await ask("/studio/delete", await valuesOf(form)); location.assign("/studio/films"); });

async function derive(form) {
  form.querySelector(".fault").textContent = "";
  try {
    await seen(async () => ask(`/studio/${form.dataset.verb}`, await valuesOf(form)));
    location.assign("/studio");
  } catch (error) {
    await blamed(form, error);
  }
}

// --- which page it is ---

opened({
  order, complete, cancel, download, behind, more, remove, derive, insert: (button) => putIn(button.textContent),
  "passkey-sign-in": async () => { await signedInByPasskey(); await begin(); },
  "passkey-confirm": confirmed,
});
document.addEventListener("input", (event) => { drafted(event); if (event.target.name === "prompt") likely(); });
document.addEventListener("change", (event) => { drafted(event); if (event.target.name === "characters") calledBy(event.target); });
document.addEventListener("keydown", walked);
document.addEventListener("visibilitychange", () => (document.hidden ? following?.abort() : follow()));

async function begin() {
  const [, , page, film] = location.pathname.split("/");
  if (film) return show("/studio/film", { video: decodeURIComponent(film) });
  if (page) return show("/studio/films");
  const asked = Object.fromEntries(new URLSearchParams(location.search));
  history.replaceState(null, "", location.pathname);
  await show("/studio/form", asked.again ? asked : JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}"));
}

main.addEventListener("shown", () => {
  const title = main.querySelector("h1")?.textContent;
  document.title = title ? `${title} - Vitascope` : "Vitascope";
  follow(); 
  likely();
  attemptQuietly(played);
});
for (const link of document.querySelectorAll("header nav a")) {
  if (location.pathname.startsWith(link.pathname) && (link.pathname !== "/studio" || location.pathname === "/studio")) link.setAttribute("aria-current", "page");
}
attempt(begin);
