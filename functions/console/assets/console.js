// Times in the reader's zone, and a dashboard that keeps itself fresh. Everything works without it.
"use strict";
(() => {
  const EVERY = 15_000;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const short = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" })
    .formatToParts(new Date()).find((part) => part.type === "timeZoneName").value;
  const shapes = {
    clock: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
    day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }),
    whole: new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" }),
  };

  // UTC stays in the title, as the page was sent.
  function localise(root) {
    const today = new Date().toDateString();
    for (const time of root.querySelectorAll("time[data-clock], time[data-moment]")) {
      const at = new Date(time.dateTime);
      const shape = "moment" in time.dataset ? "whole" : at.toDateString() === today ? "clock" : "day";
      time.textContent = shapes[shape].format(at);
    }
    for (const name of root.querySelectorAll("[data-zone-name]")) name.textContent = short;
    for (const name of root.querySelectorAll("[data-zone]")) {
      name.textContent = zone === "UTC" ? "UTC" : `of ${zone}; hover over one for UTC`;
    }
  }

  // Whoever types, selects, stands on something in the page or points at it is not disturbed.
  function busy(main) {
    const at = document.activeElement;
    const selected = document.getSelection();
    const points = main.querySelector("a:hover, button:hover, time:hover, select:hover, input:hover");
    return points || (at && at !== main && main.contains(at)) || (selected && !selected.isCollapsed);
  }

  function refreshing(place) {
    let stopped = false;
    const button = document.createElement("button");
    const heard = document.createElement("span");
    heard.className = "unseen";
    heard.setAttribute("role", "status");
    button.type = "button";
    const label = () => {
      button.textContent = stopped ? "Refresh by itself" : `Stop refreshing every ${EVERY / 1000} s`;
    };
    button.addEventListener("click", () => { stopped = !stopped; label(); });
    label();
    place.append(button, heard);

    setInterval(async () => {
      const main = document.querySelector("main");
      if (stopped || document.hidden || busy(main)) return;
      try {
        const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(10_000) });
        if (answer.status === 401 || answer.redirected) return location.reload();
        if (!answer.ok) return;
        const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
        const next = fresh.querySelector("main");
        if (!next || stopped || document.hidden || busy(main)) return;
        localise(next);
        const before = main.querySelector("h1").textContent.trim();
        const after = next.querySelector("h1").textContent.trim();
        main.replaceChildren(...next.childNodes);
        document.title = fresh.title;
        if (before !== after) heard.textContent = after;
      } catch {
        // The network is away: what stands there stays, and says when it was read.
      }
    }, EVERY);
  }

  localise(document);
  const place = document.querySelector("[data-refresh]");
  if (place) refreshing(place);
})();
