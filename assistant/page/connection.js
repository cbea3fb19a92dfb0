// What the page tells in one place of its own: that the connection is lost and found again, and what Gradio would tell in its way.
(() => {
  "use strict";
  const LOST = "This page has lost its connection to the assistant. What you typed is still here. " +
    "Check that the assistant is running and this device connected; the page keeps trying.";
  const BACK = "Connected again. You can go on.";
  const ASKING = "#ask, button[name=ask], button[name=later], button[name=withdraw], button[name=restore]";
  const EVERY = 10000;  // milliseconds between two looks
  const PATIENCE = 4000;
  let lost = false;
  let passing = false;
  let looking = null;

  function tell(sentence) {
    let place = document.getElementById("notice");
    if (!place) {
      place = Object.assign(document.createElement("div"), { id: "notice" });
      place.setAttribute("role", "alert");
      document.body.append(place);
    }
    const close = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "Close" });
    close.addEventListener("click", () => place.remove());
    place.replaceChildren(Object.assign(document.createElement("p"), { textContent: sentence }), close);
  }

  // Whether the assistant answers; several who ask at once share one look.
  function reached() {
    looking = looking || fetch("look/alive", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })
      .then((answer) => answer.ok, () => false)
      .then((found) => { looking = null; settle(found); return found; });
    return looking;
  }
  function settle(found) {
    if (!found) tell(LOST);
    else if (lost) tell(BACK);
    lost = !found;
  }

  // Gradio forgets a question that it cannot send, and loads the page anew later: so it gets none until the assistant has answered.
  function hold(event, button) {
    if (passing || !button) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    reached().then((found) => {
      if (!found) return;
      const notice = document.getElementById("notice");
      if (notice && notice.textContent.startsWith(BACK)) notice.remove();
      passing = true;
      button.click();
      passing = false;
    });
  }
  document.addEventListener("keydown", (event) => {
    const asks = event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches?.("#question textarea");
    if (asks) hold(event, document.getElementById("ask"));
  }, true);
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest(ASKING);
    if (button) hold(event, button);
  }, true);

  window.addEventListener("offline", reached);
  window.addEventListener("online", reached);
  setInterval(() => { if (lost || document.visibilityState === "visible") reached(); }, EVERY);

  // Gradio's own messages come without a place for a screen reader to find them again, and in other words than ours.
  const told = new WeakSet();
  new MutationObserver(() => {
    document.querySelectorAll("[data-testid=toast-text]").forEach((toast) => {
      if (told.has(toast)) return;
      told.add(toast);
      const sentence = toast.textContent.trim();
      if (/connection|failed to fetch|networkerror/i.test(sentence)) { lost = true; tell(LOST); } else tell(sentence);
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
