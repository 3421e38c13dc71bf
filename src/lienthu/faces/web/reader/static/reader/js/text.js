// The text beside the page: words that show their place, places that show their words, layers line by line.
import { getJson, make } from "./asking.js";

export class TextPanel {
  constructor(reader) {
    this.reader = reader;
    this.panel = reader.root.querySelector("[data-text]");
    this.body = reader.root.querySelector("[data-text-body]");
    this.title = reader.root.querySelector("#rd-text-title");
    this.kept = new Map();
    this.body.addEventListener("pointerover", (event) => this.over(event));
    this.body.addEventListener("pointerleave", () => reader.stage.showWord(0, null));
    this.body.addEventListener("click", (event) => this.chosen(event));
  }

  async load(seq) {
    const { reader } = this;
    const page = reader.page(seq);
    this.title.textContent = this.title.textContent.replace(/(\S+|\[\d+\])$/, page.name);
    if (page.state || !page.text) {
      this.layers = [];
      this.body.replaceChildren(make("p", { class: "muted" }, reader.note(page) || reader.say.sayNoText));
      return;
    }
    if (!this.kept.has(seq)) {
      if (this.kept.size > 30) this.kept.delete(this.kept.keys().next().value);
      this.kept.set(seq, getJson(`${reader.url}/text/${seq}.json`));
    }
    let found;
    try { found = await this.kept.get(seq); } catch { this.kept.delete(seq); return; }
    if (seq !== reader.seq) return;
    this.seq = seq;
    this.layers = found.layers;
    this.panel.classList.toggle("rd-text--layers", found.layers.length > 1);
    this.fonts();
    this.body.replaceChildren(found.layers.length > 1 ? this.table() : this.lines(found.layers[0]));
  }

  /** The font with ideographs is fetched where there are some. */
  fonts() {
    if (document.head.querySelector("[data-han]") || !this.layers.some((layer) => layer.language.startsWith("zh"))) return;
    document.head.append(make("link", { rel: "stylesheet", href: this.reader.say.han, "data-han": "" }));
  }

  lines(layer) {
    const place = make("div", { class: "rd-lines", lang: layer?.language || null });
    layer?.lines.forEach((line, number) => place.append(make("p", { "data-line": number }, ...this.words(line, number, 0))));
    return place;
  }

  /** Every word a span that knows its number; what stands between words is kept as it is in the line. */
  words([text, words], line, layer) {
    const parts = [];
    let from = 0;
    words.forEach(([word], number) => {
      const at = text.indexOf(word, from);
      if (at > from) parts.push(text.slice(from, at));
      parts.push(make("span", { class: "rd-w", "data-w": `${layer}.${line}.${number}` }, word));
      from = at + word.length;
    });
    if (from < text.length) parts.push(text.slice(from));
    return parts;
  }

  table() {
    const head = make("tr", {}, ...this.layers.map((layer) => make("th", { scope: "col" }, layer.label)));
    const rows = Math.max(...this.layers.map((layer) => layer.lines.length));
    const body = make("tbody");
    for (let row = 0; row < rows; row += 1) {
      const cells = this.layers.map((layer, number) => make("td", { "data-label": layer.label, lang: layer.language || null },
        ...(layer.lines[row] ? this.words(layer.lines[row], row, number) : [])));
      body.append(make("tr", { "data-line": row }, ...cells));
    }
    return make("table", { class: "rd-layers" }, make("thead", {}, head), body);
  }

  boxOf(name) {
    const [layer, line, number] = name.split(".").map(Number);
    const word = this.layers?.[layer]?.lines[line]?.[1][number];
    if (!word) return null;
    // typed layers beside an original share its lines, not its words: they point at the whole line
    if (layer > 0 && this.layers[0].lines[line]) return lineBox(this.layers[0].lines[line][1]);
    return word.slice(1, 5);
  }

  over(event) {
    const word = event.target.closest("[data-w]");
    if (word) this.reader.stage.showWord(this.seq, this.boxOf(word.dataset.w));
  }

  chosen(event) {
    const word = event.target.closest("[data-w]");
    if (!word || String(window.getSelection())) return;
    const box = this.boxOf(word.dataset.w);
    if (!box) return;
    this.reader.stage.showWord(this.seq, box);
    if (this.reader.view !== "scroll") this.reader.stage.look(this.seq, box, 6);
  }

  /** Somebody pointed at the page: show the word there in the text. */
  pointed(seq, x, y) {
    if (seq !== this.seq || !this.layers?.length) return;
    this.layers[0].lines.forEach(([, words], line) => words.forEach(([, left, top, w, h], number) => {
      if (x < left || y < top || x > left + w || y > top + h) return;
      for (const old of this.body.querySelectorAll(".rd-w--on")) old.classList.remove("rd-w--on");
      const span = this.body.querySelector(`[data-w="0.${line}.${number}"]`);
      span?.classList.add("rd-w--on");
      if (this.panel.hasAttribute("data-open")) span?.scrollIntoView({ block: "center" });
      this.reader.stage.showWord(seq, [left, top, w, h]);
    }));
  }

  plain() {
    return (this.layers ?? []).map((layer) => layer.lines.map(([text]) => text).join("\n")).join("\n\n");
  }
}

function lineBox(words) {
  const left = Math.min(...words.map((w) => w[1])), top = Math.min(...words.map((w) => w[2]));
  return [left, top, Math.max(...words.map((w) => w[1] + w[3])) - left, Math.max(...words.map((w) => w[2] + w[4])) - top];
}
