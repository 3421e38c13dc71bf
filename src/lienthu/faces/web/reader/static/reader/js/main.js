// The reader with scripts: one state, told to the stage, the text and the lists. The page works without all this.
import { announce } from "../../ui/js/announce.js";
import { keysFor } from "./keys.js";
import { fill, getJson } from "./asking.js";
import { Hits } from "./hits.js";
import { Keeping } from "./keeping.js";
import { moreTools } from "./more.js";
import { Places } from "./places.js";
import { regionTool } from "./region.js";
import { Scroll } from "./scroll.js";
import { Stage } from "./stage.js";
import { TextPanel } from "./text.js";
import { Thumbs } from "./thumbs.js";

const root = document.querySelector("[data-reader]");
const say = root.dataset;
const $ = (selector) => root.querySelector(selector);
const osdPlace = $("[data-osd-place]");
const sheets = $("[data-sheets]");

const reader = {
  root, say, sheets, osdPlace,
  object: say.object,
  url: say.url,
  seq: Number(say.page),
  view: say.view,
  rtl: "rtl" in say,
  pages: [],        // {seq, name, width, height, state, text}
  index: new Map(),
  place() { return this.index.get(this.seq) ?? 0; },
  page(seq = this.seq) { return this.pages[this.index.get(seq) ?? 0]; },
  image(page, limit) {
    let width = page.width;
    while (width > limit) width = Math.ceil(width / 2);
    return `/iiif/image/3/${this.object}.${page.seq}/full/${Math.max(1, width)},/0/default.jpg`;
  },
  link(seq = this.seq, more = {}) {
    const query = new URLSearchParams({ page: seq });
    if (this.view !== "single") query.set("view", this.view);
    if (this.hits?.query) query.set("q", this.hits.query);
    for (const [name, value] of Object.entries(more)) query.set(name, value);
    return `${this.url}?${query}`.replaceAll("%2C", ",");
  },
  /** The places on the stage: one page, or the two of an open book. */
  spread(place = this.place()) {
    if (this.view !== "double") return [place];
    const sheetsAlone = ["map", "photographs", "document"].includes(say.kind);
    let start = place;
    if (sheetsAlone) start = place - (place % 2);
    else if (place > 0) start = place % 2 ? place : place - 1;
    else return [0];
    return [start, start + 1].filter((p) => p < this.pages.length);
  },
  note(page) {
    return { closed: say.sayClosed, missing: say.sayMissing, waiting: say.sayWaiting, failed: say.sayWaiting }[page.state] ?? "";
  },
  async go(seq, { quiet = false, scroll = true, focus = null } = {}) {
    if (!this.index.has(seq)) return;
    const changed = seq !== this.seq;
    this.seq = seq;
    const address = this.link();
    if (changed) history.replaceState(null, "", address);
    paint(changed && !quiet);
    this.places.remember();
    if (this.view === "scroll") { if (scroll) this.scroll.show(seq); }
    else await this.stage.show(focus);
    this.text.load(seq);
    this.thumbs.mark();
    this.hits.mark();
  },
  turn(step) {
    const shown = this.spread();
    const place = step > 0 ? shown[shown.length - 1] + 1 : shown[0] - 1;
    if (place < 0 || place >= this.pages.length) return;
    this.go(this.pages[place].seq);
  },
  async setView(view) {
    this.view = view;
    for (const choice of root.querySelectorAll("[data-view-choice]")) {
      if (choice.dataset.viewChoice === view) choice.setAttribute("aria-current", "true");
      else choice.removeAttribute("aria-current");
    }
    history.replaceState(null, "", this.link());
    sheets.classList.toggle("rd-sheets--scroll", view === "scroll");
    sheets.classList.toggle("rd-sheets--double", view === "double");
    if (view === "scroll") { this.stage.close(); this.scroll.open(); }
    else { this.scroll.close(); await this.stage.show(); }
    paint(false);
  },
  panel(name, open) {
    const panel = name === "text" ? $("[data-text]") : $(`[data-panel-of="${name}"]`);
    if (!panel) return;
    const now = open ?? !panel.hasAttribute("data-open");
    if (name !== "text") {
      for (const other of root.querySelectorAll("[data-panel-of]")) if (other !== panel) other.removeAttribute("data-open");
      $("[data-side]").toggleAttribute("data-open", now);
      if (now && !matchMedia("(min-width: 60rem)").matches) $("[data-text]").removeAttribute("data-open");
    } else if (now && !matchMedia("(min-width: 60rem)").matches) { this.panel("pages", false); }
    panel.toggleAttribute("data-open", now);
    for (const button of root.querySelectorAll("[data-panel]")) {
      const of = button.dataset.panel === "text" ? $("[data-text]") : $(`[data-panel-of="${button.dataset.panel}"]`);
      button.setAttribute("aria-expanded", String(Boolean(of?.hasAttribute("data-open"))));
    }
    if (now && name === "pages") this.thumbs.open();
    if (now && name === "text") this.text.load(this.seq);
  },
  async copy(text) {
    try { await navigator.clipboard.writeText(text); announce(say.sayCopied); }
    catch { window.prompt(say.sayCopied, text); }
  },
};

