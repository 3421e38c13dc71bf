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
  return (button) => {
    const { stage } = reader;
    if (lasso || !stage.viewer || reader.view === "scroll") { stop(button); return; }
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
      if (!chosen) return;
      stage.region = chosen;
      if (chosen.seq !== reader.seq) { reader.seq = chosen.seq; }
      stage.draw();
      const address = reader.link(chosen.seq, { xywh: chosen.box.join() });
      history.replaceState(null, "", address);
      reader.copy(new URL(address, location.href).href).then(() => announce(reader.say.sayRegionDone));
    });
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
  const { viewer, OpenSeadragon, order } = reader.stage;
  const corner = ([x, y]) => viewer.viewport.pointFromPixel(new OpenSeadragon.Point(x, y));
  for (const page of order) {
    const item = reader.stage.item(page.seq);
    const a = item.viewportToImageCoordinates(corner(from)), b = item.viewportToImageCoordinates(corner(to));
    const inside = (v, most) => Math.round(Math.min(Math.max(v, 0), most));
    const x = inside(Math.min(a.x, b.x), page.width), y = inside(Math.min(a.y, b.y), page.height);
    const w = inside(Math.max(a.x, b.x), page.width) - x, h = inside(Math.max(a.y, b.y), page.height) - y;
    if (w > 8 && h > 8) return { seq: page.seq, box: [x, y, w, h] };
  }
  return null;
}
