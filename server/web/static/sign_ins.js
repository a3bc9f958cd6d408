/* A list of sign-ins, on one's own page and on the manager's. */
(function (Liqu) {
  "use strict";
  const { say, element } = Liqu;

  /* The instants come on the hall's own clock. */
  function when(key, at) { return say(key, { day: at.slice(5, 10), time: at.slice(11, 16) }); }

  /* lines: as the server lists them; end(line): what the button does; named: whether whose they are is said. */
  Liqu.signIns = function (lines, end, named) {
    if (!lines.length) { return element("p", "card empty", say("sign_in_none")); }
    const list = element("ul", "card sign-ins");
    [...lines].sort((a, b) => Number(b.own) - Number(a.own)).forEach((line) => {
      const row = element("li");
      const words = element("div");
      const client = line.client || say("sign_in_where");
      words.append(element("strong", "", named ? line.user : client));
      const times = [when("begun", line.begun_at)];
      if (line.seen_at) { times.push(when("last_used", line.seen_at)); }
      if (named) { words.append(element("small", "", client)); }
      times.forEach((time) => words.append(element("small", "time", time)));
      row.append(words);
      if (line.own) {
        const mark = element("span", "pill", say("this_one"));
        mark.dataset.tone = "good";
        row.append(mark);
      } else if (line.name) {
        const stop = element("button", "small danger", say("sign_in_end"));
        stop.type = "button";
        stop.setAttribute("aria-label", say("sign_in_end_of", { user: line.user, client }));
        stop.addEventListener("click", () => end(line, client));
        row.append(stop);
      }
      list.append(row);
    });
    return list;
  };

  /* On the manager's page: a part of its own. */
  if (Liqu.manage) {
    const { PARTS, base, refuse, done, sure, show } = Liqu.manage;
    PARTS["sign-ins"] = async function () {
      const lines = await Liqu.ask("GET", `${base}/sessions`);
      show(Liqu.signIns(lines, async (line, client) => {
        if (!await sure(say("sign_in_end_sure", line), say("sign_in_end_more", { client }), true)) { return; }
        try {
          await Liqu.ask("DELETE", `${base}/sessions/${line.name}`);
          done(say("sign_in_ended"));
          await PARTS["sign-ins"]();
        } catch (refusal) { refuse(document.getElementById("problem"), refusal); }
      }, true));
    };
  }
})(window.Liqu);
