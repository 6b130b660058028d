/* Questions that hang on an earlier answer of the same page: shown only while that answer is chosen.
   <div data-when="question" data-when-is="是|有">…</div>. Without this file all questions are shown, each with its hint. */
(() => {
  "use strict";
  const follow = (form) => {
    const parts = Array.from(form.querySelectorAll("[data-when]"));
    if (!parts.length) return;
    const boxes = (name) => Array.from(form.elements).filter((box) => box.name === name);
    const answers = (name) => boxes(name)
      .filter((box) => (box.type === "radio" || box.type === "checkbox" ? box.checked : true))
      .map((box) => box.value);
    const asked = (name) => boxes(name).some((box) => !box.closest("[data-when][hidden]"));
    const update = () => parts.forEach((part) => {
      const accepted = part.dataset.whenIs.split("|");
      part.hidden = !(asked(part.dataset.when) && answers(part.dataset.when).some((one) => accepted.includes(one)));
    });
    form.addEventListener("change", update);
    window.addEventListener("pageshow", update);
    update();
  };
  Array.from(document.forms).forEach(follow);
})();
