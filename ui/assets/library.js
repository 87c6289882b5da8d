"use strict";
// What the library does besides Gradio: files are uploaded, documents opened and deleted.

(() => {
  const { element, openDialog, button: dialogButton } = wence;
  const find = (selector, within = document) => within.querySelector(selector);
  const OUTCOMES = { added: "已入库", replaced: "已更新", unchanged: "内容未变", failed: "未能入库" };
  const STAGES = {
    reading: "读取文件", indexing: "编入索引", removing: "移出索引", fingerprinting: "编引文索引", lexicon: "读取词表",
  };

  async function openDocument(id) {
    const dialog = openDialog(element("p", { class: "busy" }, "正在打开文件"));
    const close = dialogButton("关闭", "quiet close", () => dialog.close());
    try {
      const detail = await wence.load(id);
      const text = wence.textElement(detail);
      dialog.setAttribute("aria-label", detail.title);
      dialog.replaceChildren(close, wence.headElement(detail),
        element("details", { open: "" }, element("summary", {}, "文件信息"), wence.metadataElement(detail)), text);
    } catch (error) {
      dialog.replaceChildren(close, element("p", {}, error.message));
    }
  }

  async function remove(id, dialog) {
    const response = await fetch(`/v1/documents/${encodeURIComponent(id)}`, { method: "DELETE" });
    if (response.ok || response.status === 404) {
      wence.forget(id);
      dialog.close();
      find("#refresh").click();
      return;
    }
    const problem = await response.json().catch(() => ({}));
    find(".failure", dialog).textContent = problem.detail || "没有删除成功，请稍后再试。";
  }

  function confirmRemoval(row) {
    const title = find(".title-link", row).textContent;
    const dialog = openDialog(
      element("h3", {}, "删除这份文件？"),
      element("p", {}, `《${title}》将从资料库中删除，此后的回答不再引用它。原来的文件不受影响。`),
      element("p", { class: "failure", role: "alert" }),
      element("div", { class: "dialog-actions" },
        dialogButton("取消", "quiet", () => dialog.close()),
        dialogButton("删除", "danger solid", () => remove(row.dataset.document, dialog))));
    dialog.classList.add("small");
  }

  // What became of the one file of a job; it is taken in even if nobody looks.
  async function followed(job, onStage) {
    try {
      for (let wait = 100; job.status === "queued" || job.status === "running"; wait = Math.min(wait * 2, 1000)) {
        const { stage, done, total } = job.progress || {};
        onStage(stage ? `${STAGES[stage] || stage} ${done}/${total}` : job.status === "queued" ? "排队等候" : "");
        await new Promise((resolve) => { setTimeout(resolve, wait); });
        const response = await fetch(`/v1/jobs/${encodeURIComponent(job.job_id)}`);
        job = await response.json();
        if (!response.ok) return { status: "failed", reason: job.detail };
      }
    } catch {
      return { status: "failed", reason: "没有连上服务；文件已经收下，服务再次启动后会继续入库。" };
    }
    return job.files[0].result || { status: "failed", reason: job.problem ? job.problem.detail : "上传任务已被取消。" };
  }

  function uploaded(file, collection, onProgress, onStage) {
    return new Promise((resolve) => {
      const form = new FormData();
      form.append("files", file);
      form.append("collection", collection);
      const request = new XMLHttpRequest(); // fetch does not tell how far an upload is
      request.open("POST", "/v1/documents");
      request.setRequestHeader("Prefer", "respond-async");
      request.upload.addEventListener("progress", (event) => onProgress(event.loaded / (event.total || 1)));
      request.addEventListener("error", () => resolve({ status: "failed", reason: "没有连上服务，请检查它是否仍在运行。" }));
      request.addEventListener("load", () => {
        let body = {};
        try { body = JSON.parse(request.responseText); } catch { /* no JSON: the words below will do */ }
        if (request.status === 202 && body.files) resolve(followed(body, onStage));
        else resolve({ status: "failed", reason: body.detail || `服务回复 ${request.status}。` });
      });
      request.send(form);
    });
  }

  async function upload(files) {
    const outcomes = find(".upload .outcomes");
    const collection = find("#upload-collection").value.trim() || "default";
    const progress = element("progress", { max: files.length, value: 0, "aria-label": "上传进度" });
    const count = element("span", {}, "");
    const list = element("ul");
    outcomes.hidden = false;
    outcomes.replaceChildren(element("p", {}, count, progress), list);
    let failed = 0;
    for (const [index, file] of files.entries()) {
      const place = `正在处理第 ${index + 1} 个，共 ${files.length} 个文件`;
      count.textContent = place;
      // Sent is not yet read and indexed: the last tenth of each file stands for that.
      const item = await uploaded(file, collection, (share) => { progress.value = index + share * 0.9; },
        (stage) => { count.textContent = stage ? `${place}：${stage}` : place; });
      progress.value = index + 1;
      failed += item.status === "failed" ? 1 : 0;
      const several = (item.document_ids || []).length;
      list.append(element("li", { class: item.status }, element("b", {}, OUTCOMES[item.status] || item.status),
        element("span", {}, file.name), several > 1 ? element("span", {}, `${several} 份文件`) : null,
        item.reason ? element("em", {}, item.reason) : null));
      for (const id of item.document_ids || []) wence.forget(id);
    }
    count.textContent = `已处理 ${files.length} 个文件${failed ? `，${failed} 个未能入库` : ""}`;
    progress.remove();
    find("#refresh").click();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("tr [data-action]");
    if (!button) return;
    const row = button.closest("tr");
    if (button.dataset.action === "open") openDocument(row.dataset.document);
    if (button.dataset.action === "delete") confirmRemoval(row);
  });

  document.addEventListener("change", (event) => {
    if (event.target.id !== "upload-files" || !event.target.files.length) return;
    const files = [...event.target.files];
    event.target.value = ""; // so that the same file can be chosen again
    upload(files);
  });

  // A file dropped beside the field would replace the page by the file.
  for (const type of ["dragover", "drop"]) {
    document.addEventListener(type, (event) => {
      const drop = event.target.closest?.(".drop");
      find(".drop")?.classList.toggle("over", type === "dragover" && Boolean(drop));
      event.preventDefault();
      if (type === "drop" && drop && event.dataTransfer.files.length) upload([...event.dataTransfer.files]);
    });
  }
})();
