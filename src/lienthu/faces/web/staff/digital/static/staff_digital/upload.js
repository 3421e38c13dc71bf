// Files by the tus protocol: in pieces, a few at once. A connection that breaks is waited for; after a reload the same
// files are chosen again and go on where they stopped.
/* global tus */
import { announce } from "../ui/js/announce.js";

const root = document.querySelector("[data-upload]");
if (root) start(root);

function start(root) {
  const say = root.dataset;
  const csrf = JSON.parse(document.body.getAttribute("hx-headers:inherited"))["X-CSRFToken"];
  const list = root.querySelector("[data-list]");
  const total = root.querySelector("[data-total]");
  const finish = root.querySelector("[data-finish]");
  const empty = root.querySelector("[data-empty]");
  const rows = new Map();
  const waiting = [];
  const held = [];
  const AT_ONCE = 3;
  let running = 0;
  const size = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const mb = (bytes) => (bytes < 1048576 ? `${size.format(bytes / 1024)} KB` : `${size.format(bytes / 1048576)} MB`);

  for (const item of list.children) {
    const [done, of] = [Number(item.dataset.offset), Number(item.dataset.size)];
    rows.set(item.dataset.path, { item, done, of, whole: done === of });
  }
  // of thousands only some are listed; the rest is known all the same, so that nothing is sent twice
  for (const [path, of, done] of JSON.parse(list.dataset.rest)) rows.set(path, { done, of, whole: done === of });
  if (rows.size) sum();

  function row(file, path) {
    let found = rows.get(path);
    if (!found?.item) {
      const item = document.createElement("li");
      item.className = "upload-list__item";
      const name = document.createElement("span");
      name.className = "breakable";
      name.textContent = path;
      const state = document.createElement("span");
      state.className = "small muted";
      item.append(name, state);
      list.append(item);
      found = { item };
      rows.set(path, found);
    }
    Object.assign(found, { done: 0, of: file.size, whole: false, failed: false });
    return found;
  }

  function tell(found, text) {
    found.item.querySelector(".small").textContent = text;
  }

  function sum() {
    const all = [...rows.values()];
    const [done, of] = [all.reduce((n, f) => n + f.done, 0), all.reduce((n, f) => n + f.of, 0)];
    total.hidden = false;
    total.querySelector("progress").max = Math.max(1, of);
    total.querySelector("progress").value = done;
    total.querySelector("[data-figures]").textContent = `${mb(done)} ${say.sayOf} ${mb(of)}`;
    const whole = rows.size > 0 && [...rows.values()].every((found) => found.whole);
    if (whole && finish.disabled) {
      announce(say.sayAll);
      finish.disabled = false;
      finish.focus();
    } else finish.disabled = !whole;
  }

  function next() {
    while (running < AT_ONCE && waiting.length) {
      running += 1;
      send(...waiting.shift());
    }
  }

  async function send(file, path) {
    const found = rows.get(path);
    const over = () => {
      running -= 1;
      sum();
      next();
    };
    const upload = new tus.Upload(file, {
      endpoint: say.upload,
      chunkSize: 8 * 1024 * 1024,
      retryDelays: [0, 1000, 3000, 8000, 20000],
      removeFingerprintOnSuccess: false,
      headers: { "X-CSRFToken": csrf },
      metadata: { filename: file.name, relativePath: path },
      fingerprint: async () => ["lienthu", say.upload, path, file.size, file.lastModified].join("|"),
      onProgress(done) {
        found.done = done;
        tell(found, `${mb(done)} / ${mb(file.size)}`);
        sum();
      },
      onSuccess() {
        Object.assign(found, { done: file.size, whole: true });
        tell(found, `${mb(file.size)} · ${say.sayWhole}`);
        over();
      },
      onError(error) {
        if (!error.originalResponse) {
          held.push([file, path]);
          tell(found, say.sayHeld);
          return over();
        }
        found.failed = true;
        const said = error.originalResponse?.getBody?.();
        tell(found, said && said.length < 300 ? said : say.sayFailed);
        over();
      },
    });
    const before = await upload.findPreviousUploads();
    if (before.length) upload.resumeFromPreviousUpload(before.at(-1));
    upload.start();
  }

  /** What the network kept from coming goes on: when it is back, and in any case after a while. */
  function again() {
    if (!held.length || !navigator.onLine) return;
    waiting.push(...held.splice(0));
    next();
  }
  window.addEventListener("online", again);
  window.setInterval(again, 10_000);

  const pathOf = (file) => file.webkitRelativePath || file.name;
  const hidden = (path) => path.split("/").some((part) => part.startsWith("."));

  function take(files) {
    // told before the first is sent, not when the server refuses one after thousands
    const more = new Set([...files].map(pathOf).filter((path) => !hidden(path) && !rows.has(path)));
    if (rows.size + more.size > Number(say.most)) {
      empty.hidden = false;
      empty.textContent = say.sayMany;
      return;
    }
    const left = [];
    for (const file of files) {
      const path = pathOf(file);
      if (hidden(path)) continue;
      if (rows.get(path)?.whole) continue;
      if (!file.size) {
        left.push(path);
        continue;
      }
      tell(row(file, path), say.sayWaiting);
      waiting.push([file, path]);
    }
    empty.hidden = !left.length;
    if (left.length) empty.textContent = `${say.sayEmpty} ${left.join(", ")}`;
    sum();
    next();
  }

  for (const input of root.querySelectorAll("[data-files]")) {
    input.addEventListener("change", () => {
      take(input.files);
      input.value = "";
    });
  }
  const zone = root.querySelector("[data-dropzone-files]");
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  });
  window.addEventListener("beforeunload", (event) => {
    if (running || held.length) event.preventDefault();
  });
}
