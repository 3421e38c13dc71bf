// One page or two on OpenSeadragon, over the plain picture that was there before. Loaded only when needed.
import { announce } from "../../ui/js/announce.js";
import { fill, make, marksOver } from "./asking.js";

const TILE = 512;
let library = null;

function load(address) {
  library ??= new Promise((done, failed) => {
    const script = make("script", { src: address });
    script.onload = () => done(window.OpenSeadragon);
    script.onerror = () => failed(new Error(address));
    document.head.append(script);
  });
  return library;
}

export class Stage {
  constructor(reader) {
    this.reader = reader;
    this.viewer = null;
    this.overlays = [];
    this.word = null;
    this.region = null;
    this.turned = 0;
  }

  source(page) {
    const id = `/iiif/image/3/${this.reader.object}.${page.seq}`;
    const longest = Math.max(page.width, page.height);
    const scales = [1];
    while (longest / scales[scales.length - 1] > TILE) scales.push(scales[scales.length - 1] * 2);
    const tile = Math.min(TILE, Math.ceil(longest / 16) * 16);
    return {
      "@context": "http://iiif.io/api/image/3/context.json", id: new URL(id, location.href).href, type: "ImageService3",
      protocol: "http://iiif.io/api/image", profile: "level2", width: page.width, height: page.height,
      tiles: [{ width: tile, height: tile, scaleFactors: scales }],
    };
  }

