"use strict";
// One finding of a draft: what was checked, what came of it, what it should be, and who says so.

(() => {
  const { element } = wence;
  const SOURCES_SHOWN = 3;
  const LONG = 16;

  function copyButton(text, label) {
    return element("button", { type: "button", class: "quiet", "data-action": "copy", "data-copy": text }, label);
  }

  function referencesElement({ reference }, hint) {
    const list = element("dl");
    const rows = [["GB/T 7714—2025", reference.gbt7714_2025], ["GB/T 7714—2015", reference.gbt7714_2015], ["文中夹注", reference.in_text]];
    for (const [name, text] of rows.filter((row) => row[1])) {
      list.append(element("dt", {}, name), element("dd", {}, element("span", {}, text), copyButton(text, "复制")));
    }
    const isOnline = reference.gbt7714_2015.includes("/OL]");
    return element("details", { class: "references" }, element("summary", {}, "著录格式"), list,
      isOnline ? element("p", { class: "hint" }, hint) : null);
  }

  function sourceElement(match, hint) {
    const facts = [match.speaker ? `${match.office || ""}${match.speaker}` : "", match.occasion, wence.shownDate(match.date),
      match.publisher, match.page === null ? "" : `第${match.page}页`];
    return element("li", { "data-document": match.document_id, "data-start": match.start, "data-end": match.end },
      element("button", { type: "button", class: "title-link", "data-action": "open-place" }, match.title),
      element("p", { class: "facts" },
        element("span", { class: `badge kind-${match.kind}` }, wence.KINDS[match.kind] || match.kind),
        match.is_sample ? element("span", { class: "badge sample" }, "示例") : null,
        ...facts.filter(Boolean).map((fact) => element("span", {}, fact))),
      referencesElement(match, hint));
  }

  function correctionElement({ correction }, pieces, { mayApply, isApplied, appliedInstead }) {
    if (correction === null) return null;
    const isRead = correction.length > LONG && pieces.map((piece) => piece.source).join("") === correction; // in the comparison
    const made = element("p", { class: "correction" }, correction === "" ? "建议删去。" : isRead ? "建议按原文改。" : "建议改为：",
      correction === "" || isRead ? null : element("b", {}, correction));
    if (!mayApply) made.append(correction === "" ? "" : copyButton(correction, "复制"));
    else if (appliedInstead) made.append(element("em", {}, `这里已按第${appliedInstead}处改过。`));
    else if (isApplied) made.append(element("button", { type: "button", class: "quiet", "data-action": "undo" }, "撤销"));
    else made.append(element("button", { type: "button", class: "quiet take", "data-action": "apply" }, "采用建议"));
    return made;
  }

  // `state` tells what the draft knows of it: name of the verdict and the kind, place, words, and
  // whether its correction may be, was, or because of another one can't be taken over.
  wence.findingElement = function findingElement(finding, state) {
    const pieces = wence.differenceOf(finding, state.words);
    const documents = new Map([...finding.matches].reverse().map((match) => [match.document_id, match]));
    const sources = [...new Set(finding.matches.map((match) => match.document_id))].map((id) => documents.get(id)).slice(0, SOURCES_SHOWN);
    const more = documents.size - sources.length;
    return element("li", { class: `finding ${finding.verdict}${state.isApplied ? " applied" : ""}`, "data-number": finding.number },
      element("div", { class: "finding-head" },
        element("button", { type: "button", class: "finding-place", "data-action": "show-words" },
          element("span", { class: "number" }, String(finding.number)), state.place),
        element("span", { class: "badge" }, state.kind),
        element("span", { class: `verdict ${finding.verdict}` }, state.name),
        state.isApplied ? element("span", { class: "badge taken" }, "已采用") : null),
      element("p", { class: "finding-words" }, state.words),
      finding.verdict === "exact" ? null : element("p", { class: "finding-message" }, finding.message),
      wence.differenceElement(pieces),
      correctionElement(finding, pieces, state),
      sources.length ? element("ul", { class: "sources" }, ...sources.map((match) => sourceElement(match, state.hint))) : null,
      more > 0 ? element("p", { class: "hint" }, `还有 ${more} 份文件，可在“引文”里查看。`) : null);
  };
})();
