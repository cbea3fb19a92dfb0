// Guided reflection in the browser: what is written lives here, in this window's memory, and nowhere else.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const UNREACHABLE = "This page cannot reach the assistant at the moment. What you wrote is still in this window: check the connection, then try again.";
  const NO_FILE = "This file cannot be read. Choose it again.";
  const LARGEST = 3000000;
  const fresh = () => ({ model: "", step: 0, texts: {}, kept: [], lost: [], left_out: [], actions: [], particulars: {}, leave_out_empty: true });
  let written = fresh();
  let begin = null;
  let unsaved = false;
  let busy = false;
  let waiting = [];
  let under = null;
  let last = null;

  const body = () => $("#reflect-body");
  const same = (one, other) => ["briefing", "file", "page", "start", "end"].every((key) => one[key] === other[key]);

  // What stands in the boxes, taken up before every move and before the window is left.
  function gather() {
    const place = body();
    if (!place) return;
    place.querySelectorAll(".box textarea").forEach((box) => { written.texts[box.name] = box.value; });
    place.querySelectorAll(".particulars [name]").forEach((box) => { written.particulars[box.name] = box.value; });
    const choice = $("input[name=leave_out_empty]", place);
    if (choice) written.leave_out_empty = choice.checked;
    if ($(".actions", place)) {
      written.actions = rows().map((row) => Object.fromEntries(cells(row).map((cell) => [cell.name, cell.value.trim()])))
        .filter((row) => row.what || row.who || row.by);
    }
  }
  const rows = () => [...body().querySelectorAll(".actions tbody tr")];
  const cells = (row) => [...row.querySelectorAll("input")];

  // What was typed while a call was under way outlives its answer, which knows nothing of it.
  function taken(answered, sent) {
    gather();
    const typed = (key) => Object.fromEntries(Object.entries(written[key]).filter(([name, text]) => text !== (sent[key][name] ?? "")));
    const texts = typed("texts"), particulars = typed("particulars");
    const acted = JSON.stringify(written.actions) !== JSON.stringify(sent.actions);
    const chosen = written.leave_out_empty !== sent.leave_out_empty;
    written = {
      ...answered,
      texts: { ...answered.texts, ...texts },
      particulars: { ...answered.particulars, ...particulars },
      actions: acted ? written.actions : answered.actions,
      leave_out_empty: chosen ? written.leave_out_empty : answered.leave_out_empty,
    };
    return acted || chosen || Object.keys(texts).length + Object.keys(particulars).length > 0;
  }
  function fill(place) {
    place.querySelectorAll(".box textarea").forEach((box) => {
      const text = written.texts[box.name] ?? "";
      if (box.value !== text) box.value = text;
      grow(box);
    });
    place.querySelectorAll(".particulars [name]").forEach((box) => {
      const text = written.particulars[box.name] ?? "";
      if (text && box.value !== text) box.value = text;
      if (box.tagName === "TEXTAREA") grow(box);
    });
    const choice = $("input[name=leave_out_empty]", place);
    if (choice) choice.checked = written.leave_out_empty;
    if (!$(".actions", place)) return;
    while (rows().length < written.actions.length) addRow();
    rows().forEach((row, number) => cells(row).forEach((cell) => { cell.value = written.actions[number]?.[cell.name] ?? ""; }));
  }

  function show(html, focus = "h2") {
    const place = body();
    if (begin === null) begin = place.innerHTML;
    place.innerHTML = html;
    fill(place);
    mend();
    const to = $(".danger, .personal", place) || $(focus, place);
    if (to) {
      if (!to.hasAttribute("tabindex")) to.setAttribute("tabindex", "-1");
      to.focus({ preventScroll: true });
      const top = $("#reflect").getBoundingClientRect().top;
      if (top < 0 || to.matches(".danger, .personal")) (to.matches(".danger, .personal") ? to : $("#reflect")).scrollIntoView({ block: "start" });
    }
  }

  function tell(sentence) {
    const place = body();
    let told = $(".told", place);
    if (!told) {
      told = Object.assign(document.createElement("p"), { className: "told" });
      told.setAttribute("role", "alert");
      const moves = $(".moves", place);
      if (moves) moves.before(told); else place.prepend(told);
    }
    told.textContent = sentence;
  }

  async function call(what, said) {
    busy = true;
    body().setAttribute("aria-busy", "true");
    gather();
    last = { what, said };
    const sent = structuredClone(written);
    try {
      const result = await window.reflecting[what]({ written: sent, ...said });
      if (result.told) { tell(result.told); return null; }
      if (what === "open") written = result.written; else result.late = taken(result.written, sent);
      if (result.held) waiting = waiting.filter((button) => button.name === "keep");
      return result;
    } catch {
      waiting = [];
      tell(UNREACHABLE);
      return null;
    } finally {
      setTimeout(free);  // once its answer is shown
    }
  }
  function free() {
    busy = false;
    under = null;
    body().removeAttribute("aria-busy");
    while (!busy && waiting.length) press(waiting.shift());
  }

  async function go(to, more = {}) {
    const result = await call("go", { to, ...more });
    if (result) show(result.html);
  }

  async function save(more = {}) {
    const result = await call("save", more);
    if (!result) return;
    show(result.html, result.held ? "h2" : "button[name=reflect-save]");
    if (!result.file) return;
    const bytes = Uint8Array.from(atob(result.file), (letter) => letter.charCodeAt(0));
    const type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([bytes], { type })), download: result.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    unsaved = result.late;
    const told = $(".saved", body());
    if (told) told.textContent = `Saved as ${result.name}`;
  }

  async function print(more = {}) {
    const opens = window.open("", "_blank");  // at once, while the press still counts as one
    const result = await call("page", more);
    if (!result || !result.page) {
      if (opens) opens.close();
      if (result) show(result.html);
      return;
    }
    show(result.html, "button[name=reflect-print]");
    if (!opens) { tell("The browser did not let the page open. Allow it to open windows here, then try again."); return; }
    opens.opener = null;
    opens.document.open();
    opens.document.write(result.page);
    opens.document.close();
  }

  // Whatever was held goes on as it was asked for.
  function again(more) {
    const what = last || { what: "go", said: { to: written.step } };
    if (what.what === "save") save(more);
    else if (what.what === "page") print(more);
    else go(what.said.to ?? written.step, more);
  }

  function open(file) {
    if (file.size > LARGEST) { tell("This file is too big to be a saved sheet (limit 3 MB). Choose the Word file you saved from this page."); return; }
    if (unsaved && !confirm("Open this sheet? You have not saved what you wrote here. It will be lost.")) return;
    const reader = new FileReader();
    reader.onerror = () => tell(NO_FILE);
    reader.onload = () => press({ name: "reflect-open", value: String(reader.result).split(",")[1] || "" });
    reader.readAsDataURL(file);
  }
  async function opened(data) {
    const result = await call("open", { data });
    if (result) { unsaved = false; show(result.html); }
  }

  function afresh() {
    if (unsaved && !confirm("Clear this sheet? You have not saved what you wrote here. It will be lost.")) return;
    written = fresh();
    unsaved = false;
    show(begin ?? body().innerHTML);
  }

  // Questions and quotations on their way to the sheet, and off it again.
  function onSheet(what) {
    if (what.ask) return (written.texts.questions || "").split("\n").some((line) => line.trim() === what.ask);
    return written.kept.some((place) => same(place.source, what.source));
  }
  function keep(what) {
    gather();
    const on = onSheet(what);
    if (what.ask) {
      const lines = (written.texts.questions || "").split("\n").filter((line) => line.trim() && line.trim() !== what.ask);
      written.texts.questions = [...lines, ...(on ? [] : [what.ask])].join("\n");
      const box = $("#box-questions");
      if (box) { box.value = written.texts.questions; grow(box); }
    } else if (on) {
      written.kept = written.kept.filter((place) => !same(place.source, what.source));
    } else {
      written.kept.push({ source: what.source });
    }
    unsaved = true;
    mend();
    $("#said").textContent = on ? "Removed from your sheet." : "Added to your sheet. You will find it under Reflect.";
  }
  function drop(source) {
    written.kept = written.kept.filter((place) => !same(place.source, source));
    written.left_out.push(source);
    unsaved = true;
    go(written.step);
  }

  function reflectOn(text) {
    gather();
    const before = (written.texts.purpose || "").trim();
    if (!before.includes(text)) written.texts.purpose = before ? `${before}\n${text}` : text;
    unsaved = true;
    tab("reflect-tab");
    if (written.model) go(0);
    else $("#reflect h2")?.focus();
  }
  function tab(id) {
    $(`#tabs [role=tab][data-tab-id="${id}"]`).click();
  }

  function grow(box) {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 4}px`;
  }
  function addRow() {
    const number = rows().length + 1;
    const row = rows().at(-1).cloneNode(true);
    cells(row).forEach((cell) => {
      cell.value = "";
      cell.setAttribute("aria-label", cell.getAttribute("aria-label").replace(/\d+$/, number));
    });
    rows().at(-1).after(row);
    return row;
  }

  function mend() {
    document.querySelectorAll("button[name=keep]").forEach((button) => {
      const on = onSheet(JSON.parse(button.value));
      if (button.getAttribute("aria-pressed") === String(on)) return;
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? "On my sheet" : "Add to my sheet";
    });
  }

  // What is pressed while a call is under way waits for its answer, each button once.
  function press(button) {
    if (busy) {
      const alike = (other) => other.name === button.name && other.value === button.value;
      if (!waiting.some(alike) && !(under && alike(under))) waiting.push(button);
      return;
    }
    under = button;
    PRESSED[button.name](button.value);
  }
  const PRESSED = {
    keep: (value) => keep(JSON.parse(value)),
    reflect: reflectOn,
    "reflect-choose": (value) => { written.model = value; unsaved = true; go(0); },
    "reflect-go": (value) => go(Number(value)),
    "reflect-safe": () => again({ safe: true }),
    "reflect-without": () => again({ without: true }),
    "reflect-drop": (value) => drop(JSON.parse(value)),
    "reflect-lose": (value) => { written.lost.splice(Number(value), 1); go(written.step); },
    "reflect-row": () => { $("input", addRow()).focus(); },
    "reflect-save": () => save(),
    "reflect-print": () => print(),
    "reflect-leave": () => { gather(); tab("ask-tab"); },
    "reflect-afresh": afresh,
    "reflect-open": opened,
  };
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (button && Object.hasOwn(PRESSED, button.name)) press(button);
  });
  document.addEventListener("input", (event) => {
    if (!event.target.closest?.("#reflect :is(.box, .particulars, .choice)")) return;
    unsaved = true;
    if (event.target.tagName === "TEXTAREA") grow(event.target);
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === "sheet" && event.target.files?.length) {
      open(event.target.files[0]);
      event.target.value = "";
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });
  let mending = false;
  new MutationObserver(() => {
    if (mending) return;
    mending = true;
    requestAnimationFrame(() => { mending = false; mend(); });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
