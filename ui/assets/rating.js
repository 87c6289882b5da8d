"use strict";
// Sends what the reader thinks of an answer; pressed again, a button takes it back.

(() => {
  async function send(rating, body) {
    const path = `/v1/answers/${encodeURIComponent(rating.dataset.answerId)}/feedback`;
    const withdrawn = body === null;
    const said = rating.querySelector(".said");
    try {
      const response = await fetch(path, withdrawn ? { method: "DELETE" }
        : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
      if (response.ok || (withdrawn && response.status === 404)) {
        said.textContent = withdrawn ? "已撤回" : "已记下，谢谢";
        return true;
      }
      const problem = await response.json().catch(() => ({}));
      said.textContent = problem.detail || "没有记下，请稍后再试。";
    } catch {
      said.textContent = "没有连上服务，请检查它是否仍在运行。";
    }
    return false;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest(".rating [data-rate]");
    if (!button) return;
    const rating = button.closest(".rating");
    const reasons = rating.querySelector(".reasons");
    const { rate, reason } = button.dataset;
    const isWithdrawn = button.getAttribute("aria-pressed") === "true";
    const body = isWithdrawn && !reason ? null : { rating: rate, ...(reason && !isWithdrawn ? { reason } : {}) };
    if (!await send(rating, body)) return;
    for (const other of rating.querySelectorAll("[data-rate]")) {
      const isPressed = body !== null && (other === button ? !isWithdrawn
        : !other.dataset.reason && other.dataset.rate === rate);
      other.setAttribute("aria-pressed", String(isPressed));
    }
    reasons.hidden = body === null || rate !== "unhelpful";
  });
})();
