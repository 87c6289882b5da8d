"use strict";
// Checks a draft and shows what was found. The draft stays in this page, and goes when it goes.

(() => {
  const { element } = wence;
  const find = (selector, within = document) => within.querySelector(selector);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const GRAVEST_FIRST = ["misattributed", "altered", "not_found", "exact"];
  const GROUPS = { attention: "需要处理", not_found: "库中未见", exact: "一致", all: "全部" };
  const NOTES = {
    attention: "没有需要处理的地方。", not_found: "没有库中未见的内容。", exact: "没有核对一致的内容。", all: "没有找到可以核对的内容。",
  };

  let file = null; // what was chosen, in place of what was pasted
  let draft = null; // { source, points, findings, applied, group, current }
  let running = null;
  let names = null;

  const desk = () => find(".draft-desk");
  const groupOf = (finding) => (["altered", "misattributed"].includes(finding.verdict) ? "attention" : finding.verdict);
  const isPasted = () => draft.source.file === undefined;

  // ---- Asking

  function request(source, form, signal) {
    const address = `/v1/drafts/check?as=${form}`;
    if (source.file === undefined) {
      const headers = { "Content-Type": "application/json" };
      return fetch(address, { method: "POST", headers, body: JSON.stringify({ text: source.text }), signal });
    }
    const body = new FormData();
    body.append("file", source.file, source.name);
    return fetch(address, { method: "POST", body, signal });
  }

  async function answered(source, form, signal) {
    let response;
    try {
      response = await request(source, form, signal);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Error("没有连上服务，请检查它是否仍在运行。");
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || `服务回复 ${response.status}，请稍后再试。`);
  }

  // What is checked now is what is exported later, whatever becomes of the file.
  async function chosenSource() {
    if (!file) {
      const { value: text } = find("#draft-text");
      if (!text.trim()) throw new Error("请先粘贴文稿，或选择一个文件。");
      return { text };
    }
    const most = Number(desk().dataset.maxBytes);
    if (file.size > most) throw new Error(`文件有 ${(file.size / 2 ** 20).toFixed(1)} MB，超过上限 ${Math.floor(most / 2 ** 20)} MB。`);
    try {
      return { file: new Blob([await file.arrayBuffer()]), name: file.name };
    } catch {
      throw new Error("读不到这个文件，它可能已被移动或改名，请重新选择。");
    }
  }

  function setBusy(busy) {
    find("[data-action=check-draft]").disabled = busy;
    find("[data-action=cancel-check]").hidden = !busy;
    find(".draft-progress").classList.toggle("busy", busy);
    find(".draft-progress").textContent = busy ? "正在逐处核对" : "";
  }

  async function check() {
    if (running) return;
    const failure = find(".draft-entry .failure");
    failure.textContent = "";
    running = new AbortController();
    setBusy(true);
    try {
      const source = await chosenSource();
      const body = await (await answered(source, "json", running.signal)).json();
      const findings = body.items.map((one, index) => ({ ...one, number: index + 1 }));
      const points = Array.from(body.text); // positions count code points
      names ??= JSON.parse(desk().dataset.names);
      draft = { source, summary: body.summary, points, paragraphs: paragraphsOf(points), findings, applied: new Set(), current: 0 };
      draft.group = ["attention", "not_found", "exact"].find((group) => findings.some((one) => groupOf(one) === group)) || "all";
      showResult();
    } catch (error) {
      if (error.name !== "AbortError") failure.textContent = error.message;
    } finally {
      running = null;
      setBusy(false);
    }
  }

  async function download(button) {
    const { form } = button.dataset;
    const failure = find(".draft-result .failure");
    failure.textContent = "";
    button.disabled = true;
    try {
      const content = await (await answered(draft.source, form)).blob();
      const stem = (draft.source.name || "文稿").replace(/\.[^.]*$/, "");
      const address = URL.createObjectURL(content);
      element("a", { href: address, download: form === "html" ? `${stem}-核稿报告.html` : `${stem}-批注.docx` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      failure.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  }

  // ---- The text with the corrections that were taken over

  const overlap = (one, other) => one.start < Math.max(other.end, other.start + 1) && other.start < Math.max(one.end, one.start + 1);

  // The text as it is now, and where in it each finding stands; none where its words are gone.
  function revised() {
    const taken = draft.findings.filter((one) => draft.applied.has(one.number)).sort((a, b) => a.start - b.start);
    const points = [];
    const places = new Map();
    let position = 0;
    for (const one of taken) {
      for (; position < one.start; position += 1) points.push(draft.points[position]);
      const correction = Array.from(one.correction);
      places.set(one.number, { start: points.length, end: points.length + correction.length });
      for (const point of correction) points.push(point);
      position = one.end;
    }
    for (; position < draft.points.length; position += 1) points.push(draft.points[position]);
    for (const one of draft.findings) {
      if (places.has(one.number) || taken.some((other) => overlap(one, other))) continue;
      const shift = taken.filter((other) => other.end <= one.start)
        .reduce((sum, other) => sum + Array.from(other.correction).length - (other.end - other.start), 0);
      places.set(one.number, { start: one.start + shift, end: one.end + shift });
    }
    return { points, places };
  }

  function paragraphsOf(points) {
    const found = [];
    let start = 0;
    for (let index = 0; index <= points.length; index += 1) {
      if (index < points.length && points[index] !== "\n" && points[index] !== "\r") continue;
      if (points.slice(start, index).some((point) => point.trim())) found.push({ start, end: index });
      start = index + 1;
    }
    return found;
  }

  function placeName(start) {
    const { paragraphs } = draft;
    const number = paragraphs.findIndex((one) => start < one.end);
    if (number < 0) return "文末";
    const { start: begun } = paragraphs[number];
    let indent = begun;
    while (!draft.points[indent].trim()) indent += 1;
    return `第${number + 1}段第${Math.max(start - indent, 0) + 1}字`;
  }

  // ---- The draft with its marks

  function markElement(text, covering, { starting, ending }) {
    const gravest = covering.map(({ finding }) => finding).sort((a, b) => GRAVEST_FIRST.indexOf(a.verdict) - GRAVEST_FIRST.indexOf(b.verdict))[0];
    const isApplied = covering.some(({ finding }) => draft.applied.has(finding.number));
    const mark = element("mark", {
      class: `${isApplied ? "applied" : gravest.verdict} ${groupOf(gravest)}`,
      "data-findings": ` ${covering.map(({ finding }) => finding.number).join(" ")} `,
    }, text);
    if (ending.length) mark.dataset.ends = ending.map(({ finding }) => finding.number).join("、");
    if (starting.length) {
      mark.tabIndex = 0;
      mark.setAttribute("role", "button");
      mark.title = starting.map(({ finding }) => `第${finding.number}处：${nameOf(finding)}`).join("；");
    }
    return mark;
  }

  function paragraphElement(points, { start, end }, spans) {
    const here = spans.filter((span) => span.start < end && start < span.end);
    const cuts = new Set([start, end]);
    for (const span of here) for (const place of [span.start, span.end]) if (place > start && place < end) cuts.add(place);
    const places = [...cuts].sort((a, b) => a - b);
    const made = element("p");
    for (let index = 0; index + 1 < places.length; index += 1) {
      const [from, to] = [places[index], places[index + 1]];
      const text = points.slice(from, to).join("");
      const covering = here.filter((span) => span.start <= from && to <= span.end);
      if (!covering.length) made.append(text);
      else {
        made.append(markElement(text, covering, {
          starting: covering.filter((span) => !span.isBegun),
          ending: covering.filter((span) => span.end === to),
        }));
        for (const span of covering) span.isBegun = true;
      }
    }
    return made;
  }

  function showPaper() {
    const { points, places } = revised();
    const spans = draft.findings.filter((finding) => places.has(finding.number)).map((finding) => {
      const { start, end } = places.get(finding.number);
      return { finding, start, end: Math.max(end, start + 1), isBegun: false };
    });
    const paper = find(".draft-paper");
    const { scrollTop } = paper;
    let next = 0;
    let reached = [];
    spans.sort((a, b) => a.start - b.start);
    paper.replaceChildren(...paragraphsOf(points).map((paragraph) => {
      while (next < spans.length && spans[next].start < paragraph.end) { reached.push(spans[next]); next += 1; }
      reached = reached.filter((span) => span.end > paragraph.start);
      return paragraphElement(points, paragraph, reached);
    }));
    paper.scrollTop = scrollTop;
    paper.dataset.group = draft.group;
    find(".copy-draft").hidden = !draft.applied.size;
    find(".copy-draft").dataset.copy = draft.applied.size ? points.join("") : "";
    showCurrent();
  }

  // ---- The findings

  const nameOf = (finding) => names.each[`${finding.kind} ${finding.verdict}`] || finding.verdict;
  const wordsOf = (finding) => draft.points.slice(finding.start, finding.end).join("");

  function findingElement(finding) {
    const other = draft.findings.find((one) => draft.applied.has(one.number) && one !== finding && overlap(one, finding));
    return wence.findingElement(finding, {
      name: nameOf(finding), kind: names.kinds[finding.kind] || finding.kind, place: placeName(finding.start), words: wordsOf(finding),
      hint: desk().dataset.hint, mayApply: isPasted(), isApplied: draft.applied.has(finding.number), appliedInstead: other?.number,
    });
  }

  function showFindings() {
    const list = find(".draft-findings ol");
    const shown = draft.findings.filter((one) => draft.group === "all" || groupOf(one) === draft.group);
    list.replaceChildren(...shown.map(findingElement));
    const empty = find(".draft-findings .empty");
    empty.hidden = shown.length > 0;
    empty.textContent = NOTES[draft.group];
    showCurrent();
  }

  function showFilter() {
    find(".draft-filter").replaceChildren(...Object.entries(GROUPS).map(([group, name]) => {
      const count = draft.findings.filter((one) => group === "all" || groupOf(one) === group).length;
      return element("button", { type: "button", class: `filter ${group}`, "data-action": "filter", "data-group": group, "aria-pressed": String(group === draft.group) },
        element("span", {}, name), element("b", {}, String(count)));
    }));
  }

  function choose(group) {
    draft.group = group;
    for (const button of document.querySelectorAll(".draft-filter button")) button.setAttribute("aria-pressed", String(button.dataset.group === group));
    find(".draft-paper").dataset.group = group;
    showFindings();
  }

  // One finding drawn anew, so that the list stays where it is, and the focus with it.
  function redraw(finding) {
    showPaper();
    for (const card of document.querySelectorAll(".draft-findings .finding")) {
      const other = draft.findings[Number(card.dataset.number) - 1];
      if (other === finding || overlap(other, finding)) card.replaceWith(findingElement(other));
    }
    showCurrent();
    find(`.finding[data-number="${finding.number}"] :is([data-action=undo], [data-action=apply])`)?.focus();
    const verb = draft.applied.has(finding.number) ? "已采用" : "已撤销";
    find(".draft-result [role=status]").textContent = `第${finding.number}处${verb}。`;
  }

  // ---- From one to the other

  function showCurrent() {
    for (const card of document.querySelectorAll(".draft-findings .finding")) card.classList.toggle("current", Number(card.dataset.number) === draft.current);
    for (const mark of document.querySelectorAll(".draft-paper mark")) mark.classList.toggle("current", mark.dataset.findings.includes(` ${draft.current} `));
  }

  function bring(target, pane) {
    const behavior = calm.matches ? "auto" : "smooth";
    if (window.matchMedia("(max-width: 900px)").matches) return target.scrollIntoView({ block: "center", behavior });
    const offset = target.getBoundingClientRect().top - pane.getBoundingClientRect().top;
    pane.scrollTo({ top: pane.scrollTop + offset - Math.min(pane.clientHeight / 3, 160), behavior });
    return undefined;
  }

  function flash(target) {
    target.classList.remove("flash");
    void target.offsetWidth; // restarts the animation
    target.classList.add("flash");
  }

  function showWords(number) {
    draft.current = number;
    showCurrent();
    const marks = [...document.querySelectorAll(".draft-paper mark")].filter((mark) => mark.dataset.findings.includes(` ${number} `));
    if (!marks.length) return;
    bring(marks[0], find(".draft-paper"));
    marks.forEach(flash);
  }

  function showFinding(mark) {
    const numbers = mark.dataset.findings.trim().split(" ").map(Number);
    const length = (number) => draft.findings[number - 1].end - draft.findings[number - 1].start;
    numbers.sort((a, b) => length(a) - length(b));
    const next = numbers[(numbers.indexOf(draft.current) + 1) % numbers.length]; // the innermost, then those around it
    draft.current = next;
    const finding = draft.findings[next - 1];
    if (draft.group !== "all" && groupOf(finding) !== draft.group) choose(groupOf(finding));
    showCurrent();
    const card = find(`.draft-findings .finding[data-number="${next}"]`);
    bring(card, find(".draft-findings ol"));
    find(".finding-place", card).focus({ preventScroll: true });
    flash(card);
  }

  // ---- The two states of the tab

  function showResult() {
    find(".draft-entry").hidden = true;
    find(".draft-result").hidden = false;
    find(".draft-result .failure").textContent = "";
    find(".draft-summary").textContent = draft.summary;
    find("[data-action=edit-draft]").textContent = isPasted() ? "修改文稿" : "核对另一份";
    find(".draft-paper").scrollTop = 0;
    showFilter();
    showFindings();
    showPaper();
    find(".draft-findings ol").scrollTop = 0;
    find(".draft-summary").focus({ preventScroll: true });
    if (window.matchMedia("(max-width: 900px)").matches) find(".draft-desk").scrollIntoView({ block: "start" });
  }

  function showEntry() {
    if (isPasted()) find("#draft-text").value = revised().points.join("");
    else choosePasted();
    draft = null;
    find(".draft-result").hidden = true;
    find(".draft-paper").replaceChildren();
    find(".draft-findings ol").replaceChildren();
    find(".copy-draft").dataset.copy = "";
    find(".draft-entry").hidden = false;
    find("#draft-text").focus();
  }

  function chooseFile(chosen) {
    file = chosen;
    find(".chosen").hidden = false;
    find(".chosen span").textContent = `将核对文件：${chosen.name}`;
    find("#draft-text").disabled = true;
    find(".draft-entry .failure").textContent = "";
    find("[data-action=check-draft]").focus();
  }

  function choosePasted() {
    file = null;
    find(".chosen").hidden = true;
    find("#draft-text").disabled = false;
  }

  const ACTIONS = {
    "check-draft": check,
    "cancel-check": () => running?.abort(),
    "drop-file": () => { choosePasted(); find("#draft-text").focus(); },
    "edit-draft": showEntry,
    download,
    filter: (button) => choose(button.dataset.group),
    "show-words": (button) => showWords(Number(button.closest(".finding").dataset.number)),
    apply: (button) => { const finding = draft.findings[Number(button.closest(".finding").dataset.number) - 1]; draft.applied.add(finding.number); redraw(finding); },
    undo: (button) => { const finding = draft.findings[Number(button.closest(".finding").dataset.number) - 1]; draft.applied.delete(finding.number); redraw(finding); },
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest(".draft-desk")) return;
    const mark = event.target.closest(".draft-paper mark");
    if (mark) { if (!window.getSelection().toString()) showFinding(mark); return; }
    const button = event.target.closest("[data-action]");
    if (button) { ACTIONS[button.dataset.action]?.(button); return; }
    const card = event.target.closest(".finding");
    if (card && !event.target.closest("details, button") && !window.getSelection().toString()) showWords(Number(card.dataset.number));
  });

  document.addEventListener("keydown", (event) => {
    if (event.target.id === "draft-text" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) check();
    if (event.target.matches?.(".draft-paper mark") && ["Enter", " "].includes(event.key)) {
      event.preventDefault();
      showFinding(event.target);
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.id !== "draft-file" || !event.target.files.length) return;
    chooseFile(event.target.files[0]);
    event.target.value = ""; // so that the same file can be chosen again
  });

  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const entry = event.target.closest?.(".draft-entry");
      find(".draft-entry")?.classList.toggle("over", type === "dragover" && Boolean(entry));
      if (type !== "dragleave" && entry) event.preventDefault();
      if (type === "drop" && entry && event.dataTransfer.files.length) chooseFile(event.dataTransfer.files[0]);
    });
  }
})();
