// The queue of doubtful pairs by keyboard. Without this script every button is a plain form and every link a page.
import { announce } from "../ui/js/announce.js";

const review = document.querySelector("[data-review]");
if (review) start(review);

function start(root) {
  const csrf = document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const end = root.querySelector("[data-review-end]");
  const refusal = document.querySelector("[data-refusal]");
  const plainNext = document.querySelector("[data-plain-next]");
  const help = document.querySelector("#keys-help");
  const keysSwitch = document.querySelector("[data-keys-switch]");
  const undoForm = document.querySelector("[data-undo]");
  const undoButton = undoForm.querySelector("button");
  const all = () => [...root.querySelectorAll("article[data-pair]")];
  const open = () => all().filter((card) => !card.dataset.decided);
  const AHEAD = 5;
  let current = open()[0] ?? null;
  let onward = root.dataset.onward;
  let fetching = null;
  let sending = Promise.resolve(); // one after the other: the server counts them in the session
  const decided = []; // cards in the order of their decisions; their acts come with the answers

  if (plainNext) plainNext.hidden = true;

  function show(card, { focus = true } = {}) {
    for (const other of all()) other.hidden = other !== card;
    current = card;
    if (end) end.hidden = Boolean(card);
    if (!card) {
      announce(root.dataset.end);
      return;
    }
    const heading = card.querySelector(".pair__title");
    if (focus) heading.focus({ preventScroll: true });
    if (card.getBoundingClientRect().top < 0) card.scrollIntoView({ block: "start" });
    more();
  }

  function neighbour(step) {
    const cards = open();
    const at = cards.indexOf(current);
    return at < 0 ? null : (cards[at + step] ?? null);
  }

  // the pair after this one in the order of the queue, else whatever was left undecided before it
  function following(card) {
    const cards = all();
    const rest = [...cards.slice(cards.indexOf(card) + 1), ...cards.slice(0, cards.indexOf(card))];
    return rest.find((other) => !other.dataset.decided) ?? null;
  }

  async function more() {
    if (fetching || !onward) return fetching;
    const cards = open();
    if (cards.length - cards.indexOf(current) > AHEAD) return null;
    fetching = load();
    await fetching;
    fetching = null;
    return null;
  }

  async function load() {
    const address = new URL(root.dataset.more, window.location.href);
    address.searchParams.set("after", onward);
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const box = page.querySelector("[data-onward]");
      if (!box) return;
      for (const card of box.querySelectorAll("article[data-pair]")) {
        if (!document.getElementById(card.id)) root.insertBefore(document.importNode(card, true), end);
      }
      onward = box.dataset.onward;
    } catch {
      // it is asked for again with the next decision
    }
  }

  function count({ done, per_hour: pace }, step) {
    document.querySelector("[data-sitting-done]").textContent = new Intl.NumberFormat(document.documentElement.lang).format(done);
    const row = document.querySelector("[data-sitting-pace-row]");
    row.hidden = pace === null;
    if (pace !== null) document.querySelector("[data-sitting-pace]").textContent = new Intl.NumberFormat(document.documentElement.lang).format(pace);
    const waiting = document.querySelector("[data-sitting-waiting]");
    if (waiting) waiting.textContent = String(Math.max(0, Number(waiting.textContent.replace(/\D/g, "")) - step));
  }

  async function post(url, fields) {
    const answer = await fetch(url, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": csrf },
      body: new URLSearchParams(fields),
    });
    const told = answer.headers.get("Content-Type")?.startsWith("application/json") ? await answer.json() : {};
    if (!answer.ok) throw new Error(told.message ?? root.dataset.lost);
    return told;
  }

  function refuse(message) {
    refusal.hidden = false;
    refusal.querySelector("[data-refusal-text]").textContent = message;
    refusal.scrollIntoView({ block: "nearest" });
  }

  function decide(card, verdict) {
    refusal.hidden = true;
    card.dataset.decided = verdict;
    decided.push(card);
    const next = following(card);
    if (next || !onward) show(next);
    else {
      onlyWhenLoaded(card);
    }
    sending = sending.then(async () => {
      try {
        const told = await post(root.dataset.decide, { pair: card.dataset.pair, verdict });
        card.dataset.act = told.act ?? "";
        count(told, 1);
        undoButton.removeAttribute("data-nothing");
      } catch (error) {
        delete card.dataset.decided;
        decided.splice(decided.indexOf(card), 1);
        show(card);
        refuse(error.message || root.dataset.lost);
      }
    });
    return sending;
  }

  async function onlyWhenLoaded(card) {
    await (fetching ?? more());
    if (fetching) await fetching;
    show(following(card));
  }

  function undo() {
    refusal.hidden = true;
    sending = sending.then(async () => {
      const card = decided.pop();
      if (!card) {
        if (undoButton.hasAttribute("data-nothing")) announce(root.dataset.nothing);
        else undoForm.submit(); // of an earlier page of this sitting
        return;
      }
      try {
        if (card.dataset.act) count(await post(root.dataset.undoUrl, { act: card.dataset.act }), -1);
        delete card.dataset.decided;
        delete card.dataset.act;
        show(card);
        announce(root.dataset.undone);
      } catch (error) {
        decided.push(card);
        refuse(error.message || root.dataset.lost);
      }
    });
    return sending;
  }

  root.addEventListener("submit", (event) => {
    const card = event.target.closest("article[data-pair]");
    const verdict = event.submitter?.value;
    if (!card || !verdict) return;
    event.preventDefault();
    if (!card.dataset.decided) decide(card, verdict);
  });
  undoForm.addEventListener("submit", (event) => {
    event.preventDefault();
    undo();
  });

  // Keys of one letter can be switched off (WCAG 2.1.4): they would get in the way of voice input.
  const KEYS = "lienthu-review-keys";
  let keysOn = localStorage.getItem(KEYS) !== "off";
  keysSwitch.hidden = false;
  const tellKeys = () => {
    keysSwitch.setAttribute("aria-pressed", String(keysOn));
    keysSwitch.querySelector("span").textContent = keysOn ? root.dataset.keysOn : root.dataset.keysOff;
  };
  tellKeys();
  keysSwitch.addEventListener("click", () => {
    keysOn = !keysOn;
    localStorage.setItem(KEYS, keysOn ? "on" : "off");
    tellKeys();
  });

  const verdictOf = { s: "same", d: "different", l: "later" };
  document.addEventListener("keydown", (event) => {
    if (!keysOn || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return;
    if (event.target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
    // a Vietnamese input method may swallow letters: the place of the key tells then
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
    if (verdictOf[key]) {
      if (current && !current.dataset.decided) decide(current, verdictOf[key]);
    } else if (key === "u") undo();
    else if (key === "j" || key === "ArrowRight") {
      const next = neighbour(1);
      if (next) show(next);
      else if (current) announce(root.dataset.end);
    } else if (key === "k" || key === "ArrowLeft") {
      const before = neighbour(-1);
      if (before) show(before);
    } else if (key === "?") {
      help.open = !help.open;
      if (help.open) help.querySelector("summary").focus();
    } else return;
    event.preventDefault();
  });
  more();
}
