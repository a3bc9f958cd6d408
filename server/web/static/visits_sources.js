/* Through which channels appointments came, and of which customers, in a span of days. */
(function (Liqu) {
  "use strict";
  const { say, element } = Liqu;
  const v = Liqu.visits;
  const BEFORE = 29;
  const start = new Date(`${v.facts.today}T00:00:00Z`);
  start.setUTCDate(start.getUTCDate() - BEFORE);
  const again = () => v.load();
  const first = v.dated(say("first_day"), start.toISOString().slice(0, 10), again);
  const last = v.dated(say("last_day"), v.facts.today, again);

  function bars(title, kind, values, counts) {
    const all = values.reduce((sum, value) => sum + (counts[value] || 0), 0);
    const most = Math.max(1, ...values.map((value) => counts[value] || 0));
    const card = element("section", "card group");
    const table = element("table", "bars");
    table.append(element("caption", "", title));
    const top = element("thead");
    const head = element("tr");
    [say(kind), say("appointments"), say("share")].forEach((name) => {
      const cell = element("th", "", name);
      cell.scope = "col";
      head.append(cell);
    });
    top.append(head);
    const body = element("tbody");
    [...values].sort((one, other) => (counts[other] || 0) - (counts[one] || 0)).forEach((value) => {
      const count = counts[value] || 0;
      const row = element("tr");
      const name = element("th", "", say(`${kind}_${value}`));
      name.scope = "row";
      const share = element("td");
      const bar = element("span", "bar-of");
      bar.setAttribute("aria-hidden", "true");
      bar.style.setProperty("--part", `${(100 * count) / most}%`);
      share.append(bar, element("span", "digits", all ? `${Math.round((100 * count) / all)}%` : "—"));
      row.append(name, element("td", "digits", String(count)), share);
      body.append(row);
    });
    table.append(top, body);
    card.append(table);
    return card;
  }

  async function draw() {
    if (first.read() > last.read()) { throw new Liqu.Refused("bad_request", say("days_order"), ""); }
    const told = await Liqu.ask("GET", `${v.base}/sources?first=${first.read()}&last=${last.read()}`);
    const all = Object.values(told.by_channel).reduce((sum, count) => sum + count, 0);
    const count = element("p", "count-line", say("sources_count", { first: v.dayText(told.first), last: v.dayText(told.last), count: all }));
    if (!all) {
      const nothing = element("div", "card nothing");
      nothing.append(element("strong", "", say("none_sources")), element("p", "", say("none_sources_more")));
      return [count, nothing];
    }
    const pair = element("div", "two-cards");
    pair.append(bars(say("by_channel"), "channel", v.facts.channels, told.by_channel), bars(say("by_type"), "type", v.facts.types, told.by_type));
    return [count, pair];
  }

  v.start(draw, first.node, last.node);
})(window.Liqu);
