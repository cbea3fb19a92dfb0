// What the page tells in one place of its own: that the connection is lost and found again, and what Gradio would tell in its way.
(() => {
  "use strict";
  const LOST = "This page has lost its connection to the assistant. What you typed is still here. " +
    "Check that the assistant is running and your device is connected. This page will keep trying.";
  const BACK = "Connected again. You can go on.";
  const SIGNED_OUT = "You have been signed out, either because you were inactive or because your session ended. " +
    "What you typed is still here. Sign in again in another tab, then go on.";
  const ASKING = "#ask, button[name=ask], button[name=later], button[name=withdraw], button[name=restore]";
  const EVERY = 10000;  // milliseconds between two looks
  const PATIENCE = 4000;
  const ACTIVE_EVERY = 60000;
  let lost = false;
  let session = "";  // which of the server's sessions this page is
  let passing = false;
  let looking = null;

  // Gradio names the session in its own calls alone.
  const asks = window.fetch.bind(window);
  window.fetch = (what, how) => {
    const heartbeat = /gradio_api\/heartbeat\/(\w+)/.exec(what?.url || String(what));
    if (heartbeat) session = heartbeat[1];
    return asks(what, how);
  };

  // A page that is closed takes what the server keeps of it along; one that comes back from the browser's memory begins anew.
  window.addEventListener("pagehide", () => { if (session) navigator.sendBeacon("look/left", session); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // Typing keeps somebody signed in.
  let active = 0;
  document.addEventListener("input", () => {
    if (Date.now() - active < ACTIVE_EVERY) return;
    active = Date.now();
    asks("look/active", { method: "POST" }).catch(() => {});
  });

  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element && event.target.closest("button[name=sign-out]"))) return;
    asks("sign-out", { method: "POST" }).then(() => location.reload(), () => tell(LOST));
  });

  function tell(sentence) {
    let place = document.getElementById("notice");
    if (!place) {
      place = Object.assign(document.createElement("div"), { id: "notice" });
      place.setAttribute("role", "alert");
      document.body.append(place);
    }
    const close = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "Close" });
    close.addEventListener("click", () => place.remove());
    const said = Object.assign(document.createElement("p"), { textContent: sentence });
    const link = sentence === SIGNED_OUT
      ? [Object.assign(document.createElement("a"), { href: "./", target: "_blank", rel: "noopener", textContent: "Sign in" })] : [];
    place.replaceChildren(said, ...link, close);
  }

  // Whether the assistant answers; several who ask at once share one look.
  function reached() {
    looking = looking || asks("look/alive", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) })
      .then((answer) => (answer.ok ? "here" : answer.status === 401 ? "signed out" : ""), () => "")
      .then((found) => { looking = null; settle(found); return found === "here"; });
    return looking;
  }
  function settle(found) {
    if (found === "signed out") tell(SIGNED_OUT);
    else if (!found) tell(LOST);
    else if (lost) tell(BACK);
    lost = found !== "here";
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
