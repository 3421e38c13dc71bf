// <button data-copy="text"> or <button data-copy-from="#citation">; data-copied is what to say when it is done.
import { announce } from "./announce.js";

async function put(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  // Many commune libraries reach the server by plain http inside their own network.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("copy refused");
  return undefined;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy], [data-copy-from]");
  if (!button) return;
  event.preventDefault();
  const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  const text = source ? source.innerText.trim() : button.dataset.copy || window.location.href;
  try {
    await put(text);
  } catch {
    if (source) window.getSelection().selectAllChildren(source); // at least it is marked, ready for Ctrl+C
    return;
  }
  button.focus();
  const label = button.querySelector("[data-copy-label]") ?? button;
  const before = label.textContent;
  const said = button.dataset.copied || before;
  announce(said);
  if (said !== before) {
    label.textContent = said;
    window.setTimeout(() => { label.textContent = before; }, 2500);
  }
});

for (const button of document.querySelectorAll("[data-copy][hidden], [data-copy-from][hidden]")) button.hidden = false;
