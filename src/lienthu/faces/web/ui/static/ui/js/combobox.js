// Suggestions under a search field: the WAI-ARIA combobox with a list box. Without JavaScript the form searches as it is.
import { announce } from "./announce.js";

const WAIT = 120; // ms after the last key
const KEPT = 60; // answers remembered, for the backspace key

let counter = 0;

/** Only text and <mark> of the server's highlighted form come into the page. */
function highlighted(html, text) {
  const fragment = document.createDocumentFragment();
  if (!html) {
    fragment.append(text);
    return fragment;
  }
  const parsed = new DOMParser().parseFromString(html, "text/html").body;
  for (const node of parsed.childNodes) {
    if (node.nodeName === "MARK") {
      const mark = document.createElement("mark");
      mark.textContent = node.textContent;
      fragment.append(mark);
    } else {
      fragment.append(node.textContent);
    }
  }
  return fragment;
}

class Combobox {
  constructor(input) {
    this.input = input;
    this.url = input.dataset.suggest;
    this.kept = new Map();
    this.options = [];
    this.active = -1;
    this.typed = input.value;

    this.list = document.createElement("ul");
    this.list.id = `suggest-${++counter}`;
    this.list.className = "suggest";
    this.list.hidden = true;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.labels?.[0]?.textContent.trim() || input.getAttribute("aria-label") || "");
    input.parentElement.append(this.list);

    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
    })) input.setAttribute(name, value);

    input.addEventListener("input", (event) => { if (!event.isComposing) this.later(); });
    input.addEventListener("compositionend", () => this.later()); // Telex and VNI typed through an input method
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the field
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(this.options.indexOf(option));
    });
    input.form?.addEventListener("submit", () => this.close());
  }

  later() {
    window.clearTimeout(this.timer);
    this.typed = this.input.value;
    this.timer = window.setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    this.request?.abort();
    const q = this.input.value.trim().normalize("NFC");
    if (!q) { this.close(); return; }
    const known = this.kept.get(q);
    if (known) { this.show(known); return; }
    this.request = new AbortController();
    const { signal } = this.request;
    try {
      const address = new URL(this.url, document.baseURI);
      address.searchParams.set("q", q);
      const response = await fetch(address, { signal, headers: { Accept: "application/json" } });
      if (!response.ok) { this.close(); return; }
      const { suggestions = [] } = await response.json();
      this.kept.set(q, suggestions);
      if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
      if (!signal.aborted && document.activeElement === this.input) this.show(suggestions);
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // no suggestions is no obstacle: Enter still searches
    }
  }

  show(suggestions) {
    this.items = suggestions;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.options = suggestions.map((item, index) => {
      const option = document.createElement("li");
      option.id = `${this.list.id}-${index}`;
      option.className = "suggest__option";
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      const text = document.createElement("span");
      text.append(highlighted(item.html, item.text));
      option.append(text);
      const kind = item.kind && this.input.getAttribute(`data-kind-${item.kind}`);
      if (kind) {
        const label = document.createElement("span");
        label.className = "suggest__kind";
        label.textContent = kind;
        option.append(label);
      }
      return option;
    });
    this.list.replaceChildren(...this.options);
    if (!suggestions.length) { this.close(); announce(this.input.dataset.suggestNone); return; }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    announce((this.input.dataset.suggestCount || "").replace("{n}", suggestions.length));
  }

  close() {
    window.clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  move(to) {
    this.options[this.active]?.setAttribute("aria-selected", "false");
    this.active = to;
    const option = this.options[to];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      this.input.value = this.typed;
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
    this.input.value = this.items[to].text;
  }

  choose(index) {
    const item = this.items[index];
    this.close();
    if (item.url) { window.location.assign(item.url); return; }
    this.input.value = item.text;
    this.input.form?.requestSubmit();
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return; // the input method's own keys
    const open = !this.list.hidden;
    const last = this.options.length - 1;
    switch (event.key) {
      case "ArrowDown":
        event.preventDefault();
        if (!open) { this.ask(); return; }
        this.move(this.active >= last ? -1 : this.active + 1);
        break;
      case "ArrowUp":
        if (!open) return;
        event.preventDefault();
        this.move(this.active < 0 ? last : this.active - 1);
        break;
      case "Enter":
        if (open && this.active >= 0) {
          event.preventDefault();
          this.choose(this.active);
        }
        break;
      case "Escape":
        if (open) {
          event.preventDefault();
          this.input.value = this.typed;
          this.close();
        }
        break;
      case "Tab":
        this.close();
        break;
      default:
    }
  }
}

function start(root) {
  for (const input of root.querySelectorAll("input[data-suggest]:not([role=combobox])")) new Combobox(input);
}

start(document);
document.addEventListener("htmx:after:swap", () => start(document));
