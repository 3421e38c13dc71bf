// On a narrow screen the tools that are not needed all the time stand in a menu: the same buttons, with their words (RDR-13).

const NARROW = "(max-width: 43.99rem)";

export function moreTools(root) {
  const more = root.querySelector("[data-more]");
  const list = more.querySelector("ul");
  const tools = [...root.querySelectorAll(".rd-wide")].map((tool) => ({ tool, parent: tool.parentElement, before: tool.nextElementSibling }));
  const narrow = matchMedia(NARROW);
  const place = () => {
    close(more);
    more.hidden = !narrow.matches;
    if (narrow.matches) for (const { tool } of tools) list.append(item(tool));
    else for (const { tool, parent, before } of [...tools].reverse()) parent.insertBefore(tool, before);
    if (!narrow.matches) list.replaceChildren();
  };
  narrow.addEventListener("change", place);
  place();
  for (const menu of root.querySelectorAll("details[data-drop]")) closing(menu);
}

function item(tool) {
  const line = document.createElement("li");
  line.hidden = tool.hidden;
  line.append(tool);
  return line;
}

/** A menu closes by Escape, by a click elsewhere, when the focus goes on, and when something in it was chosen. */
function closing(menu) {
  const opener = menu.querySelector("summary");
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    close(menu);
    opener.focus();
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) close(menu);
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) close(menu);
  });
  // before the tool does its work: a dialog gives the focus back to what had it, and that must be there still
  menu.addEventListener("click", (event) => {
    if (!event.target.closest("button, a")) return;
    close(menu);
    opener.focus();
  }, { capture: true });
}

function close(menu) {
  menu.open = false;
}
