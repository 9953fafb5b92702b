// The perceptual study of Isola et al. 2017, section 4.1, for one participant. It shows two
// pictures, one after the other, and asks which one was generated. Only the server knows.
import { Problem } from "./api.js";
import { h } from "./ui.js";

const place = document.getElementById("main");
const kept = "easel:study";
const blank = { before: 900, between: 600 }; // milliseconds, as in the authors' tool

async function call(path, body) {
  const answer = await fetch(`/v1/study/${path}`, body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const result = await answer.json();
  if (!answer.ok) throw new Problem(answer.status, result);
  return result;
}

const frame = () => new Promise(requestAnimationFrame);
const wait = (ms) => new Promise((later) => setTimeout(later, ms));

/** The duration of a frame on this display, in milliseconds: the median of several. */
async function frameLength() {
  const times = [];
  for (let last = await frame(), i = 0; i < 15; i++) {
    const next = await frame();
    times.push(next - last);
    last = next;
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** Shows a picture for some time, and returns how long it was really visible. */
async function expose(image, ms, length) {
  image.className = "seen";
  const started = await frame(); // drawn with this frame
  // Hide it in the frame that is nearest to the requested time.
  for (let now = started; now - started < ms - length * 1.5; now = await frame());
  image.className = "";
  return (await frame()) - started;
}

async function load(name) {
  const image = h("img", { src: `/v1/study/pictures/${name}`, alt: "" });
  await image.decode();
  return image;
}

/** A page of text with a button; resolves when the button is pressed. */
const page = (title, words, label) => new Promise((go) => {
  const button = h("button", { type: "button", class: "primary", onclick: go }, label);
  place.replaceChildren(h("h1", {}, title), h("div", { class: "words" }, words.map((w) => h("p", {}, w))), button);
  button.focus();
});

/** The word by which a link may identify its participant: ?participant=WORD. */
const given = new URLSearchParams(location.search).get("participant");

/** The word by which the server recognises this participant: without a given one, this browser's own. */
function participant() {
  if (given) return given;
  const made = localStorage.getItem(kept) ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
  localStorage.setItem(kept, made);
  return made;
}

/** With ?several, people take turns at this browser: each is somebody new. */
const several = new URLSearchParams(location.search).has("several");

async function run() {
  const begun = given ? sessionStorage.getItem(kept) === given : localStorage.getItem(kept) !== null;
  if (!begun) await page("Which picture is real?", [
    "You will see two pictures, one after the other, for a second each. One is a photograph; the other is a fake, made by a computer. Say which one you think is the fake.",
    "The first few trials are for practice and tell you the answer. Sit where you can see the screen well, and stay on this page until the end. It takes about five minutes. If you have to leave, open the same link again to continue.",
    "We store nothing about you: only which pictures you chose and how long you took. By continuing, you agree to that. You can stop at any time by closing the page.",
  ], "Begin");
  if (given) sessionStorage.setItem(kept, given);
  const session = await call("sessions", { participant: participant() });
  if (session.finished) return finish({}, "You have already taken part in this study.");
  const length = await frameLength();
  let practised = false;
  for (;;) {
    let trial, feedback;
    try {
      trial = await call(`sessions/${session.id}/trial`);
      if (!trial.practice && practised) await page("That was the practice", ["From now on, you will not be told the answer. Take all the time you need after each pair."], "Continue");
      practised = trial.practice;
      feedback = await one(session, trial, length);
    } catch (error) {
      if (error.status === 410) return finish({}, "You have completed all trials.");
      if (error.status === 409) continue; // answered in another tab
      throw error;
    }
    if (feedback.finished) return finish(feedback);
  }
}

/** Runs one trial: sends the answer to the server and returns its feedback. */
async function one(session, trial, length) {
  const screen = h("div", { class: "screen", "aria-label": "The pictures appear here" });
  const buttons = h("div", { class: "pairs" });
  const progress = h("progress", { max: trial.of, value: trial.number, "aria-label": "Trials done" });
  place.replaceChildren(screen, buttons, progress);
  let left, right;
  try {
    [left, right] = await Promise.all([load(trial.left), load(trial.right)]);
  } catch {
    throw new Problem(0, { detail: "a picture could not be loaded", hint: "reload this page to continue where you were" });
  }
  screen.append(left, right);
  let hidden = document.visibilityState !== "visible";
  const watch = () => { hidden ||= document.visibilityState !== "visible"; };
  document.addEventListener("visibilitychange", watch);
  await wait(blank.before);
  const leftMS = await expose(left, session.exposure_ms, length);
  await wait(blank.between);
  const rightMS = await expose(right, session.exposure_ms, length);
  await wait(100);
  const asked = performance.now();
  const fake = await new Promise((chosen) => {
    const choose = (side) => { document.removeEventListener("keydown", keys); chosen(side); };
    const keys = (e) => { if (e.key === "ArrowLeft") choose("left"); else if (e.key === "ArrowRight") choose("right"); };
    document.addEventListener("keydown", keys);
    buttons.replaceChildren(
      h("button", { type: "button", onclick: () => choose("left") }, "The first is fake"),
      h("button", { type: "button", onclick: () => choose("right") }, "The second is fake"));
  });
  document.removeEventListener("visibilitychange", watch);
  const feedback = await send(session, { trial: trial.number, fake, left_ms: leftMS, right_ms: rightMS, frame_ms: length, response_ms: performance.now() - asked, hidden });
  if (trial.practice) await show(left, right, feedback);
  return feedback;
}

/** Sends an answer until it has arrived. The server counts repeated answers once. */
async function send(session, answer) {
  for (let tries = 0; ; tries++) {
    try {
      return await call(`sessions/${session.id}/answers`, answer);
    } catch (error) {
      if (error instanceof Problem || tries > 8) throw error;
      await wait(500 * 2 ** Math.min(tries, 4));
    }
  }
}

const show = (left, right, feedback) => new Promise((go) => {
  const figure = (image, side) => h("figure", { class: feedback.fake === side ? "made" : "real" }, h("img", { src: image.src, alt: side === "left" ? "the first picture" : "the second picture" }), h("figcaption", {}, feedback.fake === side ? "fake" : "real"));
  const button = h("button", { type: "button", class: "primary", onclick: go }, "Next");
  place.replaceChildren(h("h1", { class: feedback.correct ? "good" : "bad" }, feedback.correct ? "Right" : "Wrong"), h("div", { class: "truth" }, figure(left, "left"), figure(right, "right")), button);
  button.focus();
});

function finish({ right, scored }, words = `You were right ${right ?? 0} times out of ${scored}; guessing gives half.`) {
  const next = h("button", { type: "button", class: "primary", onclick: () => { localStorage.removeItem(kept); location.reload(); } }, "Next participant");
  place.replaceChildren(h("h1", {}, "Thank you"), h("p", {}, words), several ? next : h("p", { class: "soft" }, "You can close this page now."));
}

run().catch((error) => {
  place.replaceChildren(h("h1", {}, "Something went wrong"), h("p", {}, error.message), h("p", { class: "soft" }, error.hint || "Reload the page to continue where you were."));
});
