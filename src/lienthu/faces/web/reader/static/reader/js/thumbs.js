// Small pictures of all pages, made when the list is opened, loaded when they come near.
import { make } from "./asking.js";

const AT_ONCE = 200;

export class Thumbs {
  constructor(reader) {
    this.reader = reader;
    this.list = reader.root.querySelector("[data-thumbs]");
    this.made = false;
  }

  open() {
    if (!this.made) {
      this.made = true;
      this.fill(0);
    }
    this.mark();
  }

  /** In pieces, so that a volume of thousands of pages does not hold anything up. */
  fill(start) {
    const { reader } = this;
    const pieces = reader.pages.slice(start, start + AT_ONCE).map((page) => {
      const picture = page.state ? make("span", { class: "rd-thumbs__none", "aria-hidden": "true" })
        : make("img", { src: reader.image(page, 150), alt: "", loading: "lazy", width: page.width, height: page.height });
      return make("li", {}, make("a", { href: reader.link(page.seq), "data-go": page.seq }, picture, make("span", { class: "num" }, page.name)));
    });
    if (start === 0) this.list.replaceChildren(...pieces);
    else this.list.append(...pieces);
    this.mark();
    if (start + AT_ONCE < reader.pages.length) window.setTimeout(() => this.fill(start + AT_ONCE), 30);
  }

  mark() {
    this.list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const link = this.list.querySelector(`[data-go="${this.reader.seq}"]`);
    link?.setAttribute("aria-current", "page");
    if (link && this.list.closest("[data-open]")) link.scrollIntoView({ block: "nearest" });
  }
}
