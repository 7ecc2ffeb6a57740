// Keeps a part of the page fresh: who is connected, how far a sending is. Without it the page has a link that does the same.
(() => {
  "use strict";
  const list = document.getElementById("live");
  let etag = list.dataset.etag;
  const ask = async () => {
    let seconds = Number(list.dataset.interval) || 10;
    try {
      const answer = await fetch(list.dataset.source, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      if (answer.status === 200) {
        list.innerHTML = await answer.text();
        etag = answer.headers.get("ETag");
        const next = answer.headers.get("X-Next-Interval");
        if (next === "0") return; // nothing will change any more
        seconds = Number(next) || seconds;
      } else if (answer.status === 401 || answer.status === 403 || answer.status === 404) {
        location.reload();
        return;
      }
    } catch {
      seconds *= 2;
    }
    setTimeout(ask, seconds * 1000);
  };
  setTimeout(ask, (Number(list.dataset.interval) || 10) * 1000);
})();
