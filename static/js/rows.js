/* Questions answered with rows: 再加一行 and 删除这一行 without asking the server. Without this file the buttons are sent
   and the page comes back with everything that was typed (common/rows.py). */
(() => {
  "use strict";
  const follow = (question) => {
    const most = Number(question.dataset.rows);
    const pattern = question.querySelector("template");
    const add = question.querySelector("[data-row-add]");
    const rows = () => Array.from(question.querySelectorAll("[data-row]"));
    const called = pattern.content.querySelector("legend").textContent;
    const next = () => Math.max(-1, ...rows().map((row) => Number(row.dataset.row))) + 1;
    const renumber = () => {
      rows().forEach((row, place) => {
        const name = called.replace("__n__", place + 1);
        row.querySelector("legend").textContent = name;
        row.querySelector("[data-row-drop] .vh").textContent = `：${name}`;
      });
      add.hidden = rows().length >= most;
    };
    const more = () => {
      const html = pattern.innerHTML.replace(/__n__/g, next());
      pattern.before(document.createRange().createContextualFragment(html));
      renumber();
      rows().pop().querySelector("input, select, textarea").focus();
    };
    question.addEventListener("click", (event) => {
      const button = event.target.closest("[data-row-add], [data-row-drop]");
      if (!button) return;
      event.preventDefault();
      if (button === add) { more(); return; }
      button.closest("[data-row]").remove();
      if (rows().length) { renumber(); add.focus(); } else { more(); }
    });
  };
  document.querySelectorAll("[data-rows]").forEach(follow);
})();
