// Search inside: hits in a list, their boxes on the page, one after the other by key.
import { announce } from "../../ui/js/announce.js";
import { fill, getJson, make } from "./asking.js";

export class Hits {
  constructor(reader) {
    this.reader = reader;
    this.query = "";
    this.list = [];
    this.at = -1;
    this.place = reader.root.querySelector("[data-hits]");
    this.sum = reader.root.querySelector("[data-hits-sum]");
    this.form = document.querySelector("[data-search]");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(this.form.q.value.trim(), true);
    });
  }

  async begin(query) {
    if (query) await this.ask(query, false);
  }

  async ask(query, jump) {
    const { reader } = this;
    this.query = query;
    this.at = -1;
    let found = { hits: [], pages: 0, next: null };
    try { if (query) found = await this.find(query, ""); } catch { this.failed(); return; }
    if (query !== this.query) return; // another search was begun meanwhile
    this.list = found.hits;
    this.next = found.next;
    this.paint();
    const button = reader.root.querySelector('[data-panel="hits"]');
    const panel = reader.root.querySelector('[data-panel-of="hits"]');
    button.hidden = panel.hidden = !query;
    if (!jump) {
      this.at = this.list.findIndex((hit) => hit.page === reader.seq);
      this.mark();
      return;
    }
    reader.panel("hits", Boolean(query));
    const words = { hits: this.list.length, pages: found.pages };
    announce(query ? (this.list.length ? fill(reader.say.sayHits, words) : reader.say.sayNone) : "");
    if (this.list.length) this.go(0);
    else { reader.stage.draw(); reader.scroll.draw(); history.replaceState(null, "", reader.link()); }
  }

  /** Hits behind a position; a volume of thousands of pages is looked through in several answers. */
  async find(query, after) {
    let found = { hits: [], pages: 0, next: after };
    do {
      const from = found.next === "" ? "" : `&after=${found.next}`;
      found = await getJson(`${this.reader.url}/search.json?q=${encodeURIComponent(query)}${from}`);
    } while (!found.hits.length && found.next !== null && query === this.query);
    return found;
  }

  /** No answer: it is said, and what was found before stays. */
  failed() {
    this.sum.textContent = this.reader.say.sayFailed;
    announce(this.reader.say.sayFailed);
  }

  paint() {
    const { reader } = this;
    const page = reader.root.querySelector("[data-place]").textContent.split(" ")[0];
    this.place.replaceChildren(...this.list.map((hit, number) => {
      const line = hit.text ? [make("span", {}, `…${hit.before}`, make("mark", {}, hit.text), `${hit.after}…`)] : [];
      const link = make("a", { href: reader.link(hit.page), "data-go": hit.page, "data-hit": number },
        make("span", { class: "rd-hits__page num" }, `${page} ${hit.name}`), " ", ...line);
      return make("li", {}, link);
    }));
    if (this.next !== null && this.next !== undefined) {
      const more = make("button", { class: "btn btn--small", type: "button" }, reader.say.sayMore);
      more.addEventListener("click", () => this.more());
      this.place.append(make("li", {}, more));
    }
    const pages = new Set(this.list.map((hit) => hit.page)).size;
    this.sum.textContent = this.list.length ? fill(reader.say.sayHits, { hits: this.list.length, pages }) : reader.say.sayNone;
  }

  async more() {
    const { query } = this;
    let found;
    try { found = await this.find(query, this.next); } catch { this.failed(); return; }
    if (query !== this.query) return;
    const before = this.list.length;
    this.list.push(...found.hits);
    this.next = found.next;
    this.paint();
    this.place.querySelectorAll("a")[before]?.focus();
  }

  current() {
    const hit = this.list[this.at];
    return hit && hit.page === this.reader.seq && hit.boxes.length ? hit : null;
  }

  go(number) {
    if (!this.list.length) return;
    this.at = (number + this.list.length) % this.list.length;
    const hit = this.list[this.at];
    this.reader.go(hit.page);
    history.replaceState(null, "", this.reader.link());
    this.mark();
  }

  step(by) { this.go(this.at + by); }

  marks(seq) {
    return this.list.flatMap((hit, number) => (hit.page === seq ? hit.boxes.map((box) => ({ box, css: number === this.at ? "rd-mark rd-mark--now" : "rd-mark" })) : []));
  }

  mark() {
    for (const link of this.place.querySelectorAll("a")) {
      if (Number(link.dataset.hit) === this.at) { link.setAttribute("aria-current", "true"); link.scrollIntoView({ block: "nearest" }); }
      else link.removeAttribute("aria-current");
    }
    this.reader.stage.draw();
    this.reader.scroll.draw();
  }
}
