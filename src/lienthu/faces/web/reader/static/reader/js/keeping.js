// What may be remembered in this browser: for good on people's own devices, while the window is open on computers in the
// rooms of a library, nothing on reading stations, where the next person sits down.

const NAME = "lienthu.read.";

export class Keeping {
  constructor(how) {
    this.place = null;
    try {
      this.place = { device: localStorage, window: sessionStorage }[how] ?? null;
      if (how === "nothing") for (const kept of [localStorage, sessionStorage]) forget(kept);
    } catch { /* private windows keep nothing */ }
  }

  get(name) {
    try { return this.place?.getItem(NAME + name) ?? null; } catch { return null; }
  }

  set(name, value) {
    try { if (value === null) this.place?.removeItem(NAME + name); else this.place?.setItem(NAME + name, value); } catch { /* full, or forbidden */ }
  }
}

function forget(kept) {
  for (const name of Object.keys(kept)) if (name.startsWith(NAME)) kept.removeItem(name);
}
