// After an htmx 4 swap: say what changed, keep the focus somewhere sensible, show that something is on its way.

const region = () => document.getElementById("announce");
let pending = 0;

/** Say `text` to screen readers; the same text twice is said twice. */
export function announce(text) {
  const place = region();
  if (!place || !text) return;
  place.textContent = "";
  window.setTimeout(() => { place.textContent = text; }, 60);
}

function focusOn(element) {
  if (!element) return false;
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus();
  return document.activeElement === element;
}

const focusLost = () => !document.activeElement || document.activeElement === document.body;

/** 422: the first wrong field. Otherwise what asks for it, and only if nothing has the focus: the new content. */
function settleFocus(place, status) {
  if (status === 422) {
    if (focusOn(place.querySelector('[aria-invalid="true"]:not([type="hidden"])'))) return;
    if (focusOn(place.querySelector(".error-summary"))) return;
  }
  if (focusOn(place.querySelector("[data-focus]"))) return;
  if (focusLost()) focusOn(place.matches("[data-keep]") ? place : place.querySelector("h1, h2, h3") ?? place);
}

document.addEventListener("htmx:before:request", ({ detail }) => {
  pending += 1;
  document.documentElement.dataset.busy = "";
  detail.ctx?.target?.setAttribute?.("aria-busy", "true");
});

document.addEventListener("htmx:finally:request", ({ detail }) => {
  pending = Math.max(0, pending - 1);
  if (!pending) delete document.documentElement.dataset.busy;
  detail.ctx?.target?.removeAttribute?.("aria-busy");
});

document.addEventListener("htmx:after:swap", ({ detail }) => {
  const ctx = detail.ctx ?? {};
  const place = ctx.target?.isConnected ? ctx.target : document.getElementById(ctx.target?.id) ?? document.getElementById("main");
  if (!place) return;
  // A region that refreshes itself (progress) is polled: it must neither take the focus nor talk without being asked.
  if (!place.closest("[data-quiet]")) settleFocus(place, ctx.response?.status);
  const spoken = place.matches("[data-announce]") ? place : place.querySelector("[data-announce]");
  announce(spoken?.dataset.announce);
});

document.addEventListener("htmx:error", () => {
  const place = document.getElementById("toasts");
  if (!place || place.querySelector("[data-failed-toast]")) return;
  const toast = document.createElement("div");
  toast.className = "toast toast--danger";
  toast.dataset.toast = "";
  toast.dataset.failedToast = "";
  toast.textContent = place.dataset.failed; // #toasts is a live region: it speaks for itself
  place.append(toast);
});

// Toasts go away by themselves, except refusals and those under the pointer or the focus.
function watchToast(toast) {
  if (toast.dataset.toast === "danger") return;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) window.setTimeout(leave, 3000);
    else toast.remove();
  };
  window.setTimeout(leave, 8000);
}

document.addEventListener("click", (event) => {
  event.target.closest?.("[data-dismiss]")?.closest(".toast, .notice")?.remove();
});

const toasts = document.getElementById("toasts");
if (toasts) {
  for (const toast of toasts.querySelectorAll(".toast")) watchToast(toast);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) {
        if (node instanceof HTMLElement && node.matches(".toast")) watchToast(node);
      }
    }
  }).observe(toasts, { childList: true });
}

// The menu on phones closes with Escape and with a click beside it.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
