/* A customer's ticket, kept live. In-app browsers run this: ES5 only. */
(function (Liqu) {
  "use strict";
  var say = Liqu.say;
  var main = Liqu.id("main");
  var first = Liqu.data("view");
  var called = first.called_at;
  var state = first.state;
  var recalls = first.recalls;
  var link = Liqu.id("link");
  var title = document.title;

  function draw(view, at) {
    var key = view.state === "waiting" && view.ahead === 0 ? "next" : view.state;
    main.setAttribute("data-state", view.state);
    main.setAttribute("data-key", key);
    Liqu.put(Liqu.id("service"), Liqu.text(view.service_name));
    Liqu.put(Liqu.id("number"), view.number);
    Liqu.put(Liqu.id("title"), say("title_" + key, { counter: view.counter }));
    Liqu.put(Liqu.id("say"), say("say_" + key));
    Liqu.put(Liqu.id("ahead"), say("ahead", { count: view.ahead }));
    Liqu.put(Liqu.id("wait"), Liqu.wait(view.wait));
    Liqu.show(Liqu.id("figures"), view.state === "waiting");
    Liqu.show(Liqu.id("closed"), view.hall.state === "closed" && (view.state === "waiting" || view.state === "missed"));
    Liqu.show(Liqu.id("emergency"), Boolean(view.hall.emergency));
    Liqu.put(Liqu.id("emergency").querySelector("p"), Liqu.text(view.hall.emergency));
    if (at) { Liqu.put(Liqu.id("updated"), say("updated", { time: Liqu.clock(at) })); }
    document.title = view.state === "called" ? say("announce_called", view) : title;
    if (view.state === "called" && (state !== "called" || view.called_at !== called || view.recalls !== recalls)) {
      window.scrollTo(0, 0);
      if (navigator.vibrate) { navigator.vibrate([400, 200, 400, 200, 400]); }
    }
    state = view.state;
    called = view.called_at;
    recalls = view.recalls;
  }

  Liqu.live({
    topics: ["ticket:" + first.code],
    view: function (topic, view, at) { draw(view, at); },
    lost: function () {
      document.body.classList.add("stale");
      Liqu.put(link, say("link_lost"));
      link.hidden = false;
    },
    back: function () {
      document.body.classList.remove("stale");
      link.hidden = true;
    }
  });
})(window.Liqu);
