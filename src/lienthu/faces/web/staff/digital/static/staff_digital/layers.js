// Several lines pasted into one field fill the same layer of the lines below.
document.querySelector("[data-layers]")?.addEventListener("paste", (event) => {
  const field = event.target;
  const lines = event.clipboardData.getData("text").split(/\r?\n/).map((line) => line.trim());
  if (lines.length < 2 || !field.name) return;
  event.preventDefault();
  const fields = [...field.form.querySelectorAll(`input[name="${field.name}"]`)];
  const from = fields.indexOf(field);
  lines.filter(Boolean).forEach((line, n) => {
    if (fields[from + n]) fields[from + n].value = line;
  });
});
