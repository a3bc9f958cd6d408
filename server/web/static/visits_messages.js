/* Messages to customers, for managers: how many are where, and those that were given up. */
(function (Liqu) {
  "use strict";
  const { say, id, element } = Liqu;
  const v = Liqu.visits;
  const STATES = ["given_up", "no_channel", "no_address", "waiting", "sending", "sent", "withdrawn", "expired"];
  const KINDS = ["booked", "moved", "cancelled", "reminder_eve", "reminder_day", "due_item",
    "case_accepted", "case_supplement", "case_rejected", "case_in_progress", "case_question", "case_untested",
    "case_certificate", "case_ready", "case_partly_released", "case_released", "case_closed", "alarm", "alarm_over"];
  const TONES = { given_up: "bad", no_channel: "warn", no_address: "warn", sent: "good", waiting: "accent", sending: "accent" };
  const again = () => v.load();
  let state = "";
  const kind = v.filter(say("message_kind"), v.named("message", KINDS), again);

  function tiles(counts) {
    const row = element("div", "tiles");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", say("state"));
    [["", Object.values(counts).reduce((sum, one) => sum + one, 0)], ...STATES.map((one) => [one, counts[one] || 0])].forEach(([one, count]) => {
      const tile = element("button", "tile");
      tile.type = "button";
      tile.dataset.state = one;
      tile.dataset.tone = count ? TONES[one] || "" : "";
      tile.setAttribute("aria-pressed", String(state === one));
      tile.append(element("strong", "", String(count)), element("span", "", one ? say(`sent_${one}`) : say("all")));
      tile.addEventListener("click", async () => {
        state = one;
        await v.load();
        document.querySelector(`.tile[data-state="${one}"]`).focus();
      });
      row.append(tile);
    });
    return row;
  }

  async function draw() {
    const wish = new URLSearchParams();
    if (state) { wish.append("state", state); }
    if (kind.read()) { wish.append("kind", kind.read()); }
    const view = await Liqu.ask("GET", `${v.base}/messages?${wish}`);
    const nodes = [tiles(view.counts)];
    const without = KINDS.filter((one) => view.channels[one] && !view.channels[one].length);
    if (without.length) {
      const told = element("div", "told warn");
      told.append(element("strong", "", say("no_channels")), element("p", "", say("no_channels_more", { kinds: without.map((one) => say(`message_${one}`)).join(say("comma")) })));
      nodes.push(told);
    }
    const none = state || kind.read() ? { title: say("none_filtered"), detail: say("none_filtered_more") } : { title: say("none_messages"), detail: say("none_messages_more") };
    nodes.push(v.table([say("message_due"), say("message_kind"), say("state"), say("message_channel"), say("tries"), say("message_reason"), say("actions")], view.messages.map((one) => ({
      key: one.id,
      cells: [
        v.moment(one.due_at),
        say(`message_${one.kind}`),
        v.pill(say(`sent_${one.state}`), TONES[one.state]),
        one.channel || "—",
        String(one.tries),
        one.reason || "—",
        one.may_retry ? v.button(say("retry"), (pressed) => v.once(pressed, id("problem"), async () => {
          await Liqu.ask("POST", `${v.base}/messages/${one.id}/retry`);
          v.done(say("retried"));
          await v.load();
          document.querySelector(`.tile[data-state="${state}"]`).focus();
        }), "small", say("retry_of", { kind: say(`message_${one.kind}`), when: v.moment(one.due_at) })) : "",
      ],
    })), none, say("messages_count", { count: view.messages.length })));
    return nodes;
  }

  v.start(draw, kind.node);
})(window.Liqu);
