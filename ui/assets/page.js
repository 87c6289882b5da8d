"use strict";
// What the chat does besides Gradio: citations lead to their place in the document.

(() => {
  const { element } = wence;
  const find = (selector, within = document) => within.querySelector(selector);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let shownAnswer = ""; // the conversation and the number of the answer whose evidence is shown

  const nameOf = (answer) => `${find("#live [data-conversation]")?.dataset.conversation || ""} ${answer.dataset.answer || ""}`;

  function scrollWithin(container, target) {
    const narrow = window.matchMedia("(max-width: 900px)").matches;
    const behavior = calm.matches ? "auto" : "smooth";
    if (narrow) return target.scrollIntoView({ block: "center", behavior });
    const offset = target.getBoundingClientRect().top - container.getBoundingClientRect().top;
    container.scrollTo({ top: container.scrollTop + offset - container.clientHeight / 3, behavior });
    return undefined;
  }

  function resetPanel() {
    const panel = find("aside.evidence");
    if (!panel) return;
    shownAnswer = "";
    find(".cards", panel).replaceChildren();
    find(".panel-count", panel).textContent = "";
    const empty = find(".empty", panel);
    empty.hidden = false;
    empty.textContent = "提问之后，这里列出回答所引的原文，并在文件中标出位置。";
    const viewer = find(".viewer", panel);
    viewer.hidden = true;
    viewer.replaceChildren();
    viewer.dataset.document = "";
  }

  function showEvidence(answer) {
    if (shownAnswer === nameOf(answer)) return;
    resetPanel();
    const panel = find("aside.evidence");
    const cards = [...find(".answer-cards", answer).cloneNode(true).children];
    const count = cards.length;
    shownAnswer = nameOf(answer);
    find(".empty", panel).hidden = count > 0;
    find(".empty", panel).textContent = "这个回答没有引用原文。";
    find(".panel-count", panel).textContent = count ? `${count} 条引用` : "";
    find(".cards", panel).append(...cards);
    for (const other of document.querySelectorAll("article.answer.current")) other.classList.remove("current");
    answer.classList.add("current");
  }

  // Whether a document still holds a citation's quote where it stood when the page was told.
  function stands(card, detail) {
    const { start, end } = card.dataset;
    return (detail.points ??= Array.from(detail.text)).slice(start, end).join("") === find("blockquote", card).textContent;
  }

  // The document as it is now, if it may have changed since it was loaded.
  async function loadFor(cards, id) {
    const detail = await wence.load(id);
    if (cards.every((card) => stands(card, detail))) return detail;
    wence.forget(id);
    const now = await wence.load(id);
    for (const card of cards.filter((one) => !stands(one, now) && !find(".state", one))) {
      find("blockquote", card).before(element("p", { class: "state" }, "文件在回答之后有更改，原句已不在原处"));
    }
    return now;
  }

  async function showPlace(card, { flash = true } = {}) {
    const panel = find("aside.evidence");
    const viewer = find(".viewer", panel);
    const { document: id, marker } = card.dataset;
    for (const other of panel.querySelectorAll(".card")) other.classList.toggle("current", other === card);
    if (viewer.dataset.document !== id) {
      viewer.dataset.document = id;
      viewer.hidden = false;
      viewer.replaceChildren(element("p", { class: "busy" }, "正在打开原文"));
      try {
        const cards = [...panel.querySelectorAll(".card[data-start]")].filter((one) => one.dataset.document === id);
        const detail = await loadFor(cards, id);
        if (viewer.dataset.document !== id) return;
        const marks = cards.filter((one) => stands(one, detail))
          .map((one) => ({ start: Number(one.dataset.start), end: Number(one.dataset.end), marker: one.dataset.marker }));
        viewer.replaceChildren(wence.headElement(detail), wence.textElement(detail, marks));
      } catch (error) {
        viewer.replaceChildren(element("p", { class: "empty" }, error.message));
        viewer.dataset.document = "";
        return;
      }
    }
    const places = [...viewer.querySelectorAll("mark")].filter((mark) => mark.dataset.markers.includes(` ${marker} `));
    for (const mark of viewer.querySelectorAll("mark")) mark.classList.toggle("current", places.includes(mark));
    if (!places.length || !flash) {
      if (places.length) { const text = find(".document-text", viewer); text.scrollTop += places[0].getBoundingClientRect().top - text.getBoundingClientRect().top - text.clientHeight / 3; }
      return;
    }
    scrollWithin(find(".document-text", viewer), places[0]);
    const list = find(".cards", panel);
    list.scrollTo({ top: card.offsetTop - list.offsetTop - 8, behavior: calm.matches ? "auto" : "smooth" });
    for (const place of places) {
      place.classList.remove("flash");
      void place.offsetWidth; // restarts the animation
      place.classList.add("flash");
    }
  }

  async function copy(button) {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch { // no permission, or an old browser
      const area = element("textarea", { class: "unseen" });
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.dataset.label ??= button.textContent; // it may be clicked again before it is back
    button.textContent = "已复制";
    setTimeout(() => { button.textContent = button.dataset.label; }, 1600);
  }

  document.addEventListener("click", (event) => {
    const marker = event.target.closest("button.marker");
    const cardTitle = event.target.closest(".card");
    const button = event.target.closest("[data-action]");
    if (marker) {
      showEvidence(marker.closest("article.answer"));
      const card = find(`aside.evidence .card[data-marker="${marker.dataset.marker}"]`);
      if (card) showPlace(card);
    } else if (cardTitle) showPlace(cardTitle);
    else if (button) {
      const { action } = button.dataset;
      if (action === "copy") copy(button);
      if (action === "show-evidence") {
        showEvidence(button.closest("article.answer"));
        const card = find("aside.evidence .card");
        if (card) showPlace(card);
      }
    }
  });

  // A new question comes into view; when its answer is there, so does that, with its evidence.
  // What happens to the page otherwise (a citation clicked, say) moves nothing.
  let followed = "";

  function follow() {
    const live = find("#live .answer");
    const state = live ? `${nameOf(live)} ${live.dataset.status || live.classList[1]}` : "";
    if (state === followed) return;
    followed = state;
    if (!live) resetPanel();
    if (live && live.classList.contains("settled")) {
      showEvidence(live);
      const card = find("aside.evidence .card");
      if (card) showPlace(card, { flash: false });
    }
    const turns = find("#turns");
    const asked = find("#live .question");
    if (!asked) return;
    if (window.matchMedia("(max-width: 900px)").matches) asked.scrollIntoView({ block: "start" });
    else turns.scrollTop += asked.getBoundingClientRect().top - turns.getBoundingClientRect().top - 12;
  }

  function start() {
    const live = find("#live");
    if (!live) return setTimeout(start, 50);
    new MutationObserver(follow).observe(live, { childList: true, subtree: true, attributes: true, characterData: true });
    document.body.classList.remove("dark"); // one look, whatever the system's
    new MutationObserver(() => document.body.classList.contains("dark") && document.body.classList.remove("dark"))
      .observe(document.body, { attributes: true, attributeFilter: ["class"] });
    return undefined;
  }
  start();
})();
