/* Small helps for public pages. Every page works without this file.
   Hooks are data- attributes (templates/components/README.md); words come from #js-words, so they are translated. */
(() => {
  "use strict";
  const doc = document;
  const all = (selector, root) => Array.from((root || doc).querySelectorAll(selector));
  const wordsAt = doc.getElementById("js-words");
  const words = wordsAt ? wordsAt.dataset : {};
  const say = (key, n) => (words[key] || "").replace("{n}", n);

  /* the error summary takes the focus */
  const summary = doc.querySelector("[data-focus]");
  if (summary) summary.focus();

  /* how many characters are left */
  const startCounters = (root) => all("[data-counter]", root).forEach((field) => {
    const box = field.querySelector("textarea, input");
    const line = field.querySelector(".counter");
    const longest = Number(field.dataset.counter);
    if (!box || !line) return;
    let timer = 0;
    const show = () => {
      const left = longest - Array.from(box.value).length;
      line.textContent = left < 0 ? say("over", -left) : say("left", left);
      line.classList.toggle("over", left < 0);
    };
    box.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 300); });
    if (box.value) show();
  });
  startCounters();

  /* copy a number */
  const copyText = (text) => {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    const area = doc.createElement("textarea");
    area.value = text;
    area.className = "vh";
    doc.body.appendChild(area);
    area.select();
    const done = doc.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("copy"));
  };
  all("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      copyText(button.dataset.copy).then(() => { button.textContent = say("copied"); }, () => { button.hidden = true; });
    });
  });

  /* read the page aloud, where the browser can; a second press stops it */
  const voice = window.speechSynthesis;
  const lines = () => {
    const all = doc.getElementById("main").innerText.split("\n").map((text) => text.trim()).filter(Boolean);
    const title = doc.querySelector("main h1");
    return all.slice(Math.max(0, title ? all.indexOf(title.innerText.trim()) : 0));
  };
  all("[data-read]").forEach((button) => {
    if (!voice || !window.SpeechSynthesisUtterance) return;
    const start = button.textContent;
    const rest = () => { voice.cancel(); button.textContent = start; };
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.textContent !== start) { rest(); return; }
      button.textContent = button.dataset.read;
      const spoken = lines().map((text) => Object.assign(new SpeechSynthesisUtterance(text), { lang: doc.documentElement.lang }));
      if (spoken.length) spoken[spoken.length - 1].onend = rest;
      spoken.forEach((utterance) => voice.speak(utterance));
    });
    addEventListener("pagehide", () => voice.cancel());
  });

  /* one submit at a time; without network nothing is lost */
  const line = (form, text, bad) => {
    let at = form.querySelector(".inflight");
    if (!at) {
      at = doc.createElement("p");
      at.className = "inflight";
      at.setAttribute("role", "status");
      form.appendChild(at);
    }
    at.textContent = text;
    at.classList.toggle("bad", Boolean(bad));
  };
  const release = (form) => {
    form.removeAttribute("aria-busy");
    clearTimeout(form.waiting);
  };
  all("form").filter((form) => form.method === "post").forEach((form) => {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      /* a file is the answer: the page stays, and so does what is ticked */
      if (event.submitter && event.submitter.hasAttribute("data-download")) return;
      if (form.getAttribute("aria-busy")) { event.preventDefault(); return; }
      if (navigator.onLine === false) {
        event.preventDefault();
        line(form, say("offline"), true);
        return;
      }
      form.setAttribute("aria-busy", "true");
      form.sent = true;
      if (form.hasAttribute("data-guard")) {
        form.waiting = setTimeout(() => { release(form); line(form, say("slow")); }, 20000);
      }
    });
  });
  window.addEventListener("offline", () => all("form[aria-busy]").forEach((form) => {
    release(form);
    line(form, say("offline"), true);
  }));
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) all("form[aria-busy]").forEach((form) => { release(form); });
  });

  /* the session ends soon: say so and offer to stay */
  const minutes = Number(doc.body.dataset.sessionMinutes || 0);
  const main = doc.getElementById("main");
  const watchSession = () => setTimeout(() => {
    const box = doc.createElement("div");
    box.className = "notice warn";
    box.setAttribute("role", "alert");
    const body = doc.createElement("div");
    body.className = "notice-body";
    const text = doc.createElement("p");
    text.textContent = say("session", 5);
    const stay = doc.createElement("button");
    stay.type = "button";
    stay.className = "btn btn-2";
    stay.textContent = say("stay");
    stay.addEventListener("click", () => {
      fetch(words.keep, { method: "HEAD", credentials: "same-origin" }).then(() => {
        box.remove();
        watchSession();
      }, () => { text.textContent = say("offline"); });
    });
    body.append(text, stay);
    box.append(body);
    main.prepend(box);
  }, (minutes - 5) * 60000);
  if (minutes > 5 && main) watchSession();

  /* live pages: an event says only that something changed */
  const typing = (root) => all("textarea, input[type=text], input:not([type])", root)
    .some((box) => box.value !== box.defaultValue);
  const offer = (element) => {
    if (element.nextElementSibling && element.nextElementSibling.classList.contains("live-offer")) return;
    const at = doc.createElement("p");
    at.className = "live-offer";
    at.setAttribute("role", "status");
    const link = doc.createElement("a");
    link.href = location.href;
    link.textContent = say("fresh");
    at.append(link);
    element.after(at);
  };
  const refresh = (id, address) => {
    const element = doc.getElementById(id);
    if (!element || typing(element)) { if (element) offer(element); return; }
    fetch(address, { credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status)))))
      .then((html) => {
        const fresh = new DOMParser().parseFromString(html, "text/html").getElementById(id);
        if (!fresh) { location.reload(); return; }
        if (fresh.innerHTML === element.innerHTML) return;
        element.replaceChildren ? element.replaceChildren(...fresh.childNodes) : (element.innerHTML = fresh.innerHTML);
        startCounters(element);
      })
      .catch(() => offer(element));
  };
  all("[data-live]").forEach((element) => {
    if (!window.EventSource) return;
    if (element.id && !element.hasAttribute("aria-live")) element.setAttribute("aria-live", "polite");
    const changed = () => {
      if (element.id) refresh(element.id, element.dataset.liveSrc || location.href);
      else if (typing(doc)) offer(element);
      else location.reload();
    };
    const source = new EventSource(element.dataset.live);
    source.addEventListener("change", changed);
    source.addEventListener("message", changed);
    window.addEventListener("pagehide", () => source.close());
  });

  /* uploads: each file at once, with progress; the answer is the normal page */
  const row = (list, name) => {
    const item = doc.createElement("li");
    const label = doc.createElement("span");
    label.className = "name";
    label.textContent = name;
    const bar = doc.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    const state = doc.createElement("span");
    state.className = "muted";
    state.textContent = say("sending");
    label.append(bar);
    item.append(label, state);
    list.append(item);
    list.hidden = false;
    return {
      progress: (part) => { bar.value = part; },
      end: (text, good) => { bar.remove(); state.textContent = text; state.className = good ? "good" : "bad"; },
    };
  };
  const takeHidden = (form, page) => all("input[type=hidden]", form).forEach((own) => {
    const other = all("input[type=hidden]", page).find((box) => box.name === own.name && box.form && box.form.method === "post");
    if (other) own.value = other.value;
  });
  const sendFile = (input, file, shown) => new Promise((done) => {
    const form = input.form;
    const data = new FormData();
    all("input[type=hidden]", form).forEach((box) => data.append(box.name, box.value));
    data.append(input.name, file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", input.dataset.upload);
    request.responseType = "document";
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) shown.progress(event.loaded / event.total); });
    request.addEventListener("load", () => {
      const page = request.response;
      const problem = page && page.querySelector(".err-msg, .errsum li, main h1 + p");
      if (page) takeHidden(form, page);
      if (request.status >= 200 && request.status < 300) shown.end(say("received"), true);
      else shown.end(problem ? (problem.matches(".err-msg") ? problem.lastChild : problem).textContent.trim() : say("failed"), false);
      done({ ok: request.status >= 200 && request.status < 300, page });
    });
    request.addEventListener("error", () => { shown.end(say("offline"), false); done({ ok: false, page: null }); });
    request.send(data);
  });
  all("input[type=file][data-upload]").forEach((input) => {
    const list = input.parentElement.querySelector("[data-upload-list]");
    if (!list || !input.form || !window.FormData) return;
    input.addEventListener("change", () => {
      const files = Array.from(input.files);
      input.form.setAttribute("aria-busy", "true");
      files.reduce(
        (before, file) => before.then((good) => sendFile(input, file, row(list, file.name)).then((sent) => good && sent.ok)),
        Promise.resolve(true),
      ).then((good) => {
        release(input.form);
        input.value = "";
        if (good && !typing(input.form)) location.reload();
      });
    });
  });
})();
