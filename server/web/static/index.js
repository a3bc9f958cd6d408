/* The hall's front page, kept live. */
(function (Liqu) {
  "use strict";
  var say = Liqu.say;
  var link = Liqu.id("link");
  var halls = [].slice.call(document.querySelectorAll("[data-hall]"));

  function part(of, name) { return of.querySelector('[data-part="' + name + '"]'); }

  function draw(board) {
    halls.forEach(function (article) {
      if (article.getAttribute("data-hall") !== board.hall.id) { return; }
      article.setAttribute("data-state", board.hall.state);
      Liqu.put(part(article, "state"), say(board.hall.state));
      Liqu.show(part(article, "emergency"), Boolean(board.hall.emergency));
      Liqu.put(part(article, "emergency").querySelector("p"), Liqu.text(board.hall.emergency));
      board.services.forEach(function (service) {
        var line = article.querySelector('[data-service="' + service.id + '"]');
        if (!line) { return; }
        Liqu.put(part(line, "waiting"), say(service.waiting ? "waiting" : "nobody", { count: service.waiting }));
        Liqu.put(part(line, "wait"), service.open_counters ? Liqu.wait(service.wait) : say("no_counter"));
      });
    });
  }

  if (!halls.length) { return; }
  Liqu.live({
    topics: halls.map(function (article) { return "board:" + article.getAttribute("data-hall"); }),
    view: function (topic, board) { draw(board); },
    lost: function () { Liqu.put(link, say("link_lost")); link.hidden = false; },
    back: function () { link.hidden = true; }
  });
})(window.Liqu);
