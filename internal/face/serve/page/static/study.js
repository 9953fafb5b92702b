// The perceptual study of Isola et al. 2017, section 4.1, for one participant. Two
// pictures are shown one after the other; which one is made is asked, and only the
// server knows.
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

/** How long a frame of this display is, in milliseconds: the median of some. */
async function frameLength() {
  const times = [];
  for (let last = await frame(), i = 0; i < 15; i++) {
    const next = await frame();
    times.push(next - last);
    last = next;
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/** Shows a picture for a time, and says how long it was really seen. */
async function expose(image, ms, length) {
  image.className = "seen";
  const started = await frame(); // drawn with this frame
  // Hidden in the frame that is nearest to the time.
  for (let now = started; now - started < ms - length * 1.5; now = await frame());
  image.className = "";
  return (await frame()) - started;
}

async function load(name) {
  const image = h("img", { src: `/v1/study/pictures/${name}`, alt: "" });
  await image.decode();
  return image;
}

/** A step of the study: words and a button that goes on. */
const page = (title, words, label) => new Promise((go) => {
  const button = h("button", { type: "button", class: "primary", onclick: go }, label);
  place.replaceChildren(h("h1", {}, title), h("div", { class: "words" }, words.map((w) => h("p", {}, w))), button);
  button.focus();
});

async function run() {
  let session = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  if (!session) {
    await page("Which picture is real?", [
      "You will see two pictures, one after the other, for a second each. One of them is a photograph, the other was made by a computer. Say which one you think the computer made.",
      "The first trials are practice: they tell you the answer. Sit where you can see the screen well, and stay on this page until the end; it takes about five minutes.",
      "Nothing about you is kept, only which pictures you chose and how long you took. By continuing you agree to that. You may stop at any time by closing the page.",
    ], "Begin");
    session = await call("sessions", {});
    sessionStorage.setItem(kept, JSON.stringify(session));
  }
  const length = await frameLength();
  let practised = false;
  for (;;) {
    let trial;
    try {
      trial = await call(`sessions/${session.id}/trial`);
    } catch (error) {
      if (error.status === 410) break;
      if (error.status === 404) { sessionStorage.removeItem(kept); return run(); }
      throw error;
    }
    if (!trial.practice && practised) await page("That was the practice", ["From now on you are not told the answer. Take all the time you need after each pair."], "Go on");
    practised = trial.practice;
    const feedback = await one(session, trial, length);
    if (feedback.finished) {
      sessionStorage.removeItem(kept);
      return finish(feedback);
    }
  }
  sessionStorage.removeItem(kept);
  finish({});
}

/** One trial: what was answered goes to the server, what it says comes back. */
async function one(session, trial, length) {
  const screen = h("div", { class: "screen", "aria-label": "pictures appear here" });
  const buttons = h("div", { class: "pairs" });
  const progress = h("progress", { max: trial.of, value: trial.number, "aria-label": "Trials done" });
  place.replaceChildren(screen, buttons, progress);
  let left, right;
  try {
    [left, right] = await Promise.all([load(trial.left), load(trial.right)]);
  } catch {
    throw new Problem(0, { detail: "a picture could not be loaded", hint: "load this page again: it goes on where it was" });
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
      h("button", { type: "button", onclick: () => choose("left") }, "The first was made"),
      h("button", { type: "button", onclick: () => choose("right") }, "The second was made"));
  });
  document.removeEventListener("visibilitychange", watch);
  const feedback = await send(session, { trial: trial.number, fake, left_ms: leftMS, right_ms: rightMS, frame_ms: length, response_ms: performance.now() - asked, hidden });
  if (trial.practice) await show(left, right, feedback);
  return feedback;
}

/** An answer is sent until it has arrived: given twice, it counts once. */
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
  const figure = (image, side) => h("figure", { class: feedback.fake === side ? "made" : "real" }, h("img", { src: image.src, alt: side === "left" ? "the first picture" : "the second picture" }), h("figcaption", {}, feedback.fake === side ? "made" : "real"));
  const button = h("button", { type: "button", class: "primary", onclick: go }, "Next");
  place.replaceChildren(h("h1", { class: feedback.correct ? "good" : "bad" }, feedback.correct ? "Right" : "Wrong"), h("div", { class: "truth" }, figure(left, "left"), figure(right, "right")), button);
  button.focus();
});

function finish({ right, scored }) {
  place.replaceChildren(h("h1", {}, "Thank you"), h("p", {}, scored ? `You were right ${right ?? 0} times out of ${scored}; guessing gives half.` : "You have done all the trials."), h("p", { class: "soft" }, "You may close this page."));
}

run().catch((error) => {
  place.replaceChildren(h("h1", {}, "This did not work"), h("p", {}, error.message), h("p", { class: "soft" }, error.hint || "Load the page again: it goes on where it was."));
});
