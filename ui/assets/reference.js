"use strict";
// Renders /openapi.json. Everything goes in as text, never as markup.

const EXAMPLES = {
  answer_question: { question: "市中区机构改革后共设置多少个党政机构？" },
  search_passages: { query: "机构改革", limit: 5 },
};

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function shape(schema, label) {
  if (!schema) return "";
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return element("a", { href: `#schema-${name}` }, name);
  }
  const parts = schema.anyOf || schema.oneOf;
  if (parts) return joined(parts.map((part) => shape(part)), " | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array") return joined([shape(schema.items || {}), "[ ]"], "");
  const bounds = [];
  if (schema.minLength || schema.maxLength) bounds.push(`${schema.minLength ?? 0}–${schema.maxLength ?? "…"} 字符`);
  if (schema.minimum !== undefined) bounds.push(`${schema.minimum}–${schema.maximum ?? "…"}`);
  return [schema.format === "binary" || schema.contentMediaType ? "文件" : schema.type || label || "任意", ...bounds].join("，");
}

function joined(parts, separator) {
  const span = element("span");
  parts.forEach((part, index) => span.append(...(index && separator ? [separator] : []), part));
  return span;
}

function table(headings, rows) {
  const head = element("tr", {}, ...headings.map((text) => element("th", { scope: "col" }, text)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
}

function propertiesTable(schema) {
  const required = new Set(schema.required || []);
  return table(["字段", "类型", "必填", "说明"], Object.entries(schema.properties || {}).map(([name, property]) => [
    element("code", {}, name), shape(property), required.has(name) ? "是" : "", property.description || "",
  ]));
}

function resolved(api, schema) {
  return schema && schema.$ref ? api.components.schemas[schema.$ref.split("/").pop()] : schema;
}

async function send(method, path, form, output) {
  const fields = new FormData(form);
  const query = new URLSearchParams();
  const options = { method: method.toUpperCase(), headers: {} };
  let url = path;
  for (const [name, value] of fields) {
    if (name.startsWith("path:")) url = url.replace(`{${name.slice(5)}}`, encodeURIComponent(value));
    if (name.startsWith("query:") && value) query.append(name.slice(6), value);
  }
  if (form.elements["body"]) {
    options.headers["Content-Type"] = "application/json";
    options.body = form.elements["body"].value;
  } else if (form.elements["form:files"]) {
    options.body = new FormData();
    for (const [name, value] of fields) if (name.startsWith("form:") && value !== "") options.body.append(name.slice(5), value);
  }
  output.hidden = false;
  output.textContent = "……";
  try {
    const response = await fetch(query.size ? `${url}?${query}` : url, options);
    const text = await response.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: as it is */ }
    output.textContent = `${response.status} ${response.statusText}\n${shown}`;
  } catch (error) {
    output.textContent = `没有收到回复：${error.message}`;
  }
}

function tryIt(method, path, operation, bodyContent) {
  const form = element("form");
  for (const parameter of operation.parameters || []) {
    form.append(element("label", {}, parameter.name, element("input", { name: `${parameter.in}:${parameter.name}` })));
  }
  if (bodyContent && bodyContent["application/json"]) {
    const area = element("textarea", { name: "body", rows: 6, spellcheck: "false" });
    area.value = JSON.stringify(EXAMPLES[operation.operationId] || {}, null, 2);
    form.append(element("label", {}, "请求正文", area));
  } else if (bodyContent) {
    form.append(element("label", {}, "files", element("input", { type: "file", multiple: "", name: "form:files" })));
    form.append(element("label", {}, "collection", element("input", { name: "form:collection", value: "default" })));
  }
  const output = element("pre", { hidden: "", tabindex: "0" });
  form.append(element("button", { type: "submit" }, "发送"), output);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (method !== "delete" || window.confirm("确定删除这份文件？")) send(method, path, form, output);
  });
  return element("details", {}, element("summary", {}, "试一试"), form);
}

function operationSection(api, method, path, operation) {
  const section = element("section", { id: operation.operationId });
  section.append(element("h2", {},
    element("span", { class: `method ${method}` }, method.toUpperCase()),
    element("span", { class: "path" }, path),
    element("span", {}, operation.summary || "")));
  if (operation.description) section.append(element("p", { class: "about" }, operation.description));
  const parameters = operation.parameters || [];
  if (parameters.length) {
    section.append(element("h3", {}, "参数"), table(["名称", "位置", "类型", "说明"], parameters.map((one) => [
      element("code", {}, one.name), { query: "查询串", path: "路径" }[one.in] || one.in, shape(one.schema), one.description || one.schema.description || "",
    ])));
  }
  const content = operation.requestBody && operation.requestBody.content;
  if (content) {
    const [type, media] = Object.entries(content)[0];
    section.append(element("h3", {}, `请求正文（${type}）`), propertiesTable(resolved(api, media.schema)));
  }
  section.append(element("h3", {}, "回应"), table(["状态", "内容", "说明"], Object.entries(operation.responses).map(([status, response]) => [
    status,
    joined(Object.entries(response.content || {}).map(([type, media]) => joined([`${type} `, shape(media.schema, " ")], "")), "；"),
    response.description || "",
  ])));
  section.append(tryIt(method, path, operation, content));
  return section;
}

async function render() {
  const main = document.getElementById("reference");
  const contents = document.getElementById("contents");
  const response = await fetch("/openapi.json");
  const api = await response.json();
  main.replaceChildren(element("p", { class: "about" }, api.info.description));
  for (const tag of api.tags) {
    contents.append(element("h2", {}, tag.name));
    for (const [path, operations] of Object.entries(api.paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        if (!operation.tags.includes(tag.name)) continue;
        contents.append(element("a", { href: `#${operation.operationId}` }, `${method.toUpperCase()} ${path}`));
        main.append(operationSection(api, method, path, operation));
      }
    }
  }
  contents.append(element("h2", {}, "schemas"));
  for (const [name, schema] of Object.entries(api.components.schemas)) {
    contents.append(element("a", { href: `#schema-${name}` }, name));
    const section = element("section", { id: `schema-${name}` }, element("h2", {}, name));
    if (schema.description) section.append(element("p", { class: "about" }, schema.description));
    section.append(schema.properties ? propertiesTable(schema) : element("p", {}, shape(schema)));
    main.append(section);
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

render().catch((error) => {
  document.getElementById("reference").textContent = `读取接口说明失败：${error.message}`;
});
