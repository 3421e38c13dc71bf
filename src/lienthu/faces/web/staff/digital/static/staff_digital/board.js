// The board by keyboard: from card to card, and every act on a card where it stands. Without this all is links.
import { announce } from "../ui/js/announce.js";

const board = document.querySelector("[data-board]");
const dialog = document.querySelector("[data-dialog]");
if (board) start(board);

function start(board) {
  const say = board.dataset;
  const csrf = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
  const refusal = document.querySelector("[data-refusal]");
  const help = document.querySelector("#keys-help");

  const cards = (column) => [...column.querySelectorAll("[data-card]")];
  const columns = () => [...board.querySelectorAll("[data-stage]")];
  const actsOf = (card) => card.querySelector("[data-acts]").dataset.acts;
  const focus = (card) => card?.querySelector(".board__name")?.focus();

  function refuse(message, place = refusal) {
    place.querySelector("[data-refusal-text]").textContent = message;
    place.hidden = false;
    place.scrollIntoView({ block: "nearest" });
  }

  /** Up and down in the column; left and right to the card at the same height of the next column that has any. */
  function go(card, key) {
    const column = card.closest("[data-stage]");
    const here = cards(column);
    const at = here.indexOf(card);
    if (key === "ArrowUp") return focus(here[at - 1]);
    if (key === "ArrowDown") return here[at + 1] ? focus(here[at + 1]) : column.querySelector("[data-more]")?.focus();
    const all = columns();
    const step = key === "ArrowLeft" ? -1 : 1;
    for (let n = all.indexOf(column) + step; all[n]; n += step) {
      const there = cards(all[n]);
      if (there.length) return focus(there[Math.min(at, there.length - 1)]);
    }
  }

  function counted(column, by) {
    const badge = column.querySelector("[data-count]");
    const number = Math.max(0, Number(badge.dataset.count) + by);
    badge.dataset.count = number;
    badge.textContent = number.toLocaleString(document.documentElement.lang);
    const none = column.querySelector("[data-none]");
    if (number && none) none.remove();
    if (!number && !none) {
      const line = Object.assign(document.createElement("li"), { className: "small muted board__none" });
      line.dataset.none = "";
      line.textContent = say.sayNone;
      column.querySelector("[data-cards]").append(line);
    }
  }

  /** Put the card as the server drew it where it stands now. */
  function place(card, told) {
    const before = card.closest("[data-stage]");
    const after = columns().find((column) => column.dataset.stage === told.stage) ?? before;
    const made = document.createRange().createContextualFragment(told.card).querySelector("[data-card]");
    if (after === before) {
      card.replaceWith(made);
    } else {
      card.remove();
      after.querySelector("[data-cards]").prepend(made);
      counted(before, -1);
      counted(after, 1);
    }
    focus(made);
    announce(told.said);
  }

  async function act(card, asked, wrong = refusal) {
    refusal.hidden = true;
    let told;
    try {
      const answer = await fetch(actsOf(card), {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": csrf },
        body: new URLSearchParams(asked),
      });
      told = await answer.json();
      if (!answer.ok) return refuse(told.message ?? say.sayLost, wrong);
    } catch {
      return refuse(say.sayLost, wrong);
    }
    if (dialog.open) dialog.close();
    place(card, told);
  }

  /** The acts on a card in a dialog, with the focus on the field that was asked for. */
  async function open(card, field = "") {
    const body = dialog.querySelector("[data-dialog-body]");
    try {
      const answer = await fetch(actsOf(card));
      if (!answer.ok) throw new Error();
      body.replaceChildren(document.createRange().createContextualFragment(await answer.text()));
    } catch {
      return refuse(say.sayLost);
    }
    const wrong = body.querySelector("[data-dialog-refusal]");
    for (const form of body.querySelectorAll("form[data-act]")) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        act(card, { ...Object.fromEntries(new FormData(form)), act: form.dataset.act }, wrong);
      });
    }
    body.querySelector("[data-close]").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => focus(board.querySelector(`[data-card="${card.dataset.card}"]`)), { once: true });
    dialog.showModal();
    (field ? body.querySelector(field) : null)?.focus();
  }

  async function more(link) {
    const column = link.closest("[data-stage]");
    const known = cards(column).length;
    try {
      const answer = await fetch(`${link.getAttribute("href")}&part=1`);
      if (!answer.ok) throw new Error();
      link.parentElement.replaceWith(document.createRange().createContextualFragment(await answer.text()));
      focus(cards(column)[known]);
    } catch {
      location.assign(link.href);
    }
  }

  board.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("[data-more]");
    if (link) {
      event.preventDefault();
      return more(link);
    }
    const button = event.target.closest("[data-acts]");
    if (button && dialog) {
      event.preventDefault();
      open(button.closest("[data-card]"));
    }
  });

  board.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const card = event.target.closest("[data-card]");
    if (!card) {
      const link = event.key === "ArrowUp" ? event.target.closest("[data-more]") : null;
      if (link) focus(cards(link.closest("[data-stage]")).at(-1));
      return;
    }
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const acts = {
      ArrowUp: () => go(card, key), ArrowDown: () => go(card, key), ArrowLeft: () => go(card, key), ArrowRight: () => go(card, key),
      ...(dialog ? {
        m: () => act(card, { act: "move" }), t: () => act(card, { act: "take" }), b: () => open(card, "#card-reason"),
        a: () => open(card, "#card_assignee"), d: () => open(card, "#card_due"),
        "?": () => { help.open = !help.open; },
      } : {}),
    };
    if (!acts[key]) return;
    event.preventDefault();
    acts[key]();
  });
}
