"use strict";
// What the words of a draft and what should stand there have in common, and what differs.

(() => {
  const TOKEN = /\d+(?:[.,]\d+)*|[A-Za-z]+|./gsu;
  const DIGITS_BEFORE = /\d+(?:[.,]\d+)*[.,]?$/;
  const DIGITS_AFTER = /^[.,]?\d+(?:[.,]\d+)*/;
  const LONGEST = 1000; // tokens; the table below has their square
  const LEAST_IN_COMMON = 0.3;

  // No number is cut in two: [4→3]7 becomes [47→37].
  wence.wholeNumbers = function wholeNumbers(pieces) {
    const whole = pieces.map((piece) => ({ ...piece }));
    for (let index = 0; index + 1 < whole.length; index += 1) {
      const [left, right] = [whole[index], whole[index + 1]];
      const [isLeftEqual, isRightEqual] = [left.operation === "equal", right.operation === "equal"];
      if (isLeftEqual && !isRightEqual && (/^\d/.test(right.quoted) || /^\d/.test(right.source))) {
        const digits = left.quoted.match(DIGITS_BEFORE)?.[0] || "";
        right.quoted = digits + right.quoted;
        right.source = digits + right.source;
        left.quoted = left.quoted.slice(0, left.quoted.length - digits.length);
        left.source = left.source.slice(0, left.source.length - digits.length);
      } else if (isRightEqual && !isLeftEqual && (/\d$/.test(left.quoted) || /\d$/.test(left.source))) {
        const digits = right.quoted.match(DIGITS_AFTER)?.[0] || "";
        left.quoted += digits;
        left.source += digits;
        right.quoted = right.quoted.slice(digits.length);
        right.source = right.source.slice(digits.length);
      }
    }
    return whole.filter((piece) => piece.quoted || piece.source);
  };

  // lengths[i][j]: how many tokens the rest of both from i and j on have in common, in order.
  function commonLengths(ours, theirs) {
    const lengths = Array.from({ length: ours.length + 1 }, () => new Uint16Array(theirs.length + 1));
    for (let i = ours.length - 1; i >= 0; i -= 1) {
      for (let j = theirs.length - 1; j >= 0; j -= 1) {
        lengths[i][j] = ours[i] === theirs[j] ? lengths[i + 1][j + 1] + 1 : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
      }
    }
    return lengths;
  }

  wence.compared = function compared(quoted, source) {
    const [ours, theirs] = [quoted.match(TOKEN) || [], source.match(TOKEN) || []];
    const replaced = [{ operation: "replace", quoted, source }];
    if (Math.max(ours.length, theirs.length) > LONGEST) return replaced;
    const lengths = commonLengths(ours, theirs);
    if (2 * lengths[0][0] < LEAST_IN_COMMON * (ours.length + theirs.length)) return replaced;
    const pieces = [];
    const add = (operation, said, meant) => {
      if (pieces.at(-1)?.operation !== operation) pieces.push({ operation, quoted: "", source: "" });
      pieces.at(-1).quoted += said;
      pieces.at(-1).source += meant;
    };
    let [i, j] = [0, 0];
    while (i < ours.length || j < theirs.length) {
      if (i < ours.length && j < theirs.length && ours[i] === theirs[j]) { add("equal", ours[i], theirs[j]); i += 1; j += 1; }
      else if (j === theirs.length || (i < ours.length && lengths[i + 1][j] >= lengths[i][j + 1])) { add("replace", ours[i], ""); i += 1; }
      else { add("replace", "", theirs[j]); j += 1; }
    }
    return pieces;
  };

  // Of a finding; none where nothing is to be changed.
  wence.differenceOf = function differenceOf(finding, words) {
    if (["exact", "not_found"].includes(finding.verdict)) return [];
    const diff = finding.matches[0]?.diff || [];
    if (finding.verdict === "altered" && diff.some((piece) => piece.operation !== "equal")) return wence.wholeNumbers(diff);
    return finding.correction === null || finding.correction === words ? [] : wence.compared(words, finding.correction);
  };

  // Struck out what only the draft has, underlined what only the source has; said to who hears it.
  wence.differenceElement = function differenceElement(pieces) {
    if (!pieces.length) return null;
    const shown = wence.element("p");
    const said = (text) => wence.element("span", { class: "unseen" }, text);
    for (const piece of pieces) {
      if (piece.operation === "equal") { shown.append(piece.quoted); continue; }
      if (piece.quoted) shown.append(wence.element("del", {}, said("（文稿："), piece.quoted, said("）")));
      if (piece.source) shown.append(wence.element("ins", {}, said("（应为："), piece.source, said("）")));
    }
    return wence.element("div", { class: "difference" }, shown);
  };
})();
