/* Referrals: the open ones by their last day, overdue first. */
(function (Liqu) {
  "use strict";
  const { say, id, element } = Liqu;
  const v = Liqu.visits;
  const closed = v.filter(say("state"), [["closed", say("refer_closed")]], () => v.load());
  closed.node.querySelector("option").textContent = say("refer_open");

  async function list() {
    const over = closed.read() === "closed";
    const seen = await Liqu.ask("GET", `${v.base}/referrals?closed=${over}`);
    const heads = ["refer_due", "refer_way", "refer_to", "order_number", "refer_reason", "state"].map((name) => say(name));
    const open = (one) => Liqu.refer.show(one, () => v.load());
    return [element("p", "count-line", say("refer_count", { count: seen.length })), v.table(heads, seen.map((one) => ({
      key: one.id,
      open: () => open(one),
      cells: [
        v.button(v.dayText(one.due), () => open(one), "open", `${v.dayText(one.due)} ${one.to}`),
        say(`refer_${one.way}`),
        one.to,
        element("span", "digits", one.number ? v.spaced(one.number) : say("matter_no_case")),
        over ? one.outcome : one.reason,
        Liqu.refer.pill(one),
      ],
    })), { title: say(over ? "none_referrals_closed" : "none_referrals"), detail: say(v.facts.benches ? "none_referrals_lab" : "none_referrals_more") }, say("refer_count", { count: seen.length }))];
  }

  // The lab's people receive and answer; the counter passes on.
  if (!v.facts.benches) { id("head-acts").append(v.button(say("refer_new"), () => Liqu.refer.open("", () => v.load()), "button")); }
  v.start(list, closed.node);
})(window.Liqu);
