// The tab for trainers: the pack lives in this window's memory; each call brings it to the server and takes it back, proven anew.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const UNREACHABLE = "This page cannot reach the assistant at the moment. Your pack is still in this window: check the connection, then try again.";
  const TYPES = { zip: "application/zip", docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation" };
  const LARGEST = 11000000;
  let pack = "";
  let busy = false;
  let unsaved = false;
  const body = () => $("#session-body");

  function tell(sentence) {
    let told = $(".told", body());
    if (!told) {
      told = Object.assign(document.createElement("p"), { className: "told" });
      told.setAttribute("role", "alert");
      body().prepend(told);
    }
    told.textContent = sentence;
    told.scrollIntoView({ block: "nearest" });
  }

  // The questions and the title as they stand in the boxes go with every call.
  function boxes() {
    const asks = {};
    body().querySelectorAll("textarea[data-key]").forEach((box) => { asks[box.dataset.key] = box.value; });
    const title = $("#session-title");
    return title ? { pack, asks, title: title.value } : { pack };
  }

  async function call(said) {
    if (busy) return;
    busy = true;
    body().setAttribute("aria-busy", "true");
    try {
      const result = await window.preparing({ ...boxes(), ...said });
      if (result.told) tell(result.told);
      if (result.told && !result.file) return;
      if (result.pack) pack = result.pack;
      if (result.html) show(result.html);
      if (result.file) save(result);
      unsaved = Boolean(pack) && !result.file && said.do !== "start" && said.do !== "open";
    } catch {
      tell(UNREACHABLE);
    } finally {
      busy = false;
      body().removeAttribute("aria-busy");
    }
  }

  function show(html) {
    const place = body();
    const open = [...place.querySelectorAll("details[open] summary")].map((one) => one.textContent);
    const top = window.scrollY;
    const changed = Boolean($(".stage", place));
    place.innerHTML = html;
    place.querySelectorAll("details").forEach((one) => { one.open = open.includes($("summary", one).textContent); });
    const heading = $("h2", place);
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    if (changed && $(".stage", place)) window.scrollTo({ top });
    else $("#session").scrollIntoView({ block: "start" });
  }

  function save(result) {
    const bytes = Uint8Array.from(atob(result.file), (letter) => letter.charCodeAt(0));
    const type = TYPES[result.name.split(".").pop()];
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([bytes], { type })), download: result.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  function change(value) {
    const [what, key, other] = value.split("|");
    if (what === "shorten") call({ do: what, key, first: $(`#from-${other}`).value, last: $(`#to-${other}`).value });
    else if (what === "instead") call({ do: what, key, other: $(`#other-${other}`).value });
    else call({ do: what, key, other });
  }

  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("button");
    if (!button) return;
    if (button.name === "session-start") {
      if (unsaved && !confirm("Start a new session? You have not saved this pack. It will be lost.")) return;
      pack = "";
      call({ do: "start" });
    } else if (button.name === "session-change") change(button.value);
    else if (button.name === "session-take") call({ do: "take", form: button.value, pdf: $("#session-pdf").checked });
    else if (button.dataset.tabId === "session-tab" && $("#session-body > p > [name=session-start]")) call({ do: "start" });
  });
  document.addEventListener("submit", (event) => {
    const does = { "session-form": "build", "session-again": "again" }[event.target.id];
    if (!does) return;
    event.preventDefault();
    call({ do: does, ...Object.fromEntries(new FormData(event.target)) });
  });
  document.addEventListener("input", (event) => {
    if (event.target.closest?.("#session :is(textarea, #session-title)")) unsaved = true;
  });
  document.addEventListener("change", (event) => {
    if (event.target.name !== "session-pack" || !event.target.files?.length) return;
    const file = event.target.files[0];
    if (file.size > LARGEST) { tell("This file is too big to be a pack (limit 11 MB). Choose the ZIP that this tool saved."); return; }
    const reader = new FileReader();
    reader.onload = () => call({ do: "open", data: String(reader.result).split(",")[1] || "" });
    reader.readAsDataURL(file);
  });
  window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });
})();
