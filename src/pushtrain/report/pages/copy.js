"use strict";
// Add a button to each address that copies it. Without JavaScript there is none, and the text can be selected.
for (const list of document.querySelectorAll("dl[data-copy]")) {
  for (const entry of list.querySelectorAll("dd.address")) {
    const text = entry.textContent;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = list.dataset.copy;
    button.addEventListener("click", () => {
      const copied = () => { button.textContent = list.dataset.copied; };
      if (navigator.clipboard) navigator.clipboard.writeText(text).then(copied, () => select(entry, copied));
      else select(entry, copied);
    });
    entry.append(" ", button);
  }
}

// Select the text, and copy it in the way that also works for files of this computer.
function select(entry, copied) {
  const range = document.createRange();
  range.setStart(entry, 0);
  range.setEndBefore(entry.lastChild.previousSibling);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  if (document.execCommand("copy")) copied();
}
