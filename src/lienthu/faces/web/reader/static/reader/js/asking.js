// Small helpers: JSON from our own server, words with gaps.

export async function getJson(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.json();
}

/** "Page {name}" with its words. */
export const fill = (text, words) => text.replace(/\{(\w+)\}/g, (_, name) => String(words[name] ?? ""));

export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** Rectangles over a page, in its own pixels: [{box: [x, y, w, h], css}]. */
export function marksOver(page, marks) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "rd-marks");
  svg.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const { box: [x, y, w, h], css } of marks) {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", css);
    for (const [key, value] of Object.entries({ x, y, width: w, height: h })) rect.setAttribute(key, value);
    svg.append(rect);
  }
  return svg;
}
