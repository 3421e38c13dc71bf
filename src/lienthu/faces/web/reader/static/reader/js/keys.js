// Reading by keyboard. Letters can be switched off (they may get in the way of speech input); arrows always work.

const OFF = "keys-off";

export function keysFor(reader, doing) {
  const help = document.querySelector("[data-help]");
  const choice = help.querySelector("[data-keys-on]");
  let on = reader.keeping.get(OFF) === null;
  choice.checked = on;
  choice.addEventListener("change", () => {
    on = choice.checked;
    reader.keeping.set(OFF, on ? null : "1");
  });
  const forward = () => reader.turn(reader.rtl ? -1 : 1);
  const back = () => reader.turn(reader.rtl ? 1 : -1);
  const always = {
    ArrowRight: forward, ArrowLeft: back,
    PageDown: () => reader.turn(1), PageUp: () => reader.turn(-1),
    Home: () => reader.go(reader.pages[0].seq), End: () => reader.go(reader.pages.at(-1).seq),
  };
  const letters = {
    "+": doing["zoom-in"], "=": doing["zoom-in"], "-": doing["zoom-out"], 0: doing.whole, r: doing.rotate, f: doing.fullscreen, l: doing.link, x: () => doing.region(),
    t: () => reader.panel("text"), c: () => reader.panel("contents"), g: () => reader.panel("pages"),
    n: () => reader.hits.step(1), p: () => reader.hits.step(-1),
    1: () => reader.setView("single"), 2: () => reader.setView("double"), 3: () => reader.setView("scroll"),
    "/": () => document.getElementById("rd-q").focus(), "?": doing.help,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (reader.view === "scroll" && ["PageDown", "PageUp"].includes(event.key)) return;
    const act = always[event.key] ?? (on ? letters[event.key.toLowerCase()] : null);
    if (!act) return;
    event.preventDefault();
    act();
  });
}
