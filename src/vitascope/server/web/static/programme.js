// The programme's page: coming in, and what a member does there. Requests are signed in session.js.

import { attempt, opened, put, show, told } from "./page.js";
import { confirmed, madePasskey, publicHalf, signedInByPasskey } from "./session.js";

opened({
  "passkey-make": async () => {
    await show("/programme/passkeys", { credential: await madePasskey() });
    told.textContent = "The passkey is yours from now on.";
  },
  "passkey-sign-in": async () => put(await signedInByPasskey()),
  "passkey-confirm": confirmed,
});

// --- the beginning: a link from a letter, or whoever is signed in, or the door ---

async function begin() {
  const [kind, token] = location.hash.slice(1).split("=");
  if (kind) history.replaceState(null, "", location.pathname); // the token stays in no history
  if (kind === "in" && token) return show("/programme/sign-in", { token, browser_key: await publicHalf() });
  if (kind === "invitation" && token) return show("/programme/invitation", { token });
  if (kind === "characters") return show("/programme/characters");
  if (location.pathname.endsWith("/apply")) return show("/programme/apply/form");
  return show("/programme/mine");
}

attempt(begin);
window.addEventListener("hashchange", () => attempt(begin));
