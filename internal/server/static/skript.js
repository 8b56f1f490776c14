// What the pages can do besides when there is script. Each of them works without.
"use strict";
(() => {
  // What just happened is told first to those who hear the page.
  const told = document.querySelector("[data-fokus]");
  if (told) told.focus();

  // A form that was filled in and not sent is not left by mistake.
  let unsent = false;
  document.addEventListener("input", (e) => { if (e.target.closest("form[data-skydda]")) unsent = true; });
  addEventListener("beforeunload", (e) => { if (unsent) e.preventDefault(); });

  // A second click on the way does nothing. (It would be the same command in any case.)
  document.addEventListener("submit", (e) => {
    unsent = false;
    if (e.target.dataset.sent) e.preventDefault();
    e.target.dataset.sent = "1";
  });
  addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

  // A link to something inside a closed part opens it.
  const openTarget = () => {
    const at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let d = at && at.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
  };
  addEventListener("hashchange", openTarget);
  openTarget();
})();
