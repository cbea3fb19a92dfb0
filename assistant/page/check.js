// The tab that checks a text: text and result live in this window's memory, and go with it.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const UNREACHABLE = "This page cannot reach the assistant at the moment. Your text is still in this window: check the connection, then try again.";
  const WAIT = "Checking each quotation. A report of two pages takes some seconds.";
  const TYPES = { html: "text/html", json: "application/json", docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document" };
  const LARGEST = 11000000;
  let form = "";
  let text = "";
  let files = {};
  let busy = false;
  const body = () => $("#check-body");

  function tell(sentence, role) {
    $(".told", body())?.remove();
    const told = Object.assign(document.createElement("p"), { className: "told" });
    told.setAttribute("role", role);
    body().prepend(told);
    told.textContent = sentence;
    told.scrollIntoView({ block: "nearest" });
  }

  async function check(said) {
    if (busy) return;
    busy = true;
    form = form || body().innerHTML;
    body().setAttribute("aria-busy", "true");
    tell(WAIT, "status");
    try {
      const result = await window.checking(said);
      if (result.told) { tell(result.told, "alert"); return; }
      files = result.files;
      show(result.html);
    } catch {
      tell(UNREACHABLE, "alert");
    } finally {
      busy = false;
      body().removeAttribute("aria-busy");
    }
  }

  function show(html) {
    const panel = $("#source");
    if (panel && $("#check-side").contains(panel) && !panel.hidden) $("button[name=close]", panel).click();
    body().innerHTML = html;
    const heading = $("h2", body());
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    $("#check").scrollIntoView({ block: "start" });
  }

  function again(keeps) {
    files = {};
    if (!keeps) text = "";
    show(form);
    $("#check-text").value = text;
    $("#check-text").focus();
  }

  function order(button) {
    const list = $(".verdicts", body());
    const by = (item) => Number(item.dataset[button.value]);
    list.append(...[...list.children].sort((one, other) => by(one) - by(other)));
    body().querySelectorAll("[name=check-order]").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
  }

  function save(kind) {
    const bytes = Uint8Array.from(atob(files[kind].data), (letter) => letter.charCodeAt(0));
    const href = URL.createObjectURL(new Blob([bytes], { type: TYPES[kind] }));
    Object.assign(document.createElement("a"), { href, download: files[kind].name }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60000);
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button) return;
    if (button.name === "check-save") save(button.value);
    else if (button.name === "check-order") order(button);
    else if (button.name === "check-again") again(Boolean(button.value));
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "check-form") return;
    event.preventDefault();
    text = $("#check-text").value;
    check({ text });
  });
  document.addEventListener("change", (event) => {
    if (event.target.name !== "check-file" || !event.target.files?.length) return;
    const file = event.target.files[0];
    event.target.value = "";
    if (file.size > LARGEST) { tell("This file is larger than 11 MB. Save it without its pictures, or paste its text.", "alert"); return; }
    const reader = new FileReader();
    reader.onload = () => check({ name: file.name, data: String(reader.result).split(",")[1] || "" });
    reader.onerror = () => tell("This file cannot be read. Choose it again.", "alert");
    reader.readAsDataURL(file);
  });
})();
