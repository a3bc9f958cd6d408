/* The screen above one window, in a television's browser. ES5 only. */
(function (Liqu) {
  "use strict";
  var say = Liqu.say;
  var id = Liqu.id;
  var put = Liqu.put;
  var FLASH = 8000;
  var BEAT = 500;
  var LATE = 60000;
  var view = Liqu.data("view");
  var lastCall = null;
  var since = 0;

  function draw() {
    var state = view.state;
    id("panel").setAttribute("data-state", state);
    put(id("name"), Liqu.text(view.name));
    put(id("counter"), say("window", view));
    put(id("go"), view.number ? say(state === "called" ? "go" : "serving") : "");
    put(id("number"), view.number || say(state));
    id("panel").setAttribute("data-number", view.number ? "yes" : "no");
    var more = state === "paused" || state === "closed" ? say(state + "_more") : "";
    put(id("service"), view.number ? Liqu.text(view.service) : more);
    Liqu.show(id("staff"), Boolean(view.staff));
    if (view.staff) {
      put(id("staff-name"), view.staff.name);
      put(id("staff-duty"), Liqu.text(view.staff.duty));
      put(id("staff-badge"), view.staff.badge ? say("badge", view.staff) : "");
    }
    var text = view.hall.emergency;
    Liqu.show(id("emergency"), Boolean(text));
    put(id("emergency-text"), Liqu.text(text));
    var other = text ? Liqu.text(text, Liqu.lang === "en" ? "zh" : "en") : "";
    put(id("emergency-other"), other === Liqu.text(text) ? "" : other);
  }

  function take(panel) {
    view = panel;
    var call = panel.calls.length ? panel.calls[panel.calls.length - 1] : null;
    if (call && call.id !== lastCall) {
      lastCall = call.id;
      since = Liqu.now() - Date.parse(call.at) <= LATE ? Date.now() : 0;
    }
    draw();
  }

  draw();
  Liqu.live({
    topics: [Liqu.data("topic")],
    view: function (topic, panel) { take(panel); },
    lost: function () { Liqu.show(id("lost"), true); id("panel").className = "panel stale"; },
    back: function () { Liqu.show(id("lost"), false); id("panel").className = "panel"; }
  });
  setInterval(function () {
    var age = Date.now() - since;
    var lit = view.state === "called" && age < FLASH && Math.floor(age / BEAT) % 2 === 0;
    id("now").className = lit ? "now lit" : "now";
  }, BEAT / 2);
  function tick() { put(id("clock"), Liqu.wall()); }
  setInterval(tick, 1000);
  tick();
})(window.Liqu);
