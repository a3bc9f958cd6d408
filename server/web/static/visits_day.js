/* The appointments of a day, and one of them by scan. */
(function (Liqu) {
  "use strict";
  const { say, id, appointment } = Liqu;
  const v = Liqu.visits;
  const STATES = ["booked", "checked_in", "fulfilled", "cancelled", "no_show"];
  const again = () => v.load();
  const day = v.dayChooser(again);
  const kind = v.filter(say("type"), v.named("type", v.facts.types), again);
  const channel = v.filter(say("channel"), v.named("channel", v.facts.channels), again);
  const state = v.filter(say("state"), v.named("state", STATES), again);
  const scan = v.scanner(say("scan_voucher"), say("scan_voucher_hint"), async (code) => show(await Liqu.ask("POST", "/appointments/find", { code })));
  scan.input.dataset.scan = "";

  function show(one) {
    appointment.open(one, (said) => { v.done(said); v.load(); });
  }

  async function list() {
    const asked = day.read();
    const all = await Liqu.ask("GET", `${v.base}/appointments?day=${asked}`);
    const found = all.filter((one) => (!kind.read() || one.customer_type === kind.read()) &&
      (!channel.read() || one.channel === channel.read()) && (!state.read() || one.state === state.read()));
    const filtered = Boolean(kind.read() || channel.read() || state.read());
    const count = Liqu.element("p", "count-line", found.length === all.length ? say("appointments_count", { day: v.dayText(asked), count: all.length }) :
      say("appointments_of", { day: v.dayText(asked), count: found.length, all: all.length }));
    const none = filtered && all.length ? { title: say("none_filtered"), detail: say("none_filtered_more") } :
      { title: say("none_booked", { day: v.dayText(asked) }), detail: say("none_booked_more") };
    return [count, v.table([say("time"), say("number"), say("customer"), say("type"), say("channel"), say("items"), say("state")], found.map((one) => ({
      key: one.number,
      open: () => show(one),
      cells: [
        v.button(appointment.times(one), () => show(one), "open", say("open_of", { time: appointment.times(one), number: v.spaced(one.number) })),
        Liqu.element("span", "digits", v.spaced(one.number)),
        v.two(one.who, one.phone),
        say(`type_${one.customer_type}`),
        say(`channel_${one.channel}`),
        v.linesText(one.lines),
        appointment.state(one),
      ],
    })), none, say("appointments_count", { day: v.dayText(asked), count: all.length }))];
  }

  /* The next voucher may be scanned over an open drawer: what is typed on its buttons belongs to the field,
     so that the Enter after it never confirms for somebody else. */
  v.drawer.addEventListener("keydown", (event) => {
    const typed = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (typed && !event.target.closest("input, select, textarea")) {
      v.closeDrawer();
      scan.input.value = "";
      scan.input.focus();
    }
  });

  id("tools").append(scan.node);
  v.start(list, day.node, kind.node, channel.node, state.node);
  scan.input.focus();
})(window.Liqu);
