/* A case that moves while its page is open: the page is fetched anew, as it would be without JavaScript.
   In-app browsers of old phones run this too: ES5 only. */
(function (Liqu) {
  "use strict";
  var id = Liqu.id, say = Liqu.say, put = Liqu.put, show = Liqu.show;
  var first = true;
  var busy = false;
  var again = false;

  /* Whoever is filling something in is not disturbed: what changed is shown when they are done. */
  function filling() {
    var at = document.activeElement;
    if (!at || !id("live").contains(at)) { return false; }
    return (at.tagName === "INPUT" && at.type !== "radio" && at.value !== "") || Boolean(id("live").querySelector("input:checked"));
  }

  function renew() {
    if (busy || filling()) { again = true; return; }
    busy = true;
    again = false;
    var tail = id("live").getAttribute("data-tail");
    var request = new XMLHttpRequest();
    request.open(tail ? "POST" : "GET", location.pathname + location.search);
    request.timeout = 8000;
    if (tail) { request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded"); }
    request.onload = function () {
      busy = false;
      if (request.status === 200) {
        var fresh = new DOMParser().parseFromString(request.responseText, "text/html").getElementById("live");
        if (fresh && !filling()) { id("live").innerHTML = fresh.innerHTML; }
      }
      tell();
      if (again) { renew(); }
    };
    request.onerror = request.ontimeout = function () { busy = false; setTimeout(renew, 2000); };
    request.send(tail ? "tail=" + encodeURIComponent(tail) : null);
  }

  function tell() { put(id("updated"), say("live") + " · " + Liqu.wall()); }

  document.addEventListener("focusout", function () { setTimeout(function () { if (again) { renew(); } }, 50); });
  Liqu.live({
    topics: id("live").getAttribute("data-topics").split(" "),
    view: function (topic, view) {
      if (topic.indexOf("hall:") === 0) { Liqu.alert(view.emergency); return; }
      if (first) { first = false; tell(); return; }
      renew();
    },
    lost: function () { put(id("link"), say("lost")); show(id("link"), true); },
    back: function () { show(id("link"), false); renew(); }
  });
})(window.Liqu);
