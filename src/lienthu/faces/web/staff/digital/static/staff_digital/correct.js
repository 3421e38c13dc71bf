// Correcting a page word by word, the least certain first. The picture of the line stands above its text.
import { announce } from "../ui/js/announce.js";

const root = document.querySelector("[data-correct]");
if (root) start(root);

async function start(root) {
  const $ = (selector) => root.querySelector(selector);
  const say = root.dataset;
  const csrf = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
  const DOUBT = Number(say.doubtful);
  const field = $("[data-word]");
  const strip = $("[data-strip]");
  const box = $("[data-box]");
  let page = null;
  let at = null; // [block, line, word]
  let changed = false;

  const lineOf = ([b, l]) => page.blocks[b][l];
  const wordOf = (place) => lineOf(place)[place[2]];
  const every = () => page.blocks.flatMap((block, b) => block.flatMap((line, l) => line.map((_word, w) => [b, l, w])));
  const same = (one, other) => one && other && one.every((n, i) => n === other[i]);
  const doubtful = () => every().filter((place) => wordOf(place)[5] < DOUBT);

  function refuse(text) {
    $("[data-refusal]").hidden = false;
    $("[data-refusal-text]").textContent = text || say.sayLost;
  }

  function status() {
    const left = doubtful().length;
    $("[data-status]").textContent = [left ? `${left} ${say.sayLeft}` : say.sayNone, changed ? say.sayUnsaved : ""].filter(Boolean).join(" · ");
  }

  function draw() {
    const text = $("[data-text]");
    text.replaceChildren();
    page.blocks.forEach((block, b) => {
      const paragraph = document.createElement("p");
      block.forEach((line, l) => {
        line.forEach((word, w) => {
          const span = document.createElement("span");
          span.className = `word${word[5] < DOUBT ? " word--doubtful" : ""}${same(at, [b, l, w]) ? " word--current" : ""}`;
          span.dataset.place = `${b},${l},${w}`;
          span.textContent = word[0];
          paragraph.append(span, " ");
        });
        paragraph.append(document.createElement("br"));
      });
      text.append(paragraph);
    });
    status();
  }

  function frame(line) {
    const left = Math.min(...line.map((w) => w[1]));
    const top = Math.min(...line.map((w) => w[2]));
    const right = Math.max(...line.map((w) => w[1] + w[3]));
    const bottom = Math.max(...line.map((w) => w[2] + w[4]));
    const pad = Math.round((bottom - top) * 0.3) + 4;
    const x = Math.max(0, left - pad);
    const y = Math.max(0, top - pad);
    return { x, y, w: Math.max(1, Math.min(page.width, right + pad) - x), h: Math.max(1, Math.min(page.height, bottom + pad) - y) };
  }

  function show(place, { focus = true } = {}) {
    at = place;
    $("[data-line]").hidden = !place;
    draw();
    if (!place) return;
    const line = lineOf(place);
    const word = wordOf(place);
    const f = frame(line);
    const src = `${say.image}${f.x},${f.y},${f.w},${f.h}/!${Math.min(1400, f.w)},${Math.min(300, f.h)}/0/default.jpg?v=${page.version}`;
    if (strip.getAttribute("src") !== src) strip.src = src;
    box.style.left = `${(100 * (word[1] - f.x)) / f.w}%`;
    box.style.top = `${(100 * (word[2] - f.y)) / f.h}%`;
    box.style.width = `${(100 * word[3]) / f.w}%`;
    box.style.height = `${(100 * word[4]) / f.h}%`;
    $("[data-context]").replaceChildren(...line.flatMap((one, n) => {
      const part = document.createElement(n === place[2] ? "mark" : "span");
      part.textContent = one[0];
      return [part, " "];
    }));
    field.value = word[0];
    if (focus) {
      field.focus({ preventScroll: true });
      field.select();
    }
  }

  /** Take what stands in the field; a blank splits the word, each part with its share of the box. */
  function keep() {
    if (!at) return;
    const word = wordOf(at);
    const parts = field.value.normalize("NFC").trim().split(/\s+/).filter(Boolean);
    if (parts.length === 1 && parts[0] === word[0]) return;
    changed = true;
    if (!parts.length) {
      remove();
      return;
    }
    const [, x, y, w, h] = word;
    const length = parts.reduce((n, part) => n + part.length, parts.length - 1);
    let from = 0;
    const made = parts.map((part) => {
      const left = x + Math.floor((w * from) / length);
      const right = x + Math.floor((w * (from + part.length)) / length);
      from += part.length + 1;
      return [part, left, y, right - left, h, 100];
    });
    lineOf(at).splice(at[2], 1, ...made);
  }

  function remove() {
    const [b, l, w] = at;
    page.blocks[b][l].splice(w, 1);
    changed = true;
    const order = every();
    at = order.find(([ob, ol, ow]) => ob > b || (ob === b && (ol > l || (ol === l && ow >= w)))) ?? order.at(-1) ?? null;
  }

  function next(step) {
    const list = doubtful();
    if (!list.length) {
      announce(say.sayNone);
      show(at);
      return;
    }
    // the least certain first; those that were passed over come again at the end
    const ranked = [...list].sort((a, b) => wordOf(a)[5] - wordOf(b)[5]);
    const here = ranked.findIndex((place) => same(place, at));
    show(here < 0 ? ranked[0] : ranked[(here + step + ranked.length) % ranked.length]);
  }

  function beside(step) {
    keep();
    const order = every();
    const here = order.findIndex((place) => same(place, at));
    show(order[Math.min(order.length - 1, Math.max(0, here + step))] ?? null);
  }

  function join() {
    keep();
    const line = lineOf(at);
    const [one, other] = [line[at[2]], line[at[2] + 1]];
    if (!other) return;
    const x = Math.min(one[1], other[1]);
    const y = Math.min(one[2], other[2]);
    line.splice(at[2], 2, [one[0] + other[0], x, y, Math.max(one[1] + one[3], other[1] + other[3]) - x, Math.max(one[2] + one[4], other[2] + other[4]) - y, 100]);
    changed = true;
    show(at);
  }

  async function save() {
    keep();
    show(at);
    $("[data-refusal]").hidden = true;
    try {
      const answer = await fetch(say.save, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
        body: JSON.stringify({ seen: page.seen, blocks: page.blocks }),
      });
      const told = await answer.json();
      if (!answer.ok) {
        refuse(told.message);
        return false;
      }
      page.seen = told.seen;
      changed = false;
      status();
      announce(say.saySaved);
      return true;
    } catch {
      refuse();
      return false;
    }
  }

  field.addEventListener("keydown", async (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      if (await save()) document.querySelector("[data-next-page]")?.click();
      return;
    }
    if (event.key === "Enter") {
      keep();
      if (at && wordOf(at)) {
        if (wordOf(at)[5] < 100) changed = true;
        wordOf(at)[5] = 100;
      }
      next(0);
    } else if (event.key === "Tab") {
      keep();
      next(event.shiftKey ? -1 : 1);
    } else if (event.altKey && event.key === "ArrowRight") beside(1);
    else if (event.altKey && event.key === "ArrowLeft") beside(-1);
    else if (event.altKey && event.code === "KeyJ") join();
    else if (event.altKey && event.key === "Delete") {
      remove();
      show(at);
    } else if (event.key === "Escape") $('[data-do="save"]').focus();
    else return;
    event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") {
      event.preventDefault();
      save();
    }
  });
  root.addEventListener("click", (event) => {
    const word = event.target.closest("[data-place]");
    if (word) {
      keep();
      show(word.dataset.place.split(",").map(Number));
      return;
    }
    const what = event.target.closest("[data-do]")?.dataset.do;
    if (what === "save") save();
    else if (what === "join" && at) join();
    else if (what === "drop" && at) {
      remove();
      show(at);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });

  try {
    const answer = await fetch(say.url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error();
    page = await answer.json();
  } catch {
    refuse();
    return;
  }
  if (!every().length) {
    $("[data-status]").textContent = say.sayEmpty;
    for (const button of root.querySelectorAll("[data-do]")) button.disabled = true;
    return;
  }
  if (doubtful().length) next(0);
  else show(every()[0]);
}
