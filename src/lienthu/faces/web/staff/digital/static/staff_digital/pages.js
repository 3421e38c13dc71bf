// The page editor. Every act is one request; only the tiles that changed are drawn anew.
import { announce } from "../ui/js/announce.js";
import { Sheets } from "./sheets.js";
import { Contents } from "./contents.js";

const root = document.querySelector("[data-editor]");
if (root) start(root);

function start(root) {
  const $ = (selector) => root.querySelector(selector);
  const say = root.dataset;
  const written = (n) => n?.toLocaleString(document.documentElement.lang) ?? "";
  const csrf = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
  const status = $("[data-status]");
  const refusal = $("[data-refusal]");
  const view = $("[data-view]");
  const place = $("[data-sheets]");
  const help = document.querySelector("#keys-help");
  let version = 0;
  let cut = [];
  let busy = Promise.resolve();
  const sheets = new Sheets(place, root, tell);
  const contents = new Contents($("[data-toc]"), root, sheets, (entries) => act("contents", { entries }));

  async function ask(url, body) {
    const answer = await fetch(url, body === undefined ? { headers: { Accept: "application/json" } } : {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify(body),
    });
    const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
    if (!answer.ok) throw Object.assign(new Error(told.message ?? say.sayLost), { code: told.code });
    return told;
  }

  function refuse(error) {
    refusal.hidden = false;
    $("[data-refusal-text]").textContent = error.message || say.sayLost;
    refusal.scrollIntoView({ block: "nearest" });
    if (error.code === "conflict") load();
  }

  function taken(told) {
    version = told.version;
    const undo = $('[data-do="undo"]');
    undo.disabled = !told.undo;
    $("[data-undo-what]").textContent = told.undo ? `: ${told.undo}` : "";
    if (told.contents) contents.load(told.contents);
  }

  async function load() {
    try {
      const told = await ask(say.url);
      sheets.load(told.pages);
      taken(told);
      const wanted = Number(new URLSearchParams(location.search).get("page"));
      if (wanted && sheets.pages.has(wanted) && !sheets.chosen.size) sheets.go(wanted);
      watch();
    } catch (error) {
      refuse(error);
    }
  }

  /** One act after the other: each names the version that the one before it made. `more` may be a function:
   *  asked when the turn comes, for what depends on the acts before it; it gives null when nothing is to be done. */
  function act(name, more = {}) {
    refusal.hidden = true;
    busy = busy.then(async () => {
      const wanted = typeof more === "function" ? more() : more;
      if (!wanted) return;
      const asked = { act: name, ...wanted };
      try {
        const told = await ask(say.act, { ...asked, seen: version });
        sheets.take(told.pages);
        if (told.order) {
          sheets.order = told.order;
          sheets.arrange();
        } else {
          sheets.mark();
        }
        taken(told);
        contents.draw();
        announce(name === "undo" ? `${say.sayUndone} ${told.said}` : told.undo);
        watch();
      } catch (error) {
        refuse(error);
      }
    });
    return busy;
  }

  let watching = 0;
  function watch() {
    window.clearTimeout(watching);
    const due = sheets.order.filter((seq) => sheets.pages.get(seq).state === "waiting");
    if (!due.length) return;
    watching = window.setTimeout(async () => {
      try {
        if (!document.hidden) {
          const { waiting } = await ask(say.waiting);
          const still = new Set(waiting);
          const come = due.filter((seq) => !still.has(seq) && sheets.pages.has(seq)).slice(0, 400);
          if (come.length) {
            const { pages } = await ask(`${say.some}?seqs=${come.join(",")}`);
            const here = pages.filter(([seq]) => sheets.pages.has(seq));
            sheets.take(here);
            sheets.mark();
          }
        }
      } catch {
        // asked again in a moment
      }
      watch();
    }, 3000);
  }

  let viewing = 0;
  function tell() {
    if (!sheets.order.length) {
      status.textContent = say.sayEmpty;
      view.hidden = true;
      return;
    }
    const seq = sheets.current;
    const page = sheets.pages.get(seq);
    const parts = [`${say.sayPage} ${page.label || say.sayNone} · ${written(page.place)} ${say.sayOf} ${written(sheets.order.length)}`];
    if (sheets.chosen.size > 1) parts.push(`${written(sheets.chosen.size)} ${say.sayChosen}`);
    if (cut.length) parts.push(`${written(cut.length)} ${say.sayCut}`);
    status.textContent = parts.join(" · ");
    window.clearTimeout(viewing);
    viewing = window.setTimeout(() => { // not while somebody runs through the volume
      if (!view.offsetParent && !view.hidden) return;
      view.hidden = false;
      const image = $("[data-view-image]");
      image.hidden = page.state !== "ready";
      if (page.state === "ready" && image.dataset.at !== `${seq}-${page.version}`) {
        image.dataset.at = `${seq}-${page.version}`;
        image.src = sheets.image(seq, "!600,800");
      }
      $("[data-view-caption]").textContent = sheets.describe(seq);
    }, 150);
  }

  /** Ask in a dialog; the form's values, or null. */
  function dialog(name, set = () => {}) {
    const box = $(`[data-dialog="${name}"]`);
    const form = box.querySelector("form");
    set(form, box);
    box.returnValue = "cancel";
    box.showModal();
    form.querySelector("input, select")?.select?.();
    return new Promise((resolve) => {
      box.addEventListener("close", () => {
        place.focus();
        resolve(["cancel", ""].includes(box.returnValue) ? null : { how: box.returnValue, ...Object.fromEntries(new FormData(form)) });
      }, { once: true });
    });
  }
  contents.dialog = dialog;
  for (const form of root.querySelectorAll("dialog form")) {
    form.addEventListener("keydown", (event) => { // browsers send a form by Enter from text fields only
      if (event.key !== "Enter" || !event.target.matches("select, input[type=checkbox]")) return;
      event.preventDefault();
      form.requestSubmit(form.querySelector("button"));
    });
  }

  const numberForm = $('[data-dialog="number"] form');
  const numbering = () => ({
    scheme: numberForm.scheme.value, start: Number(numberForm.start.value) || 0, sides: numberForm.sides.value,
    second_side: numberForm.second_side.checked, prefix: numberForm.scheme.value === "plates" ? numberForm.prefix.value : "",
  });
  async function preview() {
    for (const part of numberForm.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== numberForm.scheme.value;
    const out = $("[data-number-preview]");
    try {
      const told = await ask(say.preview, { ...numbering(), count: sheets.selection().length });
      out.textContent = told.first.join(", ") + (told.last ? ` … ${told.last}` : "");
    } catch (error) {
      out.textContent = error.message;
    }
  }
  numberForm.addEventListener("input", preview);
  $('[data-dialog="split"] form').percent.addEventListener("input", (event) => lineAt(event.target.value));
  const lineAt = (percent) => { $(".split-view__line").style.insetInlineStart = `${percent}%`; };

  const turn = (degrees) => act("rotate", { seqs: sheets.selection(), degrees });
  function shift(by) { // a key held down moves as often as it comes, each time from where the page is then
    return act("move", () => {
      const chosen = sheets.selection();
      const first = sheets.order.indexOf(chosen[0]);
      const last = sheets.order.indexOf(chosen.at(-1));
      if (by < 0 ? first === 0 : last === sheets.order.length - 1) return null;
      return { seqs: chosen, before: by < 0 ? sheets.order[first - 1] : sheets.order[last + 2] ?? null };
    });
  }
  const go = (where) => {
    const form = $("[data-upload-form]");
    form.action = say.upload + where;
    form.submit();
  };
  const does = {
    left: () => turn(270),
    right: () => turn(90),
    earlier: () => shift(-1),
    later: () => shift(1),
    async split() {
      const said = await dialog("split", (form, box) => {
        const ready = sheets.pages.get(sheets.current)?.state === "ready";
        if (ready) box.querySelector("[data-split-image]").src = sheets.image(sheets.current, "!600,800");
        box.querySelector(".split-view").hidden = !ready;
        lineAt(form.percent.value);
      });
      if (said) await act("split", { seqs: sheets.selection(), percent: Number(said.percent) });
    },
    async number() {
      const said = await dialog("number", preview);
      if (said) await act("number", { seqs: sheets.selection(), ...numbering() });
    },
    async label() {
      const page = sheets.pages.get(sheets.current);
      const said = await dialog("label", (form) => { form.label.value = page.label; });
      if (said) await act("label", { seq: page.seq, label: said.label });
    },
    contents: () => contents.edit(contents.at(sheets.current)),
    async missing() {
      const said = await dialog("missing");
      if (said) await act("missing", { after: said.first || !sheets.current ? null : sheets.current, count: Number(said.count) });
    },
    close() {
      const chosen = sheets.selection();
      return act("close", () => {
        const there = chosen.filter((seq) => sheets.pages.has(seq));
        const open = there.length && there.every((seq) => sheets.pages.get(seq).closed);
        return there.length ? { act: open ? "open" : "close", seqs: there } : null;
      });
    },
    cut() {
      cut = sheets.selection();
      $('[data-do="paste"]').disabled = !cut.length;
      tell();
      announce(`${cut.length} ${say.sayCut}`);
    },
    paste() {
      const seqs = cut.filter((seq) => sheets.pages.has(seq));
      cut = [];
      $('[data-do="paste"]').disabled = true;
      return seqs.length ? act("move", { seqs, before: sheets.current }) : undefined;
    },
    remove: () => act("remove", { seqs: sheets.selection() }),
    undo: () => act("undo"),
    async upload() {
      if (!sheets.current) {
        go("");
        return;
      }
      const said = await dialog("upload");
      if (said) go(`&${said.how}=${sheets.current}`);
    },
    async goto() {
      const said = await dialog("goto", (form) => { form.label.value = ""; });
      if (!said) return;
      const wanted = said.label.trim();
      const found = wanted.startsWith("#") ? sheets.order[Number(wanted.slice(1)) - 1] : sheets.order.find((seq) => sheets.pages.get(seq).label === wanted);
      if (found) sheets.go(found);
      else announce(say.sayGone);
    },
    text: () => location.assign(`${say.texts}?page=${sheets.current}`),
  };
  const needsPages = new Set(["left", "right", "split", "number", "label", "contents", "close", "cut", "paste", "remove", "earlier", "later", "text"]);
  function run(name) {
    if (needsPages.has(name) && !sheets.order.length) return;
    does[name]();
  }
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) run(button.dataset.do);
  });

  // Keys of one letter can be switched off (WCAG 2.1.4).
  const KEYS = "lienthu-pages-keys";
  const keysSwitch = $("[data-keys-switch]");
  let keysOn = localStorage.getItem(KEYS) !== "off";
  const tellKeys = () => {
    keysSwitch.setAttribute("aria-pressed", String(keysOn));
    keysSwitch.querySelector("span").textContent = keysOn ? say.sayKeysOn : say.sayKeysOff;
  };
  tellKeys();
  keysSwitch.addEventListener("click", () => {
    keysOn = !keysOn;
    localStorage.setItem(KEYS, keysOn ? "on" : "off");
    tellKeys();
  });
  const letters = { r: "right", l: "left", s: "split", n: "number", e: "label", t: "contents", m: "missing", c: "close", x: "cut", v: "paste", i: "upload", u: "undo", g: "goto" };

  place.addEventListener("keydown", (event) => {
    if (event.target !== place || event.defaultPrevented) return;
    const extend = event.shiftKey;
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: sheets.columns(), ArrowUp: -sheets.columns(), PageDown: 4 * sheets.columns(), PageUp: -4 * sheets.columns() };
    if (event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) run(event.key === "ArrowLeft" ? "earlier" : "later");
    else if (event.ctrlKey || event.metaKey) {
      if (event.code === "KeyA") sheets.all();
      else if (event.code === "KeyZ") run("undo");
      else return;
    } else if (event.altKey) return;
    else if (steps[event.key]) sheets.step(steps[event.key], { extend });
    else if (event.key === "Home") sheets.go(sheets.order[0], { extend });
    else if (event.key === "End") sheets.go(sheets.order.at(-1), { extend });
    else if (event.key === " ") sheets.go(sheets.current, { toggle: true });
    else if (event.key === "Enter") run("text");
    else if (event.key === "Delete") run("remove");
    else if (event.key === "?" && keysOn) {
      help.open = !help.open;
      if (help.open) help.scrollIntoView({ block: "nearest" });
    } else {
      // a Vietnamese input method may swallow letters: the place of the key tells then
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : "";
      if (!keysOn || event.repeat || !letters[key]) return;
      run(letters[key]);
    }
    event.preventDefault();
  });

  place.addEventListener("click", (event) => {
    const node = event.target.closest("[data-seq]");
    if (node) sheets.go(Number(node.dataset.seq), { extend: event.shiftKey, toggle: event.ctrlKey || event.metaKey });
    place.focus({ preventScroll: true });
  });
  place.addEventListener("dblclick", (event) => {
    if (event.target.closest("[data-seq]")) run("text");
  });
  place.addEventListener("dragstart", (event) => {
    const seq = Number(event.target.closest("[data-seq]")?.dataset.seq);
    if (!sheets.chosen.has(seq)) sheets.go(seq);
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "pages");
  });
  place.addEventListener("dragover", (event) => {
    const node = event.target.closest("[data-seq]");
    if (!node) return;
    event.preventDefault();
    for (const other of place.querySelectorAll(".sheet--target")) if (other !== node) other.classList.remove("sheet--target");
    node.classList.add("sheet--target");
  });
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    const node = event.target.closest("[data-seq]");
    for (const other of place.querySelectorAll(".sheet--target")) other.classList.remove("sheet--target");
    if (node) act("move", { seqs: sheets.selection(), before: Number(node.dataset.seq) });
  });
  load().then(() => place.focus({ preventScroll: true }));
}
