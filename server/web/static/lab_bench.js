/* The bench list: sections, states, and pieces as rows that are easy to hit with gloves. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text } = Liqu;
  const v = Liqu.visits;
  const lab = Liqu.lab;
  const KEPT = "liqu-lab-section";
  const REFRESH = 15;
  let section = localStorage.getItem(KEPT) || "";
  let chosen = "";

  const scan = v.scanner(say("scan_any"), say("scan_any_hint"), async (told) => lab.follow(told));
  scan.node.querySelector("button").textContent = say("open");

  async function list() {
    const wish = new URLSearchParams({ section });
    (chosen ? [chosen] : lab.STATES).forEach((state) => wish.append("state", state));
    const view = await Liqu.ask("GET", `${lab.base}/bench?${wish}`);
    if (section && !view.sections.some((one) => one.name === section)) { section = ""; return list(); }
    return [...alerts(view), sections(view), states(view), pieces(view)];
  }

  function alerts(view) {
    const made = [];
    const row = element("div", "lab-alerts");
    if (view.to_sign) { row.append(lab.link(say("to_sign_now", { count: view.to_sign }), "/lab/sign", "lab-alert")); }
    if (view.escalated) { row.append(lab.link(say("escalated_now", { count: view.escalated }), "/lab/questions", "lab-alert bad")); }
    if (row.childElementCount) { made.push(row); }
    return made;
  }

  const total = (one) => lab.STATES.reduce((sum, state) => sum + (one.counts[state] || 0), 0);

  function choose(name) {
    section = name;
    localStorage.setItem(KEPT, name);
    return v.load();
  }

  function sections(view) {
    const row = element("div", "lab-sections");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", say("section"));
    const all = { name: "", counts: {} };
    lab.STATES.forEach((state) => { all.counts[state] = view.sections.reduce((sum, one) => sum + (one.counts[state] || 0), 0); });
    [all, ...view.sections].forEach((one) => {
      const made = element("button", "lab-section");
      made.type = "button";
      made.setAttribute("aria-pressed", String(one.name === section));
      const head = element("span", "lab-section-head");
      head.append(element("strong", "", one.name || say("all_sections")), element("span", "lab-count", total(one)));
      made.append(head);
      if (one.name) {
        const air = element("small", one.room.fresh ? "" : "stale", one.room.celsius === null ? say("room_none") : one.room.fresh ? lab.roomText(one.room) : say("room_stale"));
        made.append(air);
      }
      made.addEventListener("click", () => choose(one.name));
      row.append(made);
    });
    return row;
  }

  function states(view) {
    const counts = {};
    view.sections.filter((one) => !section || one.name === section).forEach((one) => {
      Object.keys(one.counts).forEach((state) => { counts[state] = (counts[state] || 0) + one.counts[state]; });
    });
    const row = element("div", "tiles lab-states");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", say("state"));
    lab.STATES.forEach((state) => {
      const made = element("button", "tile");
      made.type = "button";
      made.setAttribute("aria-pressed", String(chosen === state));
      if (counts[state]) { made.dataset.tone = lab.TONES[state] || ""; }
      made.append(element("strong", "", counts[state] || 0), element("span", "", say(`state_${state}`)));
      made.addEventListener("click", () => { chosen = chosen === state ? "" : state; v.load(); });
      row.append(made);
    });
    return row;
  }

  function pieces(view) {
    if (!view.rows.length) {
      const holder = element("div", "card nothing");
      holder.append(element("strong", "", say("bench_none")), element("p", "", say("bench_none_more")));
      return holder;
    }
    const holder = element("ul", "lab-rows");
    view.rows.forEach((row) => {
      const line = element("li");
      line.append(piece(row));
      holder.append(line);
    });
    if (view.more) {
      const last = element("li", "count-line", say("bench_more", { count: view.more }));
      holder.append(last);
    }
    return holder;
  }

  function piece(row) {
    const made = lab.link("", lab.sampleAt(row.code), "lab-row");
    made.dataset.clock = row.colour;
    const what = element("span", "lab-what");
    what.append(element("strong", "", text(row.item)));
    const more = [say("piece_index", row), say("case_is", { number: v.spaced(row.order) })];
    if (row.serial) { more.push(say("serial_is", row)); }
    if (!section) { more.push(row.section); }
    what.append(element("small", "", more.filter(Boolean).join(" · ")));
    const marks = element("span", "lab-marks");
    if (row.green) { marks.append(v.pill(say("green_first"), "good")); }
    marks.append(lab.statePill(row), lab.duePill(row));
    const where = element("span", "lab-where");
    if (row.state === "acclimatising") {
      const rest = element("span", "lab-rest", resting(row));
      rest.dataset.until = row.rests_until || "";
      where.append(rest);
    }
    where.append(element("span", "", lab.holderText(row)));
    made.append(what, marks, where);
    return made;
  }

  const resting = (row) => {
    if (!row.rests_until) { return say("rest_over"); }
    const [time, until] = [lab.left(row.rests_until), Liqu.clock(row.rests_until)];
    return time ? say("rest_left", { time, until }) : say("rest_until", { until });
  };

  id("tools").append(scan.node);
  v.start(list);
  lab.catches(scan.input);
  lab.every(REFRESH, () => { if (!document.activeElement.closest("#panel")) { v.load(); } });
  lab.every(5, () => document.querySelectorAll(".lab-rest").forEach((one) => {
    Liqu.put(one, resting({ rests_until: one.dataset.until }));
  }));
})(window.Liqu);
