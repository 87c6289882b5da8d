"use strict";
// A document with places marked in it. Documents go in as text, never as markup.

const wence = {};

wence.KINDS = { speech: "讲话", news: "新闻", report: "报告", law: "法规文件", briefing: "资料卡", other: "其他" };
wence.FIELDS = {
  title: "标题", kind: "类型", issuer: "发文机关", publisher: "发布单位", place: "地区", event_date: "事件日期",
  published_date: "发布日期", speakers: "讲话人", reporters: "记者", editors: "编辑", document_number: "发文字号",
  url: "网址", sources: "依据的文件", collection: "集合", file_name: "文件名",
};
wence.ORIGINS = {
  manifest: "资料库清单", html: "网页标注", docx: "文档属性", pdf: "文档属性", table: "表格栏目", label: "文中标注", headline: "文中标题",
  dateline: "电头", signature: "落款", text: "正文", file_name: "文件名", first_clause: "首句（原文无标题）",
};

wence.element = function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};

wence.shownDate = function shownDate(date) {
  if (!date) return "";
  const [year, month, day] = date.replace(/^--/, "-").split("-");
  return [[year, "年"], [month, "月"], [day, "日"]].filter(([number]) => number)
    .map(([number, unit]) => `${Number(number)}${unit}`).join("");
};

wence.button = function button(label, kind, action) {
  const made = wence.element("button", { type: "button", class: kind }, label);
  made.addEventListener("click", action);
  return made;
};

wence.openDialog = function openDialog(...children) {
  document.querySelector("dialog.wence")?.remove();
  const dialog = wence.element("dialog", { class: "wence" }, ...children);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
};

const loaded = new Map();

wence.load = async function load(id) {
  if (!loaded.has(id)) {
    const response = await fetch(`/v1/documents/${encodeURIComponent(id)}`);
    if (!response.ok) throw new Error(response.status === 404 ? "这份文件已不在资料库中。" : "暂时读不到这份文件。");
    loaded.set(id, await response.json());
    if (loaded.size > 20) loaded.delete(loaded.keys().next().value);
  }
  return loaded.get(id);
};

wence.forget = (id) => loaded.delete(id);

// Positions count code points; a JavaScript string counts UTF-16 units.
function paragraphs(text) {
  const found = [];
  let points = [];
  let start = 0;
  let position = 0;
  for (const point of text) {
    position += 1;
    if (point === "\n") {
      found.push({ start, points });
      points = [];
      start = position;
    } else points.push(point);
  }
  found.push({ start, points });
  return found.filter((paragraph) => paragraph.points.length);
}

function paragraphElement({ start, points }, marks, headings) {
  const end = start + points.length;
  const heading = headings.find((one) => one.start < end && start < one.end);
  const made = wence.element("p", heading ? { class: `heading level-${Math.min(heading.level, 3)}` } : {});
  const here = marks.filter((mark) => mark.start < end && start < mark.end);
  const cuts = new Set([start, end]);
  for (const mark of here) for (const place of [mark.start, mark.end]) if (place > start && place < end) cuts.add(place);
  const places = [...cuts].sort((a, b) => a - b);
  for (let index = 0; index + 1 < places.length; index += 1) {
    const piece = points.slice(places[index] - start, places[index + 1] - start).join("");
    const covering = here.filter((mark) => mark.start <= places[index] && places[index + 1] <= mark.end);
    if (!covering.length) made.append(piece);
    else made.append(wence.element("mark", { "data-markers": ` ${covering.map((mark) => mark.marker).join(" ")} ` }, piece));
  }
  return made;
}

wence.textElement = function textElement(detail, marks = []) {
  const text = wence.element("div", { class: "document-text", tabindex: "0", "aria-label": "原文正文" });
  for (const paragraph of paragraphs(detail.text)) text.append(paragraphElement(paragraph, marks, detail.headings));
  return text;
};

wence.headElement = function headElement(detail) {
  const facts = [...detail.speakers.slice(0, 3), detail.publisher || detail.issuer, wence.shownDate(detail.published_date || detail.event_date), detail.place];
  return wence.element("div", { class: "document-head" },
    wence.element("h3", {}, detail.title),
    wence.element("p", { class: "facts" },
      wence.element("span", { class: `badge kind-${detail.kind}` }, wence.KINDS[detail.kind] || detail.kind),
      detail.is_sample ? wence.element("span", { class: "badge sample" }, "示例") : null,
      ...facts.filter(Boolean).map((fact) => wence.element("span", {}, fact))));
};

wence.metadataElement = function metadataElement(detail) {
  const list = wence.element("dl", { class: "metadata" });
  const unknown = [];
  for (const [name, label] of Object.entries(wence.FIELDS)) {
    let value = detail[name];
    if (name === "kind") value = wence.KINDS[value] || value;
    if (name === "speakers") value = value.map((one) => (detail.offices[one] ? `${one}（${detail.offices[one]}）` : one));
    if (name === "place" && value) value = [...detail.place_within].reverse().concat(value).join(" ");
    if (name.endsWith("_date")) value = wence.shownDate(value);
    if (Array.isArray(value)) value = value.join("；");
    const origin = detail.origins[name];
    if (!value) unknown.push(label);
    else list.append(wence.element("dt", {}, label), wence.element("dd", {}, value,
      origin ? wence.element("span", { class: "origin" }, `来自${wence.ORIGINS[origin] || origin}`) : null));
  }
  if (unknown.length) {
    list.append(wence.element("dt", {}, "未知"), wence.element("dd", { class: "unknown" }, unknown.join("、")));
  }
  return list;
};
