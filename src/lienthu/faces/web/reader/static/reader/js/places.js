// Where somebody stopped, remembered on this device only.
import { fill, make } from "./asking.js";

export class Places {
  constructor(reader) {
    this.reader = reader;
    this.place = reader.root.querySelector("[data-continue]");
  }

  /** Who reads on keeps the seat; who closes the page loses it when its time is over. */
  keepSeat() {
    const form = document.querySelector("[data-seat]");
    if (!form) return;
    let heard = Date.now();
    for (const kind of ["pointerdown", "keydown", "scroll"]) document.addEventListener(kind, () => { heard = Date.now(); }, { capture: true, passive: true });
    window.setInterval(() => {
      if (Date.now() - heard > 20 * 60_000) return;
      const data = new FormData(form);
      data.set("act", "take");
      fetch(form.action, { method: "POST", body: data, redirect: "manual" }).catch(() => {});
    }, 5 * 60_000);
  }

  remember() {
    this.reader.keeping.set(this.reader.object, String(this.reader.seq));
  }

  /** Offer to go on, where the address names no page of its own. */
  offer(asked) {
    if (asked.has("page") || asked.has("q")) return;
    const { reader } = this;
    const seq = Number(reader.keeping.get(reader.object));
    if (!seq || seq === reader.seq || !reader.index.has(seq)) return;
    const link = make("a", { href: reader.link(seq), "data-go": seq }, reader.say.sayContinueDo);
    const close = make("button", { type: "button", "aria-label": "×" }, "×");
    close.addEventListener("click", () => { this.place.hidden = true; });
    link.addEventListener("click", () => { this.place.hidden = true; });
    this.place.replaceChildren(fill(reader.say.sayContinue, { name: reader.page(seq).name }), link, close);
    this.place.hidden = false;
  }
}
