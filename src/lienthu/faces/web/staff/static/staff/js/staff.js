// Comforts of the staff pages; without them everything works with plain forms and reloads.

for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-print]")) window.print();
});
document.addEventListener("htmx:after:swap", () => {
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
});

// On phones the tabs are wider than the screen: the one that is open is in sight.
document.querySelector('.tabs [aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "center" });

const size = (bytes) => {
  const units = ["B", "KB", "MB", "GB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: step ? 1 : 0 });
  return `${number.format(bytes / 1024 ** step)} ${units[step]}`;
};

function watchZone(zone) {
  const input = zone.querySelector('input[type="file"]');
  const chosen = zone.querySelector("[data-dropzone-chosen]");
  const hint = zone.querySelector("[data-dropzone-hint]");
  if (!input) return;
  if (hint) hint.hidden = !window.matchMedia("(hover: hover)").matches;
  const tell = (text) => {
    chosen.textContent = text;
    chosen.hidden = !text;
  };
  input.addEventListener("change", () => {
    const file = input.files[0];
    const tooLarge = file && file.size > Number(zone.dataset.largest || Infinity);
    if (tooLarge) input.value = ""; // the server refuses it too; nobody need wait for that
    if (tooLarge) tell(zone.dataset.tooLarge);
    else tell(file ? `${file.name} · ${size(file.size)}` : "");
  });
  for (const name of ["dragenter", "dragover"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("dropzone--over");
    });
  }
  for (const name of ["dragleave", "dragend", "drop"]) {
    zone.addEventListener(name, () => zone.classList.remove("dropzone--over"));
  }
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    if (files.length > 1) {
      tell(zone.dataset.tooMany);
      return;
    }
    input.files = files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
for (const zone of document.querySelectorAll("[data-dropzone]")) watchZone(zone);

// A large file takes minutes to send: show how far it is. The answer replaces the page as the plain form's would.
function watchUpload(form) {
  const place = form.querySelector("[data-upload-progress]");
  const bar = place?.querySelector("progress");
  const figure = place?.querySelector("[data-upload-figure]");
  const input = form.querySelector('input[type="file"]');
  const button = form.querySelector('button[type="submit"]');
  form.addEventListener("submit", (event) => {
    const file = input?.files[0];
    if (!place || !file || file.size < 4 * 1024 * 1024 || form.dataset.plain) return;
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action || window.location.href);
    place.hidden = false;
    button.disabled = true;
    const words = button.textContent;
    button.textContent = button.dataset.busy;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = Math.round((100 * loaded) / total);
      figure.textContent = `${size(loaded)} / ${size(total)}`;
    });
    request.addEventListener("load", () => {
      if (request.status < 400) {
        window.location.assign(request.responseURL);
        return;
      }
      document.open();
      document.write(request.responseText);
      document.close();
    });
    request.addEventListener("error", () => {
      place.hidden = true;
      button.disabled = false;
      button.textContent = words;
      form.dataset.plain = "1"; // the next attempt goes the plain way
    });
    request.send(new FormData(form));
  });
}
for (const form of document.querySelectorAll("[data-upload]")) watchUpload(form);
