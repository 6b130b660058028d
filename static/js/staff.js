/* Keyboard and tools of the desks (queue, review). Every page works without this file.
   Keys work only outside fields, never while an input method is composing, and can be switched off. */
(() => {
  "use strict";
  const doc = document;
  const all = (selector, root) => Array.from((root || doc).querySelectorAll(selector));
  const STORE = "desk-keys";
  const read = () => { try { return localStorage.getItem(STORE); } catch (error) { return null; } };
  const write = (value) => { try { localStorage.setItem(STORE, value); } catch (error) { /* private window: this page only */ } };
  let off = read() === "off";

  /* the sheet and its switch */
  const sheet = doc.querySelector("[data-keys]");
  const toggle = doc.querySelector("[data-keys-switch]");
  if (toggle) {
    toggle.checked = off;
    toggle.addEventListener("change", () => { off = toggle.checked; write(off ? "off" : "on"); });
  }

  /* rows of a queue */
  const rows = all("[data-queue] tbody tr");
  let current = -1;
  const go = (index) => {
    if (!rows.length) return;
    const next = Math.min(Math.max(index, 0), rows.length - 1);
    if (rows[current]) rows[current].classList.remove("is-active");
    current = next;
    rows[current].classList.add("is-active");
    const link = rows[current].querySelector("[data-open], th a, td a");
    if (link) link.focus();
    rows[current].scrollIntoView({ block: "nearest" });
  };
  rows.forEach((row, index) => row.addEventListener("focusin", () => {
    if (rows[current]) rows[current].classList.remove("is-active");
    current = index;
    row.classList.add("is-active");
  }));

  /* ticking and bulk work */
  const ticks = all("[data-queue] tbody input[type=checkbox]");
  const every = doc.querySelector("[data-tick-all]");
  const count = () => {
    const picked = ticks.filter((box) => box.checked);
    ticks.forEach((box) => box.closest("tr").classList.toggle("is-ticked", box.checked));
    all("[data-tick-count]").forEach((at) => { at.textContent = String(picked.length); });
    if (every) {
      every.checked = picked.length > 0 && picked.length === ticks.length;
      every.indeterminate = picked.length > 0 && picked.length < ticks.length;
    }
  };
  ticks.forEach((box) => box.addEventListener("change", count));
  if (every) every.addEventListener("change", () => { ticks.forEach((box) => { box.checked = every.checked; }); count(); });
  window.addEventListener("pageshow", count);

  /* page images: zoom and rotate */
  all("[data-viewer]").forEach((viewer) => {
    const tools = viewer.querySelector("[data-viewer-tools]");
    const images = all(".viewer-page img", viewer);
    if (!tools || !images.length) return;
    tools.hidden = false;
    let zoom = 1;
    let turn = 0;
    const show = () => images.forEach((image) => {
      image.style.maxWidth = zoom === 1 ? "" : "none";
      image.style.width = zoom === 1 ? "" : `${zoom * 100}%`;
      image.style.transformOrigin = "center";
      image.style.transform = turn ? `rotate(${turn}deg)` : "";
    });
    tools.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.zoom) zoom = Math.min(Math.max(zoom + Number(button.dataset.zoom) * 0.5, 0.5), 4);
      else turn = (turn + 90) % 360;
      show();
    });
  });

  /* page images that are not drawn yet: asked for again, more and more slowly, then the words say that it is over */
  const PAUSES = [2, 2, 3, 3, 5, 5, 10, 10, 15, 15];
  all("[data-viewer] img[data-waits]").forEach((image) => {
    const address = image.getAttribute("src");
    const line = doc.createElement("p");
    line.className = "muted";
    line.setAttribute("role", "status");
    let tries = 0;
    const missing = () => {
      const pause = PAUSES[tries];
      line.textContent = pause ? image.dataset.waits : image.dataset.gone;
      image.after(line);
      if (!pause) return;
      tries += 1;
      setTimeout(() => { image.src = `${address}?try=${tries}`; }, pause * 1000);
    };
    image.addEventListener("error", missing);
    image.addEventListener("load", () => line.remove());
    if (image.complete && image.src && !image.naturalWidth) missing();
  });

  /* keys */
  const inField = (target) => Boolean(target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]"));
  const folded = (element) => {
    const box = element.closest("details:not([open])");
    return Boolean(box) && !(element.parentElement === box && element.tagName === "SUMMARY");
  };
  const press = (selector) => {  // only what is unfolded: nothing is decided before its consequence was shown
    const found = all(selector).find((element) => !folded(element));
    if (found) found.click();
    return Boolean(found);
  };
  let afterG = 0;
  const tick = () => {
    const box = rows[current] && rows[current].querySelector("input[type=checkbox]");
    if (box) box.click();
    return Boolean(box);
  };
  const openSheet = () => {
    if (!sheet) return false;
    sheet.open = !sheet.open;
    if (sheet.open) sheet.querySelector("summary").focus();
    return true;
  };
  const back = () => {
    if (sheet && sheet.open) { sheet.open = false; return true; }
    return press("[data-back]");
  };
  const openFirst = () => {  // Enter without anything chosen opens the oldest one
    const link = rows.length && rows[Math.max(current, 0)].querySelector("[data-open]");
    if (!link || doc.activeElement !== doc.body) return false;
    link.click();
    return true;
  };
  const search = () => {
    const box = doc.querySelector("[data-search]");
    const fold = box && box.closest("details");
    if (fold) fold.open = true;
    if (box) box.focus();
    return Boolean(box);
  };
  const keys = {
    j: () => { go(current + 1); return rows.length > 0; },
    k: () => { go(current - 1); return rows.length > 0; },
    x: tick,
    "/": search,
    "?": openSheet,
    Escape: back,
    Enter: openFirst,
    g: () => { afterG = Date.now(); return true; },
  };
  doc.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || off) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (press("[data-submit-next]")) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
    const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    let used = false;
    if (afterG && Date.now() - afterG < 2000 && /^[a-z]$/.test(letter)) used = press(`[data-go="${letter}"]`);
    else if (keys[letter]) used = keys[letter]();
    else if (/^[a-z]$/.test(letter)) used = press(`[data-key="${letter}"]`);
    if (letter !== "g") afterG = 0;
    if (used) event.preventDefault();
  });
})();
