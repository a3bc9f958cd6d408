/* One-time notices that asked for something an earlier one did not name. */
(function (Liqu) {
  "use strict";
  const { say, element } = Liqu;
  const v = Liqu.visits;

  async function list() {
    const seen = await Liqu.ask("GET", `${v.base}/cases/late-notices`);
    const heads = ["order_number", "late_new", "late_by", "time"].map((name) => say(name));
    const open = (one) => { location.href = `/cases/${v.facts.hall}/orders/${one.order}`; };
    return [element("p", "count-line", say("late_count", { count: seen.length })), v.table(heads, seen.map((one) => ({
      key: one.id,
      open: () => open(one),
      cells: [
        v.button(v.spaced(one.number), () => open(one), "open", say("open_case", { number: v.spaced(one.number) })),
        element("strong", "wrong", one.new.join(say("comma"))),
        one.by.name,
        v.moment(one.at),
      ],
    })), { title: say("none_late"), detail: say("none_late_more") }, say("late_count", { count: seen.length }))];
  }

  v.start(list);
})(window.Liqu);
