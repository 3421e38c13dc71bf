// A frame drawn on the page, and the link to it.
import { announce } from "../../ui/js/announce.js";
import { make } from "./asking.js";

export function regionTool(reader) {
  let lasso = null;
  const stop = (button) => {
    lasso?.remove();
    lasso = null;
    button?.setAttribute("aria-pressed", "false");
  };
  const choose = (chosen) => {
    const { stage } = reader;
    stage.region = chosen;
    if (chosen.seq !== reader.seq) { reader.seq = chosen.seq; }
    stage.draw();
    const address = reader.link(chosen.seq, { xywh: chosen.box.join() });
    history.replaceState(null, "", address);
    reader.copy(new URL(address, location.href).href).then(() => announce(reader.say.sayRegionDone));
  };
  return (button, event) => {
    const { stage } = reader;
    if (lasso || !stage.viewer || reader.view === "scroll") { stop(button); return; }
    if (!button || event?.detail === 0) { // by key: what is to be seen now, nothing has to be drawn
      const seen = inView(reader);
      if (seen) choose(seen);
      return;
    }
    announce(reader.say.sayRegion);
    button?.setAttribute("aria-pressed", "true");
    lasso = make("div", { class: "rd-lasso", title: reader.say.sayRegion });
    const box = make("div", { class: "rd-lasso__box" });
    let from = null;
    lasso.addEventListener("pointerdown", (event) => {
      lasso.setPointerCapture(event.pointerId);
      from = [event.offsetX, event.offsetY];
      lasso.append(box);
    });
    lasso.addEventListener("pointermove", (event) => { if (from) frame(box, from, [event.offsetX, event.offsetY]); });
    lasso.addEventListener("pointerup", (event) => {
      const to = [event.offsetX, event.offsetY];
      const chosen = from && onPage(reader, from, to);
      from = null;
      stop(button);
      if (chosen) choose(chosen);
    });
    lasso.addEventListener("pointercancel", () => { from = null; stop(button); });
    reader.osdPlace.parentElement.append(lasso);
  };
}

function frame(box, [x1, y1], [x2, y2]) {
  box.style.left = `${Math.min(x1, x2)}px`;
  box.style.top = `${Math.min(y1, y2)}px`;
  box.style.width = `${Math.abs(x2 - x1)}px`;
  box.style.height = `${Math.abs(y2 - y1)}px`;
}

/** The part of the page under the frame, in its pixels. */
function onPage(reader, from, to) {
  const { viewer, OpenSeadragon } = reader.stage;
  const corner = ([x, y]) => viewer.viewport.pointFromPixel(new OpenSeadragon.Point(x, y));
  return parts(reader, corner(from), corner(to))[0] ?? null;
}

/** The part of a page that can be seen; of two pages that of which there is more. */
function inView(reader) {
  const seen = reader.stage.viewer.viewport.getBounds(true);
  const size = ({ box: [, , w, h] }) => w * h;
  return parts(reader, seen.getTopLeft(), seen.getBottomRight()).sort((a, b) => size(b) - size(a))[0] ?? null;
}

/** What two corners cut out of each page on the stage, in pixels of the page. */
function parts(reader, from, to) {
  const inside = (v, most) => Math.round(Math.min(Math.max(v, 0), most));
  return reader.stage.order.map((page) => {
    const item = reader.stage.item(page.seq);
    const a = item.viewportToImageCoordinates(from), b = item.viewportToImageCoordinates(to);
    const x = inside(Math.min(a.x, b.x), page.width), y = inside(Math.min(a.y, b.y), page.height);
    const w = inside(Math.max(a.x, b.x), page.width) - x, h = inside(Math.max(a.y, b.y), page.height) - y;
    return { seq: page.seq, box: [x, y, w, h] };
  }).filter(({ box: [, , w, h] }) => w > 8 && h > 8);
}