/** What the page says of where it is: title, links, place, contents. */
function paint(speak) {
  const page = reader.page();
  const words = { name: page.name, place: reader.place() + 1, total: reader.pages.length, title: say.title };
  $("[data-place]").textContent = fill(say.sayPage, words).split(",")[0];
  $("[data-count]").textContent = `${words.place.toLocaleString(document.documentElement.lang)} / ${words.total.toLocaleString(document.documentElement.lang)}`;
  document.title = document.title.replace(/^.*(?= · )/, `${say.title}, ${fill(say.sayPage, words).split(",")[0].toLowerCase()}`);
  const shown = reader.spread();
  for (const turn of root.querySelectorAll("[data-turn]")) {
    const place = turn.dataset.turn === "1" ? shown[shown.length - 1] + 1 : shown[0] - 1;
    const there = reader.pages[place];
    if (there) { turn.href = reader.link(there.seq); turn.removeAttribute("aria-disabled"); }
    else { turn.removeAttribute("href"); turn.setAttribute("aria-disabled", "true"); }
  }
  for (const choice of root.querySelectorAll("[data-view-choice]")) choice.href = `${reader.url}?page=${reader.seq}&view=${choice.dataset.viewChoice}`;
  let current = null;
  for (const entry of root.querySelectorAll(".rd-contents [data-go]")) {
    entry.removeAttribute("aria-current");
    if ((reader.index.get(Number(entry.dataset.go)) ?? Infinity) <= reader.place()) current = entry;
  }
  current?.setAttribute("aria-current", "true");
  if (speak) announce(fill(say.sayPage, words));
}

const doing = {
  "zoom-in": () => reader.stage.zoom(1.4),
  "zoom-out": () => reader.stage.zoom(1 / 1.4),
  whole: () => reader.stage.home(),
  rotate: () => reader.stage.rotate(),
  fullscreen: () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.()),
  link: () => reader.copy(new URL(reader.link(), location.href).href),
  print: () => reader.stage.print(),
  help: () => document.querySelector("[data-help]").showModal(),
  "copy-text": () => reader.copy(reader.text.plain()),
};

async function begin() {
  document.body.classList.add("rd-body--live");
  root.classList.add("rd--live");
  for (const part of root.querySelectorAll("[data-scripted]")) part.hidden = false;
  $("[data-do=fullscreen]").hidden = !document.fullscreenEnabled;
  moreTools(root);
  reader.keeping = new Keeping(say.keep);
  reader.scroll = new Scroll(reader);
  reader.stage = new Stage(reader);
  reader.text = new TextPanel(reader);
  reader.thumbs = new Thumbs(reader);
  reader.hits = new Hits(reader);
  reader.places = new Places(reader);
  doing.region = regionTool(reader);
  const rows = await getJson(`${reader.url}/pages.json`);
  reader.pages = rows.map(([seq, name, width, height, state, text]) => ({ seq, name, width, height, state, text }));
  reader.pages.forEach((page, place) => reader.index.set(page.seq, place));
  root.addEventListener("click", clicked);
  window.addEventListener("beforeprint", () => reader.stage.onPaper());
  document.addEventListener("fullscreenchange", () => {
    $("[data-do=fullscreen]").setAttribute("aria-pressed", String(document.fullscreenElement === root));
  });
  keysFor(reader, doing);
  paint(false);
  const asked = new URLSearchParams(location.search);
  const wide = matchMedia("(min-width: 60rem)").matches;
  await reader.hits.begin(asked.get("q") ?? "");
  if (reader.hits.query && wide) reader.panel("hits", true);
  if (root.querySelector(".rd-layers") && wide) reader.panel("text", true);
  await reader.text.load(reader.seq);
  reader.places.offer(asked);
  reader.places.keepSeat();
  if (reader.view === "scroll") reader.scroll.open();
  else await afterFirstPicture(() => reader.stage.show(regionAsked(asked)));
  root.dataset.ready = "";
}

const regionAsked = (asked) => {
  const parts = (asked.get("xywh") ?? "").split(",").map(Number);
  return parts.length === 4 && parts.every((n) => Number.isInteger(n) && n >= 0) && parts[2] && parts[3] ? parts : null;
};

/** The small picture of the page itself comes first; the stage is loaded when it is there. */
async function afterFirstPicture(then) {
  const picture = sheets.querySelector("img");
  if (picture && !picture.complete) await new Promise((done) => { picture.onload = picture.onerror = done; });
  await then();
}

function clicked(event) {
  const target = event.target.closest("[data-go], [data-turn], [data-view-choice], [data-panel], [data-do], [data-close-panel]");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const { go, turn, viewChoice, panel, do: act } = target.dataset;
  if (target.dataset.hit !== undefined) reader.hits.at = Number(target.dataset.hit);
  event.preventDefault();
  if (go) reader.go(Number(go));
  else if (turn) reader.turn(Number(turn));
  else if (viewChoice) reader.setView(viewChoice);
  else if (panel) reader.panel(panel);
  else if (act) doing[act]?.(target, event);
  else if ("closePanel" in target.dataset) {
    const owner = target.closest("[data-panel-of]")?.dataset.panelOf ?? "text";
    reader.panel(owner, false);
    $(`[data-panel="${owner}"]`)?.focus();
  }
  if (go && !matchMedia("(min-width: 60rem)").matches) reader.panel("pages", false);
}

begin().catch((error) => { root.dataset.failed = ""; announce(say.sayFailed); console.warn(error); });
