// Signing in: name and password go to Gradio, which gives the browser its token; then the page itself is opened.
(() => {
  "use strict";
  const WRONG = "That name and password do not belong together. Try again, or ask whoever runs this page.";
  const UNREACHABLE = "The page cannot be reached just now. Check the connection, then try again.";
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
      const answer = await fetch("login", { method: "POST", body: new FormData(form) });
      if (answer.ok) { location.reload(); return; }
      refused.textContent = answer.status < 500 ? WRONG : UNREACHABLE;
    } catch {
      refused.textContent = UNREACHABLE;
    }
    form.removeAttribute("aria-busy");
    form.password.value = "";
    form.password.focus();
  });
})();
