// Filters and orders the list of questions; without it the list is all there, worst first.
"use strict";
(() => {
  const controls = document.getElementById("controls");
  if (!controls) return;
  const blocks = Array.from(document.querySelectorAll(".question"));
  const words = new Map();
  const field = (name) => controls.elements.namedItem(name);
  const orders = {
    worst: (block) => Number(block.dataset.place),
    slowest: (block) => -Number(block.dataset.ms),
    longest: (block) => -Number(block.dataset.length),
  };
  const wordsOf = (block) => {
    if (!words.has(block)) words.set(block, block.textContent.toLowerCase());
    return words.get(block);
  };
  const show = () => {
    const wanted = field("search").value.trim().toLowerCase();
    const kind = field("kind").value;
    const onlyWrong = field("wrong").checked;
    let shown = 0;
    for (const block of blocks) {
      const fits = (!kind || block.dataset.kind === kind)
        && (!onlyWrong || block.classList.contains("wrong"))
        && (!wanted || wordsOf(block).includes(wanted));
      block.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    document.getElementById("shown").textContent = `显示 ${shown} / ${blocks.length} 题`;
  };
  const sort = () => {
    const order = orders[field("order").value];
    const sorted = blocks.slice().sort((a, b) => order(a) - order(b) || orders.worst(a) - orders.worst(b));
    sorted.forEach((block) => block.parentElement.append(block));
  };
  let waiting;
  field("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  field("kind").addEventListener("change", show);
  field("wrong").addEventListener("change", show);
  field("order")?.addEventListener("change", sort);
  controls.addEventListener("submit", (event) => event.preventDefault());
  controls.hidden = false;
  show();
})();
