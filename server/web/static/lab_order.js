/* A case in its sections' parts: done only when every part is. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text } = Liqu;
  const v = Liqu.visits;
  const lab = Liqu.lab;

  async function draw() {
    const one = await Liqu.ask("GET", `${lab.base}/orders/${encodeURIComponent(v.facts.code)}`);
    const head = element("section", "card group");
    const line = element("div", "case-head");
    line.append(element("strong", "case-number", v.spaced(one.number)), v.pill(text(one.state_text), one.done ? "good" : "accent"));
    head.append(line, element("p", "help", say(one.done ? "order_done" : "order_open")));
    return [head, ...one.parts.map((part) => {
      const card = element("section", "card group");
      const top = element("div", "case-head");
      top.append(element("h2", "", part.section || "—"), v.pill(say("part_count", part), part.done === part.total ? "good" : ""), lab.duePill(part));
      card.append(top, v.table([say("item"), say("state"), say("due")], part.pieces.map((row) => ({
        key: row.code,
        cells: [
          [lab.link(text(row.item), lab.sampleAt(row.code), "open"), element("small", "", `${say("piece_index", row)}${row.serial ? ` · ${row.serial}` : ""}`)],
          lab.statePill(row),
          lab.duePill(row),
        ],
      })), { title: say("none_yet") }, part.section));
      return card;
    })];
  }

  const scan = v.scanner(say("scan_any"), say("scan_any_hint"), async (told) => lab.follow(told));
  scan.node.querySelector("button").textContent = say("open");
  id("tools").append(scan.node);
  v.start(draw);
  lab.catches(scan.input);
  lab.every(30, v.load);
})(window.Liqu);
