// What the page does in the browser beside Gradio: citations that open, focus that returns, keys, light and dark.
(() => {
  "use strict";
  const KEPT = "reflection-scheme";
  const $ = (selector, within = document) => within.querySelector(selector);
  document.documentElement.lang = "en-GB";

  // Light and dark: the system's choice, unless one was made here.
  function chosen() {
    try { return localStorage.getItem(KEPT); } catch { return null; }
  }
  function dark() {
    const scheme = chosen();
    return scheme ? scheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function dress() {
    const wanted = dark();
    if (document.body && document.body.classList.contains("dark") !== wanted) document.body.classList.toggle("dark", wanted);
    const button = $("button[name=scheme]");
    const name = wanted ? "Light" : "Dark";
    if (button && button.textContent !== name) {
      button.textContent = name;
      button.setAttribute("aria-label", `Change to the ${name.toLowerCase()} scheme`);
    }
  }
  function changeScheme() {
    try { localStorage.setItem(KEPT, dark() ? "light" : "dark"); } catch { return; }
    dress();
  }

  // The source beside the chat.
  let cameFrom = null;
  let home = null;  // where the panel stands beside the chat; beside a reflection or a check it is lent
  async function openSource(button) {
    const panel = $("#source");
    home = home || panel.parentElement;
    const wanted = JSON.parse(button.value);
    const inside = panel.contains(button);
    if (!inside) cameFrom = button;
    if (!inside) (["reflect", "check"].filter((tab) => $(`#${tab}`)?.contains(button)).map((tab) => $(`#${tab}-side`))[0] || home).append(panel);
    panel.setAttribute("aria-busy", "true");
    let html;
    try {
      html = await window.reflection.source(wanted);
    } catch {
      html = '<div class="source-head"><h2 tabindex="-1">Source</h2><button type="button" class="close" name="close">Close</button></div>' +
        '<p class="gone">The source cannot be opened at the moment. Check that this page is still connected, then try again.</p>';
    }
    panel.innerHTML = html;
    panel.removeAttribute("aria-busy");
    panel.hidden = false;
    document.body.classList.add("source-open");
    document.querySelectorAll(".cite.open").forEach((cite) => cite.classList.remove("open"));
    if (cameFrom) cameFrom.classList.add("open");
    const leafed = inside && [...panel.querySelectorAll("button[name=source]")].find((other) => other.textContent === button.textContent);
    (leafed || $("h2", panel)).focus({ preventScroll: true });
    panel.scrollTop = 0;
    toMark($("details[open] .sheet", panel), $("mark", panel));
    await showProof(panel, wanted);
  }

  // The page itself, once it is drawn; another source may have been opened meanwhile.
  async function showProof(panel, wanted) {
    const place = $(".proof", panel);
    if (!place) return;
    let html;
    try {
      html = await window.reflection.proof(wanted);
    } catch {
      html = '<p class="proven doubted">The page cannot be displayed at the moment. The text is below.</p>';
    }
    if (!place.isConnected) return;
    place.innerHTML = html;
    const words = $("details.words-of-page", panel);
    if (!$("img", place)) {
      words.open = true;
      toMark($(".sheet", words), $("mark", words));
    }
    toMark($(".page-view", place), $(".mark-box", place));
  }
  function toMark(view, mark) {
    if (!view || !mark) return;
    for (const scroller of [view, $("#source")]) {  // on a phone the panel scrolls, elsewhere the page within it
      const seen = scroller.getBoundingClientRect();
      const at = mark.getBoundingClientRect();
      if (scroller === view || at.bottom > seen.bottom || at.top < seen.top) {
        scroller.scrollTop = Math.max(0, scroller.scrollTop + at.top - seen.top - scroller.clientHeight / 3);
      }
    }
  }
  const SIZES = [1, 1.5, 2, 3];
  function zoom(button) {
    const view = $("#source .page-view");
    const at = SIZES.indexOf(Number(view.dataset.size || 1));
    const next = SIZES[Math.min(SIZES.length - 1, Math.max(0, at + (button.value === "in" ? 1 : -1)))];
    const centre = [(view.scrollLeft + view.clientWidth / 2) / view.scrollWidth, (view.scrollTop + view.clientHeight / 2) / view.scrollHeight];
    view.dataset.size = next;
    $(".page-sheet", view).style.width = `${next * 100}%`;
    view.scrollLeft = centre[0] * view.scrollWidth - view.clientWidth / 2;
    view.scrollTop = centre[1] * view.scrollHeight - view.clientHeight / 2;
  }
  function closeSource() {
    const panel = $("#source");
    if (!panel || panel.hidden) return;
    panel.hidden = true;
    panel.replaceChildren();
    document.body.classList.remove("source-open");
    document.querySelectorAll(".cite.open").forEach((cite) => cite.classList.remove("open"));
    const back = cameFrom && cameFrom.isConnected ? cameFrom : $("#question textarea");
    cameFrom = null;
    if (back) back.focus();
  }

  // A certificate opens below its button, and closes there.
  async function showCertificate(button) {
    const place = button.nextElementSibling;
    const opens = place.hidden;
    if (opens) {
      button.setAttribute("aria-busy", "true");
      try {
        place.innerHTML = await window.reflection.certificate(button.value);
      } catch {
        place.innerHTML = '<p class="gone">How this file was read cannot be shown at the moment. Check that this page is still connected, then try again.</p>';
      }
      button.removeAttribute("aria-busy");
    } else {
      place.replaceChildren();
    }
    place.hidden = !opens;
    button.setAttribute("aria-expanded", String(opens));
  }

  // Questions: examples, suggestions, and changing the one that was asked.
  function edit(text) {
    const box = $("#question textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }
  function showWay(button) {
    const open = button.getAttribute("aria-expanded") === "true";
    document.querySelectorAll("button[name=way]").forEach((other) => {
      const shows = other === button && !open;
      other.setAttribute("aria-expanded", String(shows));
      document.getElementById(other.getAttribute("aria-controls")).hidden = !shows;
    });
  }

  async function copy(button) {
    const said = $(".copied", button.parentElement);
    let done = true;
    try {
      await navigator.clipboard.writeText(button.value);
    } catch {
      const box = Object.assign(document.createElement("textarea"), { value: button.value });
      document.body.append(box);
      box.select();
      done = document.execCommand("copy");
      box.remove();
      button.focus();
    }
    if (said) said.textContent = done ? "Copied" : "Not copied: select the words and copy them yourself";
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button) return;
    switch (button.name) {
      case "source": openSource(button); break;
      case "close": closeSource(); break;
      case "zoom": zoom(button); break;
      case "certificate": showCertificate(button); break;
      case "copy": copy(button); break;
      case "ask": closeSource(); window.reflection.ask(button.value); break;
      case "later": closeSource(); window.reflection.later(button.value); break;
      case "edit": edit(button.value); break;
      case "way": showWay(button); break;
      case "withdraw": window.shelving.change({ does: "withdraw", briefing: button.value, why: $("input", button.parentElement).value }); break;
      case "part": window.shelving.change({ does: "part", briefing: button.value }); break;
      case "restore": window.shelving.change({ does: "restore", briefing: button.value }); break;
      case "tab": $(`#tabs [role=tab][data-tab-id="${button.value}"]`).click(); break;
      case "scheme": changeScheme(); break;
      default: if (button.id === "again") closeSource();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeSource();
  });

  // Gradio names each message by its raw HTML, and tells of elements that are not there: mended as they appear.
  let newest = null;
  function mend() {
    dress();
    document.querySelectorAll("#chat [aria-label*=\"message:\"]").forEach((message) => message.removeAttribute("aria-label"));
    const upload = $("#upload button[aria-label]");
    const told = upload && $(".wrap", upload);
    if (told) {
      upload.removeAttribute("aria-label");
      [...told.childNodes].forEach((node) => { if (node.nodeType === Node.TEXT_NODE || node.matches?.(".or")) node.textContent = ""; });
      told.append(Object.assign(document.createElement("span"), { textContent: "Drop briefings here, or choose files" }));
    }
    const log = $("#chat [role=log]");
    if (log && log.getAttribute("aria-label") !== "Questions and answers") log.setAttribute("aria-label", "Questions and answers");
    const turns = document.querySelectorAll("#chat .turn");
    const last = turns[turns.length - 1] || null;
    if (last && last !== newest) {
      const asked = [...turns].filter((turn) => turn.classList.contains("asked")).pop();
      if (asked) asked.scrollIntoView({ block: "start" });
    }
    newest = last;
  }
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mend(); });
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["class", "aria-label"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", dress);
  mend();
})();
