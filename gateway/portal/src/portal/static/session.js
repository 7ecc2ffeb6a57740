// Says before the session ends that it will, and lets it go on. Without script the page's head leads to a page that does the same.
(() => {
  "use strict";
  const box = document.getElementById("session-warning");
  const lead = Number(box.dataset.lead);
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Athens" });
  let said = "";
  let before = null;
  let timer = 0;

  // Nothing takes the focus: what is said is read out, and «Συνέχεια» is the first control of the page after the skip link.
  const say = (what, left) => {
    if (what === said) return;
    said = what;
    const hadFocus = box.contains(document.activeElement);
    box.replaceChildren();
    if (what) box.append(document.getElementById(`session-says-${what}`).content.cloneNode(true));
    const ends = box.querySelector("[data-ends]");
    if (ends) ends.textContent = clock.format(new Date(Date.now() + left * 1000));
    if (hadFocus) (before && before.isConnected ? before : document.getElementById("main")).focus();
  };
  box.addEventListener("focusin", (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget)) before = event.relatedTarget;
  });

  const told = async (address, options) => {
    try {
      const answer = await fetch(address, { cache: "no-store", ...options, headers: { Accept: "application/json" } });
      return answer.ok ? Number((await answer.json()).seconds) : null;
    } catch {
      return null;
    }
  };
  const lookIn = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(1, seconds) * 1000);
  };
  // The server is asked each time: another tab may have prolonged the session, or this device slept.
  const look = async () => follow(await told(box.dataset.source), said === "fixed" ? "fixed" : "warning");
  const follow = (left, warning) => {
    if (left === null) {
      lookIn(15);
    } else if (left <= 0) {
      say("ended", 0);
    } else if (left <= lead) {
      say(warning, left);
      lookIn(Math.min(left + 1, 15));
    } else {
      if (said !== "renewed") say("", 0);
      lookIn(left - lead);
    }
  };

  box.addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const left = await told(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (left > lead) {
      say("renewed", 0);
      setTimeout(() => said === "renewed" && say("", 0), 10000);
    }
    follow(left, "fixed"); // what cannot be prolonged has reached its greatest age
  });
  lookIn(Number(box.dataset.left) - lead);
})();
