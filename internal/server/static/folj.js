// The one script. Every page works without it: it only shows what a person would see by loading the page again, and warns
// before a log-in ends.
"use strict";
(() => {
  const visit = document.getElementById("besok");
  if (!visit) return;
  const byItself = { headers: { "X-Arshjul-Foljer": "1" }, credentials: "same-origin", cache: "no-store" };

  // What is said above the page. One sentence at a time; the same one is not said twice.
  const notice = document.createElement("div");
  notice.setAttribute("role", "status"); // there from the beginning, empty, so that it is read out when something comes
  let said = "";
  const say = (text, label, act) => {
    if (said === text) return;
    said = text;
    notice.replaceChildren();
    notice.className = text ? "notis" : "";
    if (!text) return;
    const p = document.createElement("p");
    p.textContent = text + " ";
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", act);
    p.append(button);
    notice.append(p);
  };
  const main = () => document.querySelector("main");
  main().before(notice);

  // Following what is shown.
  let touched = false; // somebody has begun to fill something in
  document.addEventListener("input", (e) => { if (e.target.closest("main form")) touched = true; });
  const filling = () => touched || (document.activeElement && document.activeElement.closest("main form") !== null
    && document.activeElement.matches("input, textarea, select"));

  // Where the keyboard is, so that it is there afterwards too.
  const place = (e) => {
    if (!e || !main().contains(e)) return null;
    if (e.id) return "#" + CSS.escape(e.id);
    const path = [];
    for (let at = e; at !== main(); at = at.parentElement) path.unshift(Array.prototype.indexOf.call(at.parentElement.children, at));
    return path;
  };
  const find = (at) => {
    if (!at) return null;
    if (typeof at === "string") return main().querySelector(at);
    return at.reduce((e, i) => (e && e.children[i]) || null, main());
  };

  const show = async () => {
    const answer = await fetch(location.href, byItself);
    if (answer.redirected || !answer.ok || !(answer.headers.get("Content-Type") || "").startsWith("text/html")) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = now.querySelector("main");
    if (!fresh || fresh.textContent === main().textContent) return;
    if (filling()) {
      say("Det har hänt något på den här sidan sedan du öppnade den.", "Visa det senaste", () => location.reload());
      return;
    }
    const open = Array.from(main().querySelectorAll("details"), (d) => d.open);
    const at = place(document.activeElement);
    main().replaceWith(document.adoptNode(fresh));
    main().querySelectorAll("details").forEach((d, i) => { if (open[i]) d.open = true; });
    const e = find(at);
    if (e) e.focus({ preventScroll: true });
    document.title = now.title;
  };

  let busy = false, again = false;
  const showSoon = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try { await show(); } catch { /* it is shown at the next change, or when the page is loaded again */ }
    setTimeout(() => { busy = false; if (again) { again = false; showSoon(); } }, 1000);
  };

  let source = null, known = null, later = 0;
  const follow = () => {
    if (source || document.hidden || !visit.dataset.folj) return;
    const to = new URL(visit.dataset.folj, location.href);
    if (known) to.searchParams.set("fran", known);
    source = new EventSource(to);
    source.onmessage = (e) => { known = e.data; showSoon(); };
    source.addEventListener("slut", () => { stop(); visit.dataset.folj = ""; });
    source.onerror = () => {
      if (source && source.readyState === EventSource.CLOSED) { stop(); clearTimeout(later); later = setTimeout(follow, 30000); }
    };
  };
  const stop = () => { if (source) { source.close(); source = null; } };
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : follow()));
  window.addEventListener("pagehide", stop);
  window.addEventListener("pageshow", follow);
  follow();

  // The log-in's end, asked after shortly before it is said: another window may have put it off.
  const clock = (t) => new Date(t).toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" }).replace(":", ".");
  const warnBefore = 5 * 60 * 1000;
  let idle = Date.parse(visit.dataset.slutar), ends = Date.parse(visit.dataset.senast);
  const ask = async (method) => {
    const answer = await fetch("/besok", method === "POST" ? { method, credentials: "same-origin", cache: "no-store" } : byItself);
    if (answer.status === 401) return false;
    if (answer.status === 200) {
      const told = await answer.json();
      idle = Date.parse(told.idle);
      ends = Date.parse(told.ends);
    }
    return true;
  };
  const goOn = async () => {
    try { if (await ask("POST")) say(""); } catch { return; }
    watch();
  };
  const watch = () => {
    if (!idle) return;
    setTimeout(async () => {
      let inside = true;
      try { inside = await ask("GET"); } catch { /* asked again below */ }
      const left = idle - Date.now();
      if (!inside || left <= 0) {
        say("Du är utloggad. Det som du har skrivit på sidan finns kvar här tills du stänger den.", "Logga in igen", () => window.open("/logga-in?till=/mina-inloggningar", "_blank", "noopener"));
        return;
      }
      if (left < warnBefore) {
        if (idle < ends) say("Du loggas ut kl. " + clock(idle) + " om du inte gör något.", "Fortsätt vara inloggad", goOn);
        else say("Din inloggning slutar kl. " + clock(ends) + ". Spara det du håller på med innan dess.", "Jag förstår", () => say(""));
      }
      watch();
    }, Math.max(15000, Math.min(idle - Date.now() - warnBefore, 2 ** 30)));
  };
  watch();
})();
