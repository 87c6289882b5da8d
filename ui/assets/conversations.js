"use strict";
// The list of saved conversations. Which one is open stands in the address, for each tab its own.

(() => {
  const { element, button, openDialog } = wence;
  const find = (selector, within = document) => within.querySelector(selector);
  const wide = window.matchMedia("(min-width: 1200px)");
  const HIDDEN = "wence-history-hidden";
  const AT_ONCE = 50;
  const PATH = "/v1/conversations";
  const path = (id) => `${PATH}/${encodeURIComponent(id)}`;
  const stored = {
    get: () => { try { return localStorage.getItem(HIDDEN) === "1"; } catch { return false; } },
    set: (hidden) => { try { localStorage.setItem(HIDDEN, hidden ? "1" : "0"); } catch { /* not kept, then */ } },
  };

  let open = ""; // the id of the conversation that this tab shows
  let count = 0;
  let asked = 0; // which request for the list is the latest
  let next = null;

  const addressed = () => new URLSearchParams(location.hash.slice(1)).get("conversation") || "";

  async function request(address, options = {}) {
    let response;
    try {
      response = await fetch(address, options);
    } catch {
      throw new Error("没有连上服务，请检查它是否仍在运行。");
    }
    if (response.ok) return response;
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || `服务回复 ${response.status}，请稍后再试。`);
  }

  // ---- The list

  function shownTime(text) {
    const time = new Date(text);
    const now = new Date();
    const clock = `${time.getHours()}:${String(time.getMinutes()).padStart(2, "0")}`;
    const day = `${time.getMonth() + 1}月${time.getDate()}日`;
    if (time.toDateString() === now.toDateString()) return `今天 ${clock}`;
    return time.getFullYear() === now.getFullYear() ? `${day} ${clock}` : `${time.getFullYear()}年${day}`;
  }

  function itemElement(one) {
    const menu = element("details", { class: "conversation-menu" },
      element("summary", { "aria-label": `更多操作：${one.title}`, title: "更多操作" }, "⋯"),
      element("div", {},
        button("改名", "plain", () => rename(one)),
        button("导出 Word", "plain", () => download(one, "docx")),
        button("导出 Markdown", "plain", () => download(one, "md")),
        button("删除", "plain danger", () => confirmRemoval(one))));
    const title = element("button", { type: "button", class: "conversation", "data-action": "open-conversation" },
      element("span", {}, one.title || "未命名对话"),
      element("small", {}, `${shownTime(one.updated)}　${one.turn_count} 问`));
    const item = element("li", { "data-id": one.conversation_id }, title, menu);
    item.dataset.title = one.title;
    return item;
  }

  function markOpen() {
    for (const item of document.querySelectorAll(".conversations li")) {
      const isOpen = item.dataset.id === open;
      item.classList.toggle("current", isOpen);
      find(".conversation", item).toggleAttribute("aria-current", isOpen);
      if (isOpen) find(".current-title").textContent = item.dataset.title || "未命名对话";
    }
    if (!open) find(".current-title").textContent = "问答";
  }

  function say(message) {
    find("#history-list > .failure").textContent = message;
  }

  async function list({ further = false } = {}) {
    const query = find(".history-search").value.trim();
    const parameters = new URLSearchParams({ limit: AT_ONCE, query });
    if (further && next) parameters.set("cursor", next);
    asked += 1;
    const mine = asked;
    try {
      const body = await (await request(`${PATH}?${parameters}`)).json();
      if (mine !== asked) return; // a later one is under way
      next = body.next;
      const items = body.items.map(itemElement);
      const shown = find("ol.conversations");
      if (further) shown.append(...items); else shown.replaceChildren(...items);
      find(".more-conversations").hidden = !next;
      const empty = find(".history-empty");
      empty.hidden = shown.children.length > 0;
      empty.textContent = query ? "没有找到这样的对话。" : "还没有对话。提一个问题，就从这里开始。";
      find("[data-action=delete-all]").hidden = Boolean(query) || !shown.children.length;
      say("");
      markOpen();
    } catch (error) {
      if (mine === asked) say(error.message);
    }
  }

  // ---- What can be done with a conversation

  function openConversation(id) {
    history.pushState(null, "", `#conversation=${id}`);
    find("#open-conversation").click();
    closeDrawer();
  }

  function beginAnew() {
    find("#clear").click();
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.conversation-menu[open]")) if (menu !== except) menu.open = false;
  }

  function rename(one) {
    closeMenus();
    const field = element("input", { type: "text", class: "title-field", maxlength: "200", "aria-label": "对话标题" });
    field.value = one.title;
    const failure = element("p", { class: "failure", role: "alert" });
    const form = element("form", { class: "renaming" }, field, failure,
      element("div", { class: "dialog-actions" },
        button("取消", "quiet", () => dialog.close()),
        element("button", { type: "submit", class: "solid go" }, "改名")));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      try {
        const headers = { "Content-Type": "application/json" };
        await request(path(one.conversation_id), { method: "PATCH", headers, body: JSON.stringify({ title: field.value }) });
        dialog.close();
        await list();
      } catch (error) {
        failure.textContent = error.message;
      }
    });
    const dialog = openDialog(element("h3", {}, "给对话改名"), form);
    dialog.classList.add("small");
    field.select();
  }

  async function download(one, form) {
    closeMenus();
    say("");
    try {
      const response = await request(`${path(one.conversation_id)}/export?as=${form}`);
      const named = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") || "");
      const address = URL.createObjectURL(await response.blob());
      element("a", { href: address, download: named ? decodeURIComponent(named[1]) : `对话.${form}` }).click();
      setTimeout(() => URL.revokeObjectURL(address), 60_000);
    } catch (error) {
      say(error.message);
    }
  }

  function confirm(title, text, remove) {
    closeMenus();
    const failure = element("p", { class: "failure", role: "alert" });
    const act = async () => {
      try {
        await remove();
        dialog.close();
        await list();
      } catch (error) {
        failure.textContent = error.message;
      }
    };
    const dialog = openDialog(element("h3", {}, title), element("p", {}, text), failure,
      element("div", { class: "dialog-actions" },
        button("取消", "quiet", () => dialog.close()), button("删除", "danger solid", act)));
    dialog.classList.add("small");
  }

  function confirmRemoval(one) {
    const text = `“${one.title}”连同其中的 ${one.turn_count} 问将被删除，不能恢复。资料库中的文件不受影响。`;
    confirm("删除这个对话？", text, async () => {
      await request(path(one.conversation_id), { method: "DELETE" });
      if (one.conversation_id === open) beginAnew();
    });
  }

  function confirmRemovalOfAll() {
    confirm("删除全部对话？", "所有保存的对话都将被删除，不能恢复。资料库中的文件不受影响。", async () => {
      await request(PATH, { method: "DELETE" });
      if (open) beginAnew();
    });
  }

  // ---- Beside the chat where there is room, else as a drawer over it

  const drawer = () => find("dialog.drawer");
  const toggle = () => find("[data-action=history]");

  function closeDrawer() {
    drawer()?.close();
  }

  function fit() {
    closeDrawer();
    const beside = wide.matches && !stored.get();
    find("#desk").classList.toggle("with-history", beside);
    toggle().setAttribute("aria-expanded", String(beside));
  }

  function openHistory() {
    if (wide.matches) {
      stored.set(false);
      fit();
      find(".history-search").focus();
      return;
    }
    const dialog = element("dialog", { class: "drawer", "aria-label": "历史对话" }, find("#history-list"));
    dialog.addEventListener("close", drawerClosed);
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    document.body.append(dialog);
    dialog.showModal();
    toggle().setAttribute("aria-expanded", "true");
  }

  function closeHistory() {
    if (drawer()) return closeDrawer();
    stored.set(true);
    fit();
    toggle().focus();
    return undefined;
  }

  function drawerClosed() {
    find("aside.history").append(find("#history-list"));
    drawer().remove();
    toggle().setAttribute("aria-expanded", "false");
  }

  // ---- What happens on the page

  function follow() {
    const mark = find("#live [data-conversation]");
    if (!mark) return; // not yet known
    const [id, questions] = [mark.dataset.conversation, Number(mark.dataset.count)];
    if (id === open && questions === count) return;
    const isOther = id !== open;
    [open, count] = [id, questions];
    if (isOther && id !== addressed()) {
      const address = id ? `#conversation=${id}` : location.pathname + location.search;
      history.replaceState(null, "", address);
    }
    markOpen();
    list();
  }

  document.addEventListener("click", (event) => {
    const menu = event.target.closest("details.conversation-menu");
    closeMenus(menu);
    const { action } = event.target.closest("[data-action]")?.dataset || {};
    if (action === "open-conversation") openConversation(event.target.closest("li").dataset.id);
    if (action === "history") openHistory();
    if (action === "close-history") closeHistory();
    if (action === "more-conversations") list({ further: true });
    if (action === "delete-all") confirmRemovalOfAll();
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details.conversation-menu[open]");
    if (!menu) return;
    event.preventDefault(); // the drawer around it stays
    menu.open = false;
    find("summary", menu).focus();
  });

  let typing;
  document.addEventListener("input", (event) => {
    if (!event.target.matches(".history-search")) return;
    clearTimeout(typing);
    typing = setTimeout(list, 200);
  });

  window.addEventListener("popstate", () => {
    const wanted = addressed();
    if (wanted === open) return;
    if (wanted) find("#open-conversation").click(); else beginAnew();
  });

  // Another tab may have changed the list.
  document.addEventListener("visibilitychange", () => { if (!document.hidden && find("#history-list")) list(); });

  function start() {
    const live = find("#live");
    if (!live || !find("#talk-title button, #talk-title .unsaved")) return setTimeout(start, 50);
    if (!find("#history-list")) return undefined; // conversations are not saved
    new MutationObserver(follow).observe(live, { childList: true, subtree: true });
    wide.addEventListener("change", fit);
    fit();
    follow();
    list();
    return undefined;
  }
  start();
})();