  async make() {
    const { reader } = this;
    const OpenSeadragon = await load(reader.say.osd);
    if (this.viewer) return;
    reader.osdPlace.hidden = false;
    // OpenSeadragon would write a style element, which the content policy forbids, unless one of this name is there.
    const stand = document.createElementNS("urn:lienthu:none", "style");
    stand.setAttribute("data-openseadragon-mobile-css", "true");
    document.head.append(stand);
    this.viewer = OpenSeadragon({
      element: reader.osdPlace, drawer: "canvas", prefixUrl: reader.say.icons, showNavigationControl: false, showNavigator: false,
      animationTime: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.5, visibilityRatio: 1, constrainDuringPan: false, minZoomImageRatio: 0.6,
      maxZoomPixelRatio: 3, imageLoaderLimit: 4, timeout: 60000, crossOriginPolicy: false,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true }, gestureSettingsTouch: { pinchRotate: false, flickEnabled: false },
    });
    this.viewer.innerTracker.keyHandler = null;
    this.viewer.innerTracker.keyDownHandler = null;
    this.viewer.canvas.setAttribute("role", "img");
    this.viewer.addHandler("canvas-drag-end", (event) => this.swiped(event));
    this.viewer.addHandler("canvas-click", (event) => this.clicked(event));
    // the viewport learns its new size only after the event; a hit that was shown is kept in sight
    this.viewer.addHandler("resize", () => window.setTimeout(() => {
      if (this.whole) this.viewer.viewport.goHome(true);
      else if (this.looked) this.look(...this.looked);
    }, 80));
    const moved = () => { this.whole = false; this.looked = null; };
    for (const kind of ["canvas-scroll", "canvas-pinch", "canvas-double-click"]) this.viewer.addHandler(kind, moved);
    this.viewer.addHandler("canvas-drag", () => { this.looked = null; });
    this.OpenSeadragon = OpenSeadragon;
  }

  async show(region = null) {
    const { reader } = this;
    const shown = reader.spread().map((place) => reader.pages[place]);
    if (region) this.region = { seq: reader.seq, box: region };
    if (shown.some((page) => page.state)) { this.plain(shown); return; }
    this.under(shown);
    try { await this.make(); } catch { announce(reader.say.sayFailed); this.plain(shown); return; }
    reader.osdPlace.hidden = false;
    const key = shown.map((page) => page.seq).join();
    if (key !== this.shown) {
      this.shown = key;
      const ordered = reader.rtl ? [...shown].reverse() : shown;
      const height = 1;
      let x = 0;
      const images = ordered.map((page) => {
        const width = height * page.width / page.height;
        const image = { tileSource: this.source(page), x, y: 0, width };
        x += width + 0.004;
        return image;
      });
      this.order = ordered;
      await new Promise((done) => {
        let waiting = true;
        const finish = () => { if (waiting) { waiting = false; done(); } };
        this.viewer.addOnceHandler("open", finish);
        this.viewer.addOnceHandler("open-failed", finish);
        this.viewer.open(images);
        window.setTimeout(finish, 8000);
      });
      if (key !== this.shown) return;
      this.viewer.viewport.setRotation(this.turned, true);
      this.viewer.viewport.goHome(true);
      this.whole = true;
      reader.root.classList.add("rd--zoomed");
      this.viewer.canvas.setAttribute("aria-label", shown.map((page) => fill(reader.say.sayAlt, { name: page.name, title: reader.say.title })).join("; "));
      this.ahead();
    }
    this.draw();
    if (region) this.look(reader.seq, region);
    else {
      const now = reader.hits.current(); if (now) this.look(now.page, around(now.boxes), 2, 0.9);
    }
  }

  /** Pages without picture stand as a sheet with the reason. */
  plain(shown) {
    const { reader } = this;
    this.shown = "";
    reader.osdPlace.hidden = true;
    reader.root.classList.remove("rd--zoomed");
    reader.sheets.replaceChildren(...shown.map((page) => sheetOf(reader, page)));
  }

  /** The plain pictures below the stage follow, small: they are seen first, and printed. */
  under(shown) {
    const { reader } = this;
    const there = [...reader.sheets.children].map((sheet) => sheet.dataset.sheet).join();
    if (there === shown.map((page) => page.seq).join()) return;
    reader.root.classList.remove("rd--zoomed");
    reader.osdPlace.hidden = true;
    reader.sheets.replaceChildren(...shown.map((page) => sheetOf(reader, page)));
  }

  ahead() {
    const { reader } = this;
    const next = reader.pages[reader.spread().at(-1) + 1];
    if (next && !next.state) new Image().src = reader.image(next, 560);
  }

  item(seq) {
    const place = this.order?.findIndex((page) => page.seq === seq) ?? -1;
    return place < 0 ? null : this.viewer?.world.getItemAt(place);
  }

  draw() {
    if (!this.viewer || !this.order) return;
    for (const svg of this.overlays) this.viewer.removeOverlay(svg);
    this.overlays = [];
    for (const page of this.order) {
      const item = this.item(page.seq);
      const marks = [...this.reader.hits.marks(page.seq)];
      if (this.region?.seq === page.seq) marks.push({ box: this.region.box, css: "rd-region" });
      if (this.word?.seq === page.seq) marks.push({ box: this.word.box, css: "rd-word" });
      if (!item || !marks.length) continue;
      const svg = marksOver(page, marks);
      this.viewer.addOverlay({ element: svg, location: item.getBounds() });
      this.overlays.push(svg);
    }
  }

  look(seq, [x, y, w, h], around = 1.3, part = 0.45) {
    const item = this.item(seq);
    if (!item) return;
    this.whole = false;
    this.looked = [seq, [x, y, w, h], around, part];
    const page = this.reader.page(seq);
    const rect = item.imageToViewportRectangle(x, y, w, h);
    const least = item.getBounds().width * part;
    const width = Math.max(rect.width * around, Math.min(least, item.getBounds().width));
    const height = Math.max(rect.height * around, width * page.height / page.width * 0.3);
    const middle = rect.getCenter();
    this.viewer.viewport.fitBounds(new this.OpenSeadragon.Rect(middle.x - width / 2, middle.y - height / 2, width, height), true);
    this.viewer.viewport.applyConstraints(true);
  }

  showWord(seq, box) {
    this.word = box ? { seq, box } : null;
    this.draw();
  }

  clicked(event) {
    if (!event.quick || !this.order) return;
    const point = this.viewer.viewport.pointFromPixel(event.position);
    for (const page of this.order) {
      const at = this.item(page.seq)?.viewportToImageCoordinates(point);
      if (at && at.x >= 0 && at.y >= 0 && at.x <= page.width && at.y <= page.height) this.reader.text.pointed(page.seq, at.x, at.y);
    }
  }

  swiped(event) {
    const { viewport } = this.viewer;
    if (event.pointerType !== "touch" || viewport.getZoom() > viewport.getHomeZoom() * 1.08) return;
    const from = this.pressed ?? event.position;
    const { x, y } = event.speed > 150 ? { x: Math.cos(event.direction), y: Math.sin(event.direction) } : { x: 0, y: 1 };
    if (Math.abs(x) < Math.abs(y) * 1.5 || !from) { viewport.goHome(); return; }
    this.reader.turn((x < 0 ? 1 : -1) * (this.reader.rtl ? -1 : 1));
  }

  zoom(by) {
    const { reader } = this;
    if (reader.view === "scroll" || !this.viewer) return;
    const { viewport } = this.viewer;
    this.whole = false;
    this.looked = null;
    viewport.zoomBy(by);
    viewport.applyConstraints();
    announce(fill(reader.say.sayZoom, { zoom: Math.round(100 * viewport.getZoom(false) / viewport.getHomeZoom()) }));
  }

  home() {
    this.whole = true;
    this.viewer?.viewport.goHome();
  }

  rotate() {
    if (!this.viewer) return;
    this.turned = (this.turned + 90) % 360;
    this.viewer.viewport.setRotation(this.turned);
  }

  /** The sheets that are printed: what stands on the stage, of a scroll the page that is being read. */
  onPaper() {
    const { reader } = this;
    const shown = new Set(reader.spread().map((place) => String(reader.pages[place].seq)));
    for (const sheet of reader.sheets.children) sheet.toggleAttribute("data-print", shown.has(sheet.dataset.sheet));
    return reader.sheets.querySelectorAll("[data-print]");
  }

  /** Print the plain pictures, large enough for paper. */
  async print() {
    const { reader } = this;
    await Promise.all([...this.onPaper()].map((sheet) => {
      const page = reader.page(Number(sheet.dataset.sheet));
      const img = sheet.querySelector("img");
      if (!img) return null;
      for (const name of ["srcset", "sizes", "loading"]) img.removeAttribute(name);
      img.src = reader.image(page, 2400);
      return img.decode().catch(() => null);
    }));
    window.print();
  }

  close() {
    this.shown = "";
    this.reader.osdPlace.hidden = true;
    this.reader.root.classList.remove("rd--zoomed");
  }
}

export const around = (boxes) => {
  const left = Math.min(...boxes.map((b) => b[0])), top = Math.min(...boxes.map((b) => b[1]));
  return [left, top, Math.max(...boxes.map((b) => b[0] + b[2])) - left, Math.max(...boxes.map((b) => b[1] + b[3])) - top];
};

/** A page as a plain picture, or the reason why there is none. */
export function sheetOf(reader, page, limit = 560, lazy = false) {
  const figure = make("figure", { class: "rd-sheet", "data-sheet": page.seq });
  if (page.state) figure.append(make("div", { class: "rd-sheet__none" }, make("p", {}, `${page.name}: ${reader.note(page)}`)));
  else {
    const alt = fill(reader.say.sayAlt, { name: page.name, title: reader.say.title });
    const img = make("img", { class: "rd-sheet__img", src: reader.image(page, limit), alt, width: page.width, height: page.height, loading: lazy ? "lazy" : null });
    figure.append(make("a", { class: "rd-sheet__link", href: reader.image(page, 5000), tabindex: "-1" }, img));
  }
  return figure;
}
