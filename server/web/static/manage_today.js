/* The day at one glance, and the count of alarms beside the link to the machines: for all of the manager's pages. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text } = Liqu;
  const { PARTS, base, show } = Liqu.manage;
  const { part } = Liqu.data("part");
  const EVERY = 5000;
  const BADGE_EVERY = 15000;

  /* A drawing that the page brought along. */
  Liqu.icon = (name) => {
    const found = document.querySelector(`#icons [data-icon="${name}"] svg`);
    return found ? found.cloneNode(true) : document.createTextNode("");
  };

  // The badge

  Liqu.badge = (count) => {
    const badge = id("health-badge");
    if (!badge) { return; }
    badge.hidden = count === 0;
    badge.querySelector("[aria-hidden]").textContent = String(count);
    badge.querySelector(".unseen").textContent = say("alarms_count", { count });
  };

  async function count() {
    const all = await Liqu.ask("GET", `${base}/alarms`);
    Liqu.badge(all.filter((one) => !one.seen_by && one.kind !== "paper_low").length);
  }

  /* Calls act now and then, as long as somebody looks; what fails is tried again. */
  Liqu.every = (milliseconds, act) => {
    const turn = () => { if (!document.hidden) { act().catch((refusal) => { if (!(refusal instanceof Liqu.Refused)) { throw refusal; } }); } };
    setInterval(turn, milliseconds);
    document.addEventListener("visibilitychange", turn);
  };

  if (part !== "today" && part !== "health") {
    document.addEventListener("DOMContentLoaded", () => { count().catch(() => {}); });
    Liqu.every(BADGE_EVERY, count);
  }

  // The day

  function figure(drawing, label, value, unit, more, tone, link) {
    const made = element(link ? "a" : "div", "card figure");
    if (link) { made.href = link; }
    if (tone) { made.dataset.tone = tone; }
    const mark = element("span", "figure-icon");
    mark.append(Liqu.icon(drawing));
    const number = element("strong", "figure-value", value);
    if (unit) { number.append(" ", element("small", "", unit)); }
    made.append(mark, element("span", "figure-label", label), number, element("span", "figure-more", more));
    return made;
  }

  function figures(now) {
    const holder = element("div", "figures");
    const long = now.longest_wait !== null && now.longest_wait >= 30;
    const average = now.average_wait === null ? "—" : String(Math.round(now.average_wait));
    const late = now.promises_red ? say("figure_red", { count: now.promises_red }) : now.promises_amber ? say("figure_amber", { count: now.promises_amber }) : say("figure_green");
    const soon = now.promises_red && now.promises_amber ? say("figure_amber", { count: now.promises_amber }) : "";
    const taken = now.alarms_taken ? say("figure_alarms_taken", { count: now.alarms_taken }) : "";
    const issued = [say("figure_issued", now), now.handed_in ? say("figure_handed_in", { count: now.handed_in }) : ""].filter(Boolean).join(Liqu.lang === "zh" ? "，" : ", ");
    holder.append(
      figure("users", say("figure_waiting"), String(now.waiting), "", now.waiting ? say("figure_longest", { minutes: now.longest_wait, number: now.longest_number }) : say("figure_nobody"), long ? "warn" : ""),
      figure("hourglass", say("figure_average"), average, now.average_wait === null ? "" : say("minutes_unit"), say(now.average_wait === null ? "figure_average_none" : "figure_average_more"), ""),
      figure("circle-check", say("figure_served"), String(now.served), "", issued, ""),
      figure("app-window", say("figure_counters"), `${now.counters_open}/${now.counters}`, say("figure_counters_open"), now.paused ? say("figure_paused", { count: now.paused }) : "", now.open && !now.counters_open ? "bad" : ""),
      figure("timer", say("figure_promises"), late, "", soon, now.promises_red ? "bad" : now.promises_amber ? "warn" : "good", "/lab"),
      figure("activity", say("figure_alarms"), now.alarms ? say("figure_alarms_waiting", { count: now.alarms }) : say("figure_alarms_none"), "", taken, now.alarms ? "bad" : "good", "/manage/health"),
    );
    return holder;
  }

  function services(all) {
    const holder = element("div", "card list today-services");
    const made = element("table");
    const head = element("tr");
    ["today_service", "today_waiting", "today_issued", "today_served", "today_average"].forEach((key) => {
      const cell = element("th", "", say(key));
      cell.scope = "col";
      head.append(cell);
    });
    const top = element("thead");
    top.append(head);
    const body = element("tbody");
    all.forEach((one) => {
      const row = element("tr");
      const name = element("th");
      name.scope = "row";
      name.append(element("span", "letter", one.prefix), text(one.name));
      row.append(name, element("td", "", String(one.waiting)), element("td", "", String(one.issued)), element("td", "", String(one.served)),
        element("td", "", one.average_wait === null ? "—" : say("figure_minutes", { minutes: Math.round(one.average_wait) })));
      body.append(row);
    });
    made.append(top, body);
    holder.append(made);
    return holder;
  }

  let drawn = "";
  let last = "";

  function fresh(stale) {
    const line = id("fresh");
    line.hidden = false;
    line.dataset.stale = String(stale);
    line.textContent = say(stale ? "today_stale" : "today_updated", { time: last });
  }

  function note(words, drawing, tone) {
    const made = element("p", "today-note");
    made.dataset.tone = tone;
    made.append(Liqu.icon(drawing), words);
    return made;
  }

  async function today() {
    let now;
    try {
      now = await Liqu.ask("GET", `${base}/today`);
    } catch (refusal) {
      if (!last) { throw refusal; }
      fresh(true);
      return;
    }
    last = Liqu.clock(now.at);
    fresh(false);
    Liqu.badge(now.alarms);
    const told = JSON.stringify(Object.assign({}, now, { at: "" }));
    if (told === drawn) { return; }
    drawn = told;
    const holder = element("div");
    if (now.emergency) { holder.append(note(say("today_emergency"), "siren", "bad")); }
    else if (!now.open) { holder.append(note(say("today_closed"), "clock", "warn")); }
    holder.append(figures(now), services(now.services));
    show(holder);
  }

  PARTS.today = today;
  if (part === "today") { Liqu.every(EVERY, today); }
})(window.Liqu);
