// Looks again whether the entrance has opened. Without script a refresh in the page's head does the same.
(() => {
  "use strict";
  const seconds = Number(document.currentScript.dataset.seconds);
  setTimeout(() => location.replace(location.pathname), seconds * 1000);
})();
