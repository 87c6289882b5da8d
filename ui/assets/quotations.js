"use strict";
// Places of quotations: a title opens its document there, beside the results where there is room.

(() => {
  const { element } = wence;
  const find = (selector, within = document) => within.querySelector(selector);
  const wide = window.matchMedia("(min-width: 901px)");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");

  // What lists places: the results, or the sources of one finding of a draft.
  const listOf = (place) => place.closest(".finding, #quotations") || place.parentElement;

  function marksIn(list, id) {
    return [...list.querySelectorAll("[data-document]")].map((one, marker) => ({ one, marker }))
      .filter(({ one }) => one.dataset.document === id)
      .map(({ one, marker }) => ({ one, start: Number(one.dataset.start), end: Number(one.dataset.end), marker }));
  }

  function showMark(container, marker, { moving }) {
    const text = find(".document-text", container);
    const marks = [...text.querySelectorAll("mark")];
    const current = marks.filter((mark) => mark.dataset.markers.includes(` ${marker} `));
    for (const mark of marks) mark.classList.toggle("current", current.includes(mark));
    if (!current.length) return;
    const offset = current[0].getBoundingClientRect().top - text.getBoundingClientRect().top;
    const behavior = moving && !calm.matches ? "smooth" : "auto";
    text.scrollTo({ top: text.scrollTop + offset - text.clientHeight / 3, behavior });
    for (const mark of moving ? current : []) {
      mark.classList.remove("flash");
      void mark.offsetWidth; // restarts the animation
      mark.classList.add("flash");
    }
  }

  async function openBeside(place, { moving = true } = {}) {
    const viewer = find("aside.reader .viewer");
    const { document: id } = place.dataset;
    for (const other of document.querySelectorAll("#quotations .match")) other.classList.toggle("current", other === place);
    const marks = marksIn(listOf(place), id);
    find("aside.reader .empty").hidden = true;
    viewer.hidden = false;
    viewer.dataset.document = id;
    viewer.replaceChildren(element("p", { class: "busy" }, "正在打开原文"));
    try {
      const detail = await wence.load(id);
      if (viewer.dataset.document !== id) return;
      viewer.replaceChildren(wence.headElement(detail), wence.textElement(detail, marks));
    } catch (error) {
      viewer.replaceChildren(element("p", { class: "empty" }, error.message));
      return;
    }
    showMark(viewer, marks.find(({ one }) => one === place)?.marker, { moving });
  }

  async function openAbove(place) {
    const { document: id } = place.dataset;
    const marks = marksIn(listOf(place), id);
    const dialog = wence.openDialog(element("p", { class: "busy" }, "正在打开原文"));
    const close = wence.button("关闭", "quiet close", () => dialog.close());
    try {
      const detail = await wence.load(id);
      dialog.setAttribute("aria-label", detail.title);
      dialog.replaceChildren(close, wence.headElement(detail), wence.textElement(detail, marks));
    } catch (error) {
      dialog.replaceChildren(close, element("p", {}, error.message));
      return;
    }
    close.focus();
    showMark(dialog, marks.find(({ one }) => one === place)?.marker, { moving: true });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action=open-place]");
    const place = button?.closest("[data-document]");
    if (!place) return;
    if (wide.matches && place.closest("#quoting")) openBeside(place);
    else openAbove(place);
  });

  function resetReader() {
    const viewer = find("aside.reader .viewer");
    if (!viewer) return;
    find("aside.reader .empty").hidden = false;
    viewer.hidden = true;
    viewer.replaceChildren();
    viewer.dataset.document = "";
  }

  // With new results their first place is opened; further ones of the same leave the reader alone.
  let followed = "";

  function follow() {
    const first = find("#quotations .match");
    const state = first ? `${first.dataset.document} ${first.dataset.start} ${first.dataset.end}` : "";
    if (state === followed) return;
    followed = state;
    if (!first) resetReader();
    else if (wide.matches) openBeside(first, { moving: false });
  }

  // Gradio makes a tab when it is first chosen, and may make it anew.
  let watched = null;
  new MutationObserver(() => {
    const results = find("#quotations");
    if (!results || results === watched) return;
    watched = results;
    new MutationObserver(follow).observe(results, { childList: true, subtree: true });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
