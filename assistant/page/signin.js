// Signing in, or changing the password: what is typed goes to the server, which gives the browser a cookie; then the page itself is opened.
(() => {
  "use strict";
  const UNREACHABLE = "This page cannot be reached at the moment. Check the connection, then try again.";
  let dark = matchMedia("(prefers-color-scheme: dark)").matches;
  try { dark = (localStorage.getItem("reflection-scheme") || (dark ? "dark" : "light")) === "dark"; } catch { /* the system's choice */ }
  document.body.classList.toggle("dark", dark);
  const form = document.querySelector("form");
  const refused = document.getElementById("refused");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    refused.textContent = "";
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (answer.ok) { location.assign("./"); return; }
      const told = await answer.json().catch(() => ({}));
      refused.textContent = told.told || UNREACHABLE;
    } catch {
      refused.textContent = UNREACHABLE;
    }
    form.removeAttribute("aria-busy");
    form.querySelectorAll("[type=password]").forEach((box) => { box.value = ""; });
    form.password.focus();
  });
})();
