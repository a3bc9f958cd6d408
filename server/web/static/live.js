/* The live link: whole views over one websocket, and the truth about whether they are still live.
   Television browsers run this too: ES5 only.

   Liqu.live({topics, view(topic, view, at), lost(), back(), heartbeat(at)?, refused(code)?}):
   - nothing heard for 25 s, or the socket gone for 2 s, or the network gone: lost();
   - tries again by itself: soon while the page is seen, more rarely while it is not;
   - the first view after that: back(). */
(function (Liqu) {
  "use strict";
  var SILENCE = 25000;
  var GRACE = 2000;
  var PATIENCE = 2500;
  var SOONEST = 500;
  var SEEN_CAP = 1500;
  var UNSEEN_CAP = 15000;
  var offset = 0;

  /* The server's time now, in milliseconds; a client's own clock may be wrong. */
  Liqu.now = function () { return Date.now() + offset; };
  /* The hall's clock on the wall, as HH:MM. */
  Liqu.wall = function () { return Liqu.clock(Liqu.now()); };
  function heard(at) {
    var time = Date.parse(at);
    if (time) { offset = time - Date.now(); }
  }

  Liqu.live = function (on) {
    var address = (location.protocol === "https:" ? "wss://" : "ws://") + location.host + "/api/v1/live?topic=" +
      on.topics.map(encodeURIComponent).join("&topic=");
    var socket = null;
    var attempt = 0;
    var linked = true;
    var silence = null;
    var grace = null;
    var again = null;
    var patience = null;
    var stopped = false;

    function lose() {
      clearTimeout(grace);
      grace = null;
      if (linked) { linked = false; on.lost(); }
    }

    function listen() {
      clearTimeout(silence);
      silence = setTimeout(function () { lose(); restart(); }, SILENCE);
    }

    function drop() {
      clearTimeout(patience);
      clearTimeout(again);
      clearTimeout(silence);
      again = null;
      if (socket) {
        socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
        socket.close();
        socket = null;
      }
    }

    function restart() {
      if (stopped) { return; }
      drop();
      var cap = document.hidden ? UNSEEN_CAP : SEEN_CAP;
      var wait = Math.min(cap, SOONEST * Math.pow(2, Math.min(attempt, 6)));
      attempt += 1;
      again = setTimeout(open, wait / 2 + Math.random() * wait / 2);
      if (linked && !grace) { grace = setTimeout(lose, GRACE); }
    }

    function open() {
      if (stopped) { return; }
      drop();
      try { socket = new WebSocket(address); } catch (error) { restart(); return; }
      patience = setTimeout(restart, PATIENCE);
      socket.onopen = listen;
      socket.onmessage = function (message) {
        var frame = JSON.parse(message.data);
        clearTimeout(patience);
        listen();
        heard(frame.at);
        if (frame.topic === "heartbeat") {
          if (on.heartbeat) { on.heartbeat(frame.at); }
          return;
        }
        attempt = 0;
        clearTimeout(grace);
        grace = null;
        on.view(frame.topic, frame.view, frame.at);
        if (!linked) { linked = true; on.back(); }
      };
      socket.onclose = function (event) {
        if (event.code === 4401 || event.code === 4404) {
          stopped = event.code === 4401;
          drop();
          lose();
          if (on.refused) { on.refused(event.code); }
          if (!stopped) { attempt = 6; restart(); }
          return;
        }
        restart();
      };
    }

    window.addEventListener("online", function () { attempt = 0; open(); });
    window.addEventListener("offline", function () { lose(); restart(); });
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden && !linked) { attempt = 0; open(); }
    });
    window.addEventListener("pagehide", function () { stopped = true; drop(); });
    window.addEventListener("pageshow", function (event) {
      if (event.persisted) { stopped = false; attempt = 0; open(); }
    });
    open();
  };
})(window.Liqu);
