// One box that ticks all of a name. Without script it stays hidden: a link beside does the same for everybody.
(() => {
  "use strict";
  for (const all of document.querySelectorAll("[data-tick-all]")) {
    const each = [...document.querySelectorAll(`input[name="${all.dataset.tickAll}"]`)];
    const show = () => {
      const ticked = each.filter((box) => box.checked).length;
      all.checked = ticked === each.length;
      all.indeterminate = ticked > 0 && ticked < each.length;
    };
    all.addEventListener("change", () => each.forEach((box) => { box.checked = all.checked; }));
    each.forEach((box) => box.addEventListener("change", show));
    all.hidden = false;
    show();
  }
})();
