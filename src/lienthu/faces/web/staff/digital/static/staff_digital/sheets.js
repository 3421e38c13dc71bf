// The pages of a volume as a list of tiles: which one is current, which are chosen, how each is drawn.

const THUMB = "!180,220";

/** Draws tiles and keeps the choice. `say`: the sentences of the screen. */
export class Sheets {
  constructor(place, root, changed) {
    this.place = place;
    this.say = root.dataset;
    this.changed = changed;
    this.pages = new Map(); // seq -> tile
    this.order = [];
    this.nodes = new Map();
    this.chosen = new Set();
    this.current = null;
    this.anchor = null;
    this.marked = new Set(); // tiles that are drawn as chosen or current
  }

  image(seq, size) {
    const page = this.pages.get(seq);
    return `${this.say.image}${seq}/full/${size}/0/default.jpg?v=${page.version}`;
  }

  load(rows) {
    this.order = [];
    this.pages.clear();
    this.take(rows);
    this.order = rows.map((row) => row[0]);
    this.arrange();
  }

  take(rows) {
    for (const [seq, label, state, closed, version, width, height, problem] of rows) {
      const { place } = this.pages.get(seq) ?? {}; // told by the order, which an act on a page need not change
      this.pages.set(seq, { seq, label, state, closed: Boolean(closed), version, width, height, problem, place });
      this.nodes.get(seq)?.replaceWith(this.node(seq));
    }
  }

  /** Put the tiles into the order that holds now; only what moved is touched. */
  arrange() {
    const there = new Set(this.order);
    for (const [seq, node] of this.nodes) {
      if (!there.has(seq)) {
        node.remove();
        this.nodes.delete(seq);
        this.pages.delete(seq);
        this.chosen.delete(seq);
      }
    }
    let next = this.place.firstElementChild;
    for (const seq of this.order) {
      const node = this.nodes.get(seq) ?? this.node(seq);
      if (node === next) next = next.nextElementSibling;
      else this.place.insertBefore(node, next);
    }
    if (!there.has(this.current)) this.current = this.order[0] ?? null;
    this.order.forEach((seq, n) => {
      this.pages.get(seq).place = n + 1;
      this.nodes.get(seq).querySelector(".sheet__place").textContent = n + 1;
    });
    this.mark();
  }

  node(seq) {
    const page = this.pages.get(seq);
    const node = document.createElement("div");
    node.className = `sheet sheet--${page.state}${page.closed ? " sheet--closed" : ""}${seq === this.current ? " sheet--current" : ""}`;
    node.id = `sheet-${seq}`;
    node.dataset.seq = seq;
    node.draggable = true;
    node.setAttribute("role", "option");
    const paper = document.createElement("span");
    paper.className = "sheet__paper";
    if (page.state === "ready") {
      const image = document.createElement("img");
      image.loading = "lazy";
      image.decoding = "async";
      image.draggable = false;
      image.alt = "";
      if (page.width) [image.width, image.height] = [page.width, page.height];
      image.src = this.image(seq, THUMB);
      paper.append(image);
    } else {
      paper.textContent = page.problem || this.say[`sayState${page.state[0].toUpperCase()}${page.state.slice(1)}`];
    }
    const line = document.createElement("span");
    line.className = "sheet__line";
    const label = document.createElement("span");
    label.className = "sheet__label";
    label.textContent = page.label || "–";
    const place = document.createElement("span");
    place.className = "sheet__place";
    place.textContent = page.place ?? "";
    line.append(label, place);
    if (page.closed) {
      const closed = document.createElement("span");
      closed.className = "sheet__closed";
      closed.textContent = this.say.sayClosed;
      paper.append(closed);
    }
    node.append(paper, line);
    this.nodes.set(seq, node);
    node.setAttribute("aria-selected", String(this.chosen.has(seq)));
    return node;
  }

  describe(seq) {
    const page = this.pages.get(seq);
    const parts = [`${this.say.sayPage} ${page.label || this.say.sayNone}`];
    if (page.state !== "ready") parts.push(page.problem || this.say[`sayState${page.state[0].toUpperCase()}${page.state.slice(1)}`]);
    if (page.closed) parts.push(this.say.sayClosed);
    return parts.join(", ");
  }

  mark() {
    const lit = new Set([...this.chosen, this.current]);
    for (const seq of new Set([...this.marked, ...lit])) { // not all: there may be ten thousand, and a key held down
      const node = this.nodes.get(seq);
      if (!node) continue;
      const on = this.chosen.has(seq);
      if ((node.getAttribute("aria-selected") === "true") !== on) node.setAttribute("aria-selected", String(on));
      node.classList.toggle("sheet--current", seq === this.current);
    }
    this.marked = lit;
    if (this.current) this.place.setAttribute("aria-activedescendant", `sheet-${this.current}`);
    else this.place.removeAttribute("aria-activedescendant");
    this.changed();
  }

  /** The chosen pages in their order; the current one when none is chosen. */
  selection() {
    const found = this.order.filter((seq) => this.chosen.has(seq));
    return found.length ? found : this.current ? [this.current] : [];
  }

  go(seq, { extend = false, toggle = false } = {}) {
    if (!this.pages.has(seq)) return;
    if (extend) {
      this.anchor ??= this.current;
      const [from, to] = [this.order.indexOf(this.anchor), this.order.indexOf(seq)].sort((a, b) => a - b);
      this.chosen = new Set(this.order.slice(from, to + 1));
    } else if (toggle) {
      if (!this.chosen.delete(seq)) this.chosen.add(seq);
      this.anchor = seq;
    } else {
      this.chosen = new Set([seq]);
      this.anchor = seq;
    }
    this.current = seq;
    this.mark();
    this.nodes.get(seq).scrollIntoView({ block: "nearest" });
  }

  all() {
    this.chosen = new Set(this.order);
    this.mark();
  }

  columns() {
    const [first, ...others] = this.order.map((seq) => this.nodes.get(seq));
    if (!first) return 1;
    const n = others.findIndex((node) => node.offsetTop > first.offsetTop);
    return n < 0 ? this.order.length : n + 1;
  }

  step(by, options) {
    const at = this.order.indexOf(this.current);
    this.go(this.order[Math.min(this.order.length - 1, Math.max(0, at + by))], options);
  }
}
