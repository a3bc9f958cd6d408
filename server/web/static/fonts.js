/* Asks for the served Chinese font (10 MB) only on a machine that cannot draw Chinese by itself. */
(function () {
  "use strict";
  function drawn(character) {
    var canvas = document.createElement("canvas");
    canvas.width = canvas.height = 24;
    var pen = canvas.getContext("2d");
    if (!pen) { return character; }
    pen.font = "20px sans-serif";
    pen.fillText(character, 2, 20);
    return Array.prototype.join.call(pen.getImageData(0, 0, 24, 24).data, ",");
  }
  if (drawn("窗") === drawn("号")) { document.documentElement.className += " served-font"; }
})();
