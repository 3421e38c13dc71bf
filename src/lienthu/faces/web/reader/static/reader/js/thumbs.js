// Small pictures of the pages around, more of them as the list is scrolled: never those of ten thousand pages at once.
import { make } from "./asking.js";

const PIECE = 100;

export class Thumbs {
  constructor(reader) {
    this.reader = reader;
    this.list = reader.root.querySelector("[data-thumbs]");
    this.made = false;
    [this.from, this.to] = [0, 0]; // places that stand in the list
    this.ends = new IntersectionObserver((seen) => {
      if (seen.some((one) => one.isIntersecting)) this.grow(seen);
    }, { root: null, rootMargin: "600px" });
  }

  open() {
    this.made = true;
    this.mark();
  }

  item(page) {
    const { reader } = this;
    const picture = page.state ? make("span", { class: "rd-thumbs__none", "aria-hidden": "true" })
      : make("img", { src: reader.image(page, 150), alt: "", loading: "lazy", width: page.width, height: page.height });
    return make("li", {}, make("a", { href: reader.link(page.seq), "data-go": page.seq }, picture, make("span", { class: "num" }, page.name)));
  }

  items(from, to) {
    return this.reader.pages.slice(from, to).map((page) => this.item(page));
  }

  /** The pages around a place, instead of those that stand there. */
  around(place) {
    this.from = Math.max(0, place - PIECE / 2);
    this.to = Math.min(this.reader.pages.length, this.from + PIECE);
    this.list.replaceChildren(...this.items(this.from, this.to));
    this.watch();
  }

  /** More at the end that came near; what is read stays where it is. */
  grow(seen) {
    const near = new Set(seen.filter((one) => one.isIntersecting).map((one) => one.target));
    if (near.has(this.list.lastElementChild) && this.to < this.reader.pages.length) {
      const to = Math.min(this.reader.pages.length, this.to + PIECE);
      this.list.append(...this.items(this.to, to));
      this.to = to;
    } else if (near.has(this.list.firstElementChild) && this.from > 0) {
      const first = this.list.firstElementChild;
      const stood = first.getBoundingClientRect().top;
      const from = Math.max(0, this.from - PIECE);
      this.list.prepend(...this.items(from, this.from));
      this.from = from;
      const moved = first.getBoundingClientRect().top - stood;
      if (moved) this.scroller()?.scrollBy({ top: moved, behavior: "instant" });
    } else return;
    this.watch();
  }

  scroller() {
    for (let node = this.list; node; node = node.parentElement) {
      if (node.scrollHeight > node.clientHeight && /auto|scroll/.test(getComputedStyle(node).overflowY)) return node;
    }
    return null;
  }

  watch() {
    this.ends.disconnect();
    if (this.from > 0) this.ends.observe(this.list.firstElementChild);
    if (this.to < this.reader.pages.length) this.ends.observe(this.list.lastElementChild);
  }

  mark() {
    if (this.made && this.reader.pages.length) {
      const place = this.reader.place();
      if (place < this.from || place >= this.to) this.around(place);
    }
    this.list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const link = this.list.querySelector(`[data-go="${this.reader.seq}"]`);
    link?.setAttribute("aria-current", "page");
    if (link && this.list.closest("[data-open]")) link.scrollIntoView({ block: "nearest" });
  }
}
