// The contents beside the pages: lines with levels, moved and indented by keys.

/** `save` is given the whole list whenever it changed. */
export class Contents {
  constructor(place, root, sheets, save) {
    this.place = place;
    this.say = root.dataset;
    this.sheets = sheets;
    this.save = save;
    this.entries = [];
    this.dialog = null; // given by the editor
    place.addEventListener("click", (event) => {
      const button = event.target.closest("[data-entry]");
      if (!button) return;
      const entry = this.entries[Number(button.dataset.entry)];
      if (button.dataset.edit !== undefined) this.edit(Number(button.dataset.entry));
      else if (entry.page) this.sheets.go(entry.page);
    });
    place.addEventListener("keydown", (event) => this.key(event));
  }

  load(entries) {
    this.entries = entries;
    this.draw();
  }

  draw() {
    this.place.replaceChildren();
    if (!this.entries.length) {
      const empty = document.createElement("li");
      empty.className = "muted small";
      empty.textContent = this.say.sayUntitled;
      this.place.append(empty);
    }
    this.entries.forEach((entry, n) => {
      const line = document.createElement("li");
      line.className = `toc__line toc__line--${entry.level}`;
      const go = document.createElement("button");
      go.type = "button";
      go.className = "toc__title link-btn";
      go.dataset.entry = n;
      go.textContent = entry.issued ? `${entry.title} (${entry.issued.split("-").reverse().join("/")})` : entry.title;
      const page = document.createElement("span");
      page.className = "toc__page";
      page.textContent = this.sheets.pages.get(entry.page)?.label || (entry.page ? `#${this.sheets.pages.get(entry.page)?.place ?? ""}` : "–");
      const edit = document.createElement("button");
      edit.type = "button";
      edit.className = "toc__edit btn btn--small btn--quiet";
      edit.dataset.entry = n;
      edit.dataset.edit = "";
      edit.textContent = "…";
      edit.setAttribute("aria-label", `${entry.title} …`);
      line.append(go, page, edit);
      this.place.append(line);
    });
  }

  at(seq) {
    return this.entries.findIndex((entry) => entry.page === seq);
  }

  /** Change a line, or (n below zero) begin a part on the current page. */
  async edit(n) {
    const entry = n >= 0 ? this.entries[n] : null;
    const seq = entry ? entry.page : this.sheets.current;
    const place = (page) => this.sheets.pages.get(page)?.place ?? Infinity;
    const before = this.entries.filter((other) => other.page && place(other.page) <= place(seq));
    const said = await this.dialog("contents", (form, box) => {
      form.title.value = entry?.title ?? "";
      form.level.value = entry?.level ?? before.at(-1)?.level ?? 1;
      form.issued.value = entry?.issued ?? "";
      box.querySelector("[data-toc-delete]").hidden = !entry;
    });
    if (!said) return;
    const entries = [...this.entries];
    if (said.how === "delete") entries.splice(n, 1);
    else {
      const line = { title: said.title, level: Number(said.level), page: seq, issued: said.issued };
      if (entry) entries[n] = line;
      else entries.splice(before.length ? this.entries.indexOf(before.at(-1)) + 1 : 0, 0, line);
    }
    await this.save(entries);
  }

  async key(event) {
    const button = event.target.closest("[data-entry]");
    if (!button || !event.altKey) return;
    const n = Number(button.dataset.entry);
    const entries = this.entries.map((entry) => ({ ...entry }));
    let to = n;
    if (event.key === "ArrowRight") entries[n].level += 1;
    else if (event.key === "ArrowLeft") entries[n].level -= 1;
    else if (event.key === "ArrowUp" && n > 0) to = n - 1;
    else if (event.key === "ArrowDown" && n < entries.length - 1) to = n + 1;
    else return;
    event.preventDefault();
    if (to !== n) entries.splice(to, 0, entries.splice(n, 1)[0]);
    await this.save(entries);
    this.place.querySelector(`[data-entry="${to}"]`)?.focus();
  }
}
