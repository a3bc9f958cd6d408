/* The waiting-area board in a television's browser: draws the view, gives each call its moment.
   ES5 only (Chromium 47 and later). */
(function (Liqu) {
  "use strict";
  var say = Liqu.say;
  var id = Liqu.id;
  var put = Liqu.put;
  var DWELL = 6000;
  var LONGEST = 20000;
  var FLASH = 8000;
  var BEAT = 500;
  var LATE = 60000;
  var MOST_ROWS = 8;
  var HEADING = 5;
  var NUMBER = 11.2;
  var ROWS_TURN = 8000;
  var NOTICE_TURN = 14000;
  var REMEMBERED = 500;

  var view = Liqu.data("view");
  var seen = [];
  var waiting = [];
  var now = null;
  var last = null;
  var rowsPage = 0;
  var notice = 0;
  var shelf = null;
  var told = Liqu.now();
  var voice = Liqu.announcer({
    blocked: function (whether) { Liqu.show(id("sound"), whether); Liqu.show(id("foot-phone"), !whether); },
    ended: function (call) { if (now && now.call.id === call) { now.said = true; } }
  });

  function remember(call) {
    seen.push(call);
    if (seen.length > REMEMBERED) { seen.shift(); }
  }

  function take(board) {
    view = board;
    board.calls.forEach(function (call) {
      if (seen.indexOf(call.id) >= 0) { return; }
      remember(call.id);
      if (Liqu.now() - Date.parse(call.at) <= LATE) { waiting.push(call); }
      last = call;
    });
    if (board.hall.emergency) { voice.hush(); waiting = []; now = null; }
    draw();
    step();
  }

  /* The next call has its moment once this one has had its own, voice and all. */
  function step() {
    var age = now ? Date.now() - now.since : 0;
    if (now && age >= DWELL && (now.said || age >= LONGEST) && (waiting.length || age >= FLASH)) { now = null; }
    if (!now && waiting.length) {
      var call = waiting.shift();
      now = { call: call, since: Date.now(), said: false };
      last = call;
      drawHero();
      drawCounters();
      if (Liqu.now() - Date.parse(call.at) <= LATE) { voice.say(call); } else { now.said = true; }
    }
    light();
  }

  function light() {
    var age = now ? Date.now() - now.since : FLASH;
    var lit = age < FLASH && Math.floor(age / BEAT) % 2 === 0;
    id("hero").className = "hero" + (lit ? " lit" : "") + (id("hero").getAttribute("data-kind") === "call" ? " call" : "");
  }

  function at(counter) {
    for (var index = 0; index < view.counters.length; index += 1) {
      if (view.counters[index].counter === counter) { return view.counters[index]; }
    }
    return null;
  }

  /* The call to show large: the one having its moment, or the last while its customer is still there. */
  function stage() {
    if (now) { return now.call; }
    if (last && at(last.counter) && at(last.counter).number === last.number) { return last; }
    return null;
  }

  /* A call is said in the language of its ticket, and small in the other one. */
  function drawHero() {
    var call = stage();
    var hero = id("hero");
    if (call) {
      var first = call.language === "en" ? "go_en" : "go_zh";
      hero.setAttribute("data-kind", "call");
      put(id("hero-go"), say(first, { counter: call.counter }));
      put(id("hero-number"), call.number);
      hero.setAttribute("data-long", call.number.length > 4 ? "yes" : "no");
      put(id("hero-other"), say(first === "go_en" ? "go_zh" : "go_en", { counter: call.counter }));
      return;
    }
    var closed = view.hall.state === "closed";
    hero.setAttribute("data-kind", closed ? "closed" : "quiet");
    put(id("hero-go"), "");
    put(id("hero-number"), say(closed ? "closed_full" : "quiet"));
    var more = closed ? Liqu.text(view.hall.closed_reason) || hours() : say("quiet_more");
    put(id("hero-other"), more);
  }

  function hours() {
    return view.hall.hours ? say("hours", { hours: view.hall.hours }) : "";
  }

  function cell(tag, kind, content) { return Liqu.element(tag, kind, content); }

  /* As many rows as leave each number a ninth of the screen's shorter side. */
  function room() {
    var unit = Math.min(window.innerWidth, window.innerHeight) / 100;
    var height = id("counters-card").clientHeight / unit - HEADING;
    return Math.max(1, Math.min(MOST_ROWS, Math.floor(height / NUMBER)));
  }

  function rows(most) {
    var all = view.counters;
    if (all.length > most) { all = all.filter(function (one) { return one.state !== "closed"; }); }
    return all;
  }

  function drawCounters() {
    var ROWS = room();
    var all = rows(ROWS);
    var pages = Math.max(1, Math.ceil(all.length / ROWS));
    rowsPage = rowsPage % pages;
    var body = id("counters");
    Liqu.empty(body);
    all.slice(rowsPage * ROWS, rowsPage * ROWS + ROWS).forEach(function (one) {
      var fresh = now && now.call.counter === one.counter && now.call.number === one.number;
      var row = cell("tr", (fresh ? "fresh " : "") + "is-" + one.state);
      row.appendChild(cell("th", "", one.counter)).setAttribute("scope", "row");
      row.appendChild(one.number ? cell("td", "number", one.number) : cell("td", "note", say("state_" + one.state)));
      body.appendChild(row);
    });
    body.className = "rows-" + (ROWS < 5 ? ROWS + " tight" : Math.max(4, Math.min(ROWS, all.length)));
    put(id("page"), pages > 1 ? (rowsPage + 1) + " / " + pages : "");
  }

  function waitOf(service) {
    if (!service.waiting) { return ""; }
    if (!service.open_counters) { return say("no_counter"); }
    return Liqu.wait(service.wait);
  }

  function drawServices() {
    var body = id("services");
    Liqu.empty(body);
    var all = view.services.slice(0, 6);
    body.className = "rows-" + Math.max(3, all.length);
    all.forEach(function (service) {
      var row = cell("tr", service.waiting ? "" : "none");
      row.appendChild(cell("th", "", Liqu.text(service.name))).setAttribute("scope", "row");
      row.appendChild(cell("td", "numbers", service.next.slice(0, 3).join("  ")));
      row.appendChild(cell("td", "right count", say("people", { count: service.waiting })));
      row.appendChild(cell("td", "right wait", waitOf(service)));
      body.appendChild(row);
    });
  }

  /* What is ready and how far cases are, five to a page. */
  function casePages() {
    var all = [];
    var start;
    for (start = 0; start < view.ready.length; start += 5) {
      all.push({
        title: say("ready"),
        body: view.ready.slice(start, start + 5).map(function (one) { return say("pieces", one); }).join("　")
      });
    }
    for (start = 0; start < view.progress.length; start += 5) {
      all.push({
        title: say("progress"),
        body: view.progress.slice(start, start + 5).map(function (one) { return one.number + " " + Liqu.text(one.stage); }).join("　")
      });
    }
    return all;
  }

  /* A page of cases after each notice: nobody waits for theirs behind all of them. */
  function pages() {
    var cases = casePages();
    var told = view.notices.map(function (one) { return { title: Liqu.text(one.title), body: Liqu.text(one.body) }; });
    if (!cases.length) { return told; }
    var all = [];
    for (var turn = 0; turn < Math.max(told.length, cases.length); turn += 1) {
      all.push(cases[turn % cases.length]);
      if (told.length) { all.push(told[turn % told.length]); }
    }
    return all;
  }

  /* Something new to collect is shown at once. */
  function foremost() {
    var now = JSON.stringify(view.ready);
    if (now !== shelf && view.ready.length) { notice = 0; }
    shelf = now;
  }

  function drawFoot() {
    foremost();
    var all = pages();
    notice = all.length ? notice % all.length : 0;
    var one = all[notice] || { title: "", body: hours() };
    put(id("foot-title"), one.title);
    Liqu.show(id("foot-title"), Boolean(one.title));
    put(id("foot-body"), one.body);
    put(id("foot-phone"), view.hall.complaint_phone ? say("phone", { phone: view.hall.complaint_phone }) : "");
  }

  function drawClock() {
    var time = Liqu.hallTime(Liqu.now());
    put(id("clock"), Liqu.wall());
    put(id("date"), say("date", {
      year: time.getUTCFullYear(), month: time.getUTCMonth() + 1, day: time.getUTCDate(),
      weekday: say("weekday_" + time.getUTCDay())
    }));
  }

  function drawOver() {
    var text = view.hall.emergency;
    Liqu.show(id("emergency"), Boolean(text));
    put(id("emergency-text"), Liqu.text(text));
    var other = text ? Liqu.text(text, Liqu.lang === "en" ? "zh" : "en") : "";
    put(id("emergency-other"), other === Liqu.text(text) ? "" : other);
  }

  function draw() {
    put(id("hall"), Liqu.text(view.hall.name));
    var closed = view.hall.state === "closed";
    Liqu.show(id("closed-tag"), closed && Boolean(stage()));
    put(id("closed-tag"), say("closed"));
    drawHero();
    drawCounters();
    drawServices();
    drawFoot();
    drawOver();
    light();
  }

  draw();
  Liqu.live({
    topics: [Liqu.data("topic")],
    view: function (topic, board, at) { told = at; take(board); drawClock(); },
    heartbeat: function (at) { told = at; },
    lost: function () {
      put(id("lost-since"), say("as_of", { time: Liqu.clock(told) }));
      Liqu.show(id("lost"), true);
      id("board").className = "board stale";
    },
    back: function () { Liqu.show(id("lost"), false); id("board").className = "board"; }
  });
  setInterval(function () {
    var had = now;
    step();
    if (had && !now) { drawHero(); drawCounters(); light(); }
  }, BEAT / 2);
  setInterval(drawClock, 1000);
  drawClock();
  window.addEventListener("resize", drawCounters);
  setInterval(function () { rowsPage += 1; drawCounters(); }, ROWS_TURN);
  setInterval(function () { notice += 1; drawFoot(); }, NOTICE_TURN);
})(window.Liqu);
