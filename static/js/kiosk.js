/* A device in a hall: after 40 seconds without a touch it asks, after 60 it is over. The server decides the same by its own clock. */
(() => {
  "use strict";
  const doc = document;
  const over = "/kiosk/over/";
  const main = doc.getElementById("main");
  let asked = null;
  let timers = [];
  let told = Date.now();
  const forget = () => { location.replace(over); };
  const ask = () => {
    const box = doc.createElement("div");
    box.className = "notice warn";
    box.setAttribute("role", "alert");
    const body = doc.createElement("div");
    body.className = "notice-body";
    const text = doc.createElement("p");
    text.textContent = doc.body.dataset.kiosk;
    const stay = doc.createElement("button");
    stay.type = "button";
    stay.className = "btn";
    stay.textContent = doc.body.dataset.kioskStay;
    body.append(text, stay);
    box.append(body);
    main.prepend(box);
    box.scrollIntoView({ block: "nearest" });
    asked = box;
  };
  const start = () => {
    timers.forEach(clearTimeout);
    timers = [setTimeout(ask, 40000), setTimeout(forget, 61000)];
  };
  const here = () => {
    if (asked) asked.remove();
    asked = null;
    start();
    if (Date.now() - told < 10000) return;
    told = Date.now();
    fetch("/a11y/", { method: "HEAD", credentials: "same-origin" }).catch(() => {});
  };
  ["pointerdown", "keydown", "input", "touchstart"].forEach((kind) => {
    doc.addEventListener(kind, here, { passive: true });
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) forget(); });
  start();
})();
