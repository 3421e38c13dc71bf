// What the public pages gain from JavaScript. All of them work without it.

// Filters are a disclosure on phones and always open beside the results on wide screens.
const wide = window.matchMedia("(min-width: 60rem)");

function openWide() {
  if (wide.matches) for (const fold of document.querySelectorAll("details[data-open-wide]")) fold.open = true;
}
openWide();
wide.addEventListener("change", openWide);
document.addEventListener("htmx:after:swap", openWide);

// The order menu closes with Escape and with a click beside it, as the site's menu does.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.sort[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.sort[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const share = event.target.closest?.("[data-share]");
  if (share) navigator.share({ title: share.dataset.shareTitle, url: share.dataset.share }).catch(() => {}); // changed their mind
  if (event.target.closest?.("[data-print]")) window.print();
});

if (navigator.share) for (const button of document.querySelectorAll("[data-share][hidden]")) button.hidden = false;
for (const button of document.querySelectorAll("[data-print][hidden]")) button.hidden = false;
