// All pages one below the other, as plain pictures that load when they come near: light enough for old phones.
import { marksOver } from "./asking.js";
import { sheetOf } from "./stage.js";

export class Scroll {
  constructor(reader) {
    this.reader = reader;
    this.watcher = null;
  }

  open() {
    const { reader } = this;
    const pieces = document.createDocumentFragment();
    for (const page of reader.pages) pieces.append(sheetOf(reader, page, 1200, true));
    reader.sheets.replaceChildren(pieces);
    reader.sheets.tabIndex = 0;
    this.draw();
    this.show(reader.seq);
    this.watcher?.disconnect();
    this.seen = new Map();
    this.watcher = new IntersectionObserver((entries) => this.moved(entries), { root: reader.sheets, threshold: [0.15, 0.5, 0.85] });
    for (const sheet of reader.sheets.children) this.watcher.observe(sheet);
  }

  moved(entries) {
    for (const entry of entries) {
      const seq = Number(entry.target.dataset.sheet);
      if (entry.isIntersecting) this.seen.set(seq, entry.intersectionRect.height);
      else this.seen.delete(seq);
    }
    const most = [...this.seen].sort((a, b) => b[1] - a[1])[0];
    if (most && most[0] !== this.reader.seq) this.reader.go(most[0], { quiet: true, scroll: false });
  }

  show(seq) {
    // not scrollIntoView: that would move everything around too
    const { sheets } = this.reader;
    const sheet = sheets.querySelector(`[data-sheet="${seq}"]`);
    if (sheet) sheets.scrollTop += sheet.getBoundingClientRect().top - sheets.getBoundingClientRect().top;
  }

  draw() {
    const { reader } = this;
    if (reader.view !== "scroll") return;
    for (const sheet of reader.sheets.children) {
      sheet.querySelector(".rd-marks")?.remove();
      const page = reader.page(Number(sheet.dataset.sheet));
      const marks = [...reader.hits.marks(page.seq)];
      if (marks.length) sheet.querySelector(".rd-sheet__link")?.append(marksOver(page, marks));
    }
  }

  close() {
    this.watcher?.disconnect();
    this.reader.sheets.removeAttribute("tabindex");
    this.reader.sheets.replaceChildren();
  }
}
