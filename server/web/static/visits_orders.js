/* The orders of a day. */
(function (Liqu) {
  "use strict";
  const { say, element, text } = Liqu;
  const v = Liqu.visits;
  const again = () => v.load();
  const day = v.dayChooser(again);
  const kind = v.filter(say("type"), v.named("type", v.facts.types), again);
  const channel = v.filter(say("channel"), v.named("channel", v.facts.channels), again);

  function show(one) {
    const head = element("div", "case-head");
    head.append(element("strong", "case-number", v.spaced(one.number)), labelled(one));
    v.openDrawer(say("order"), head, v.definitions([
      [say("made_at"), v.moment(one.made_at)],
      [say("customer"), one.who || say("walk_in")],
      [say("type"), `${say(`type_${one.customer_type}`)} · ${say(`channel_${one.channel}`)}`],
      [say("items"), one.items.map((name) => element("div", "", text(name)))],
      [say("pieces"), String(one.pieces)],
      [say("ticket"), one.ticket],
      [say("verdict"), promise(one)],
    ]), v.labelCommand(one.number));
  }

  const promise = (one) => (one.while_you_wait ? say("wait") : one.due ? say("promised", { day: v.dayText(one.due) }) : say("leave"));
  const labelled = (one) => v.pill(say(one.labelled ? "labelled" : "unlabelled"), one.labelled ? "good" : "warn");

  async function list() {
    const asked = day.read();
    const wish = new URLSearchParams({ day: asked });
    if (kind.read()) { wish.set("customer_type", kind.read()); }
    if (channel.read()) { wish.set("channel", channel.read()); }
    const view = await Liqu.ask("GET", `${v.base}/orders?${wish}`);
    const pieces = view.orders.reduce((sum, one) => sum + one.pieces, 0);
    const count = say("orders_count", { day: v.dayText(asked), count: view.orders.length, pieces });
    const none = kind.read() || channel.read() ? { title: say("none_filtered"), detail: say("none_filtered_more") } : { title: say("none_orders", { day: v.dayText(asked) }), detail: say("none_orders_more") };
    return [element("p", "count-line", count), v.table(
      [say("time"), say("number"), say("customer"), say("channel"), say("items"), say("ticket"), say("verdict"), say("labels")],
      view.orders.map((one) => ({
        key: one.number,
        open: () => show(one),
        cells: [
          v.button(Liqu.clock(one.made_at), () => show(one), "open", say("open_order", { time: Liqu.clock(one.made_at), number: v.spaced(one.number) })),
          element("span", "digits", v.spaced(one.number)),
          v.two(one.who || say("walk_in"), say(`type_${one.customer_type}`)),
          say(`channel_${one.channel}`),
          v.two(one.items.map((name) => text(name)).join(say("comma")), say("pieces_count", { count: one.pieces })),
          one.ticket || "—",
          element("span", "digits", promise(one)),
          labelled(one),
        ],
      })), none, count)];
  }

  v.start(list, day.node, kind.node, channel.node);
})(window.Liqu);
