/* The rooms' air: what was recorded last, and writing down what it is now. */
(function (Liqu) {
  "use strict";
  const { say, element } = Liqu;
  const v = Liqu.visits;
  const lab = Liqu.lab;
  let section = localStorage.getItem("liqu-lab-section") || "";

  async function draw() {
    const view = await Liqu.ask("GET", `${lab.base}/climate?${new URLSearchParams({ section })}`);
    if (!view.rooms.some((one) => one.section === section)) {
      section = view.rooms.length ? view.rooms[0].section : "";
      if (section) { return draw(); }
    }
    const rooms = element("div", "lab-rooms");
    view.rooms.forEach((one) => {
      const card = element("section", "card group lab-air");
      card.dataset.fresh = String(one.fresh);
      const figures = element("p", "lab-figures");
      figures.append(element("strong", "", one.celsius === null ? "—" : `${one.celsius} ℃`), element("strong", "", one.humidity === null ? "—" : `${one.humidity} %RH`));
      const told = one.at ? say("room_at", { time: v.moment(one.at), name: one.by }) : say("room_none");
      const mark = v.pill(one.fresh ? say("valid_valid") : one.at ? say("room_stale") : say("room_none"), one.fresh ? "good" : "warn");
      const head = element("div", "case-head");
      head.append(element("h2", "", one.section), mark);
      const acts = element("div", "case-acts");
      const show = v.button(say("climate_history", { section: one.section }), () => { section = one.section; v.load(); }, "small");
      acts.append(v.button(say("room_record"), () => lab.recordAir(one.section, () => { section = one.section; return v.load(); }), "button", `${say("room_record")} ${one.section}`), show);
      card.append(head, figures, element("p", "help", told), acts);
      rooms.append(card);
    });
    return [element("p", "count-line", say("climate_minutes", view)), rooms, element("h2", "part-title", say("climate_history", { section })),
      v.table([say("time"), say("celsius"), say("humidity"), say("by")], view.history.map((one) => ({
        cells: [v.moment(one.at), element("span", "digits", one.celsius), element("span", "digits", one.humidity), one.by],
      })), { title: say("climate_none"), detail: say("climate_none_more") }, say("climate_history", { section }))];
  }

  v.start(draw);
})(window.Liqu);
