/* One appointment in the drawer: what it is, checking in, moving, giving up. */
(function (Liqu) {
  "use strict";
  const { say, element, text, forms, slots } = Liqu;
  const v = Liqu.visits;
  const TONES = { booked: "accent", checked_in: "good", fulfilled: "good", cancelled: "", no_show: "warn" };
  let catalogue = null;

  const state = (one) => v.pill(say(`state_${one.state}`), TONES[one.state]);
  const times = (one) => `${Liqu.clock(one.starts_at)}–${Liqu.clock(one.ends_at)}`;

  /* Shows it; ``changed`` is called after each change. */
  function open(one, changed) {
    const head = element("div", "case-head");
    head.append(element("strong", "case-number", v.spaced(one.number)), state(one));
    const acts = element("div", "case-acts");
    if (one.state === "booked") {
      const first = v.button(say("check_in"), (pressed) => v.once(pressed, problem, () => arriving(one, changed)), "button");
      first.dataset.first = "";
      acts.append(first,
        v.button(say("move"), () => moving(one, changed), "button second"),
        v.button(say("give_up"), () => givingUp(one, changed), "button second"));
    }
    const voucher = element("a", "voucher", say("voucher"));
    voucher.href = new URL(one.url).pathname;
    voucher.target = "_blank";
    acts.append(voucher);
    const problem = v.trouble();
    v.openDrawer(say("appointment"), head, facts(one), acts, problem, timeline(one), verdict(one));
  }

  function facts(one) {
    return v.definitions([
      [say("time"), `${v.dayText(one.day)} ${times(one)}`],
      [say("customer"), `${one.who} · ${one.phone}`],
      [say("type"), `${say(`type_${one.customer_type}`)} · ${say(`channel_${one.channel}`)}`],
      [say("items"), items(one.lines)],
      [say("service"), text(one.service_name)],
    ]);
  }

  function items(lines) {
    return lines.map((line) => {
      const made = element("div", "", say("pieces_of", { item: text(line.name), count: line.pieces }));
      if (line.fragile) { made.append(" ", v.pill(say("fragile"), "warn")); }
      return made;
    });
  }

  function timeline(one) {
    const holder = element("section", "case-part");
    const list = element("ol", "timeline");
    one.timeline.forEach((step) => {
      const line = element("li", step.at ? "is-done" : "");
      line.append(element("span", "", text(step.text)), element("time", "", step.at ? v.moment(step.at) : say("not_yet")));
      list.append(line);
    });
    holder.append(element("h3", "", say("timeline")), list);
    return holder;
  }

  function verdict(one) {
    const told = one.verdict;
    const holder = element("section", "case-part");
    const head = element("p");
    head.append(v.pill(say(told.while_you_wait ? "wait" : "leave"), told.while_you_wait ? "good" : "warn"), " ",
      told.while_you_wait ? Liqu.wait(told.ready) : say("promised", { day: v.dayText(told.promise_by) }));
    holder.append(element("h3", "", say("verdict")), head);
    told.reasons.forEach((reason) => holder.append(element("p", "help", text(reason))));
    holder.append(element("p", "help", say(Number(told.total.due) ? "fee" : "no_fee", { yuan: told.total.due })));
    return holder;
  }

  function ends(...buttons) {
    const row = element("div", "sheet-end");
    row.append(...buttons);
    return row;
  }

  function form(submit, problem, act, ...nodes) {
    const made = element("form", "fields");
    made.noValidate = true;
    made.append(...nodes);
    made.addEventListener("submit", (event) => {
      event.preventDefault();
      if (forms.sound(made)) { v.once(submit, problem, act); }
    });
    return made;
  }

  function submitting(label, kind) {
    const made = element("button", kind || "button", label);
    made.type = "submit";
    return made;
  }

  // Checking in

  async function arriving(one, changed) {
    const told = await Liqu.ask("POST", `${v.base}/arrivals`, { code: one.code });
    const said = element("div", told.may_check_in && told.arrival !== "late" ? "told" : "told warn");
    said.append(element("strong", "", text(told.title)), element("p", "", text(told.detail)));
    const back = v.button(say("back"), () => open(one, changed), "button second");
    if (!told.may_check_in) { v.openDrawer(say("check_in"), said, ends(back)); return; }
    const problem = v.trouble();
    const counts = one.lines.map((line) => {
      const input = forms.control("number", line.pieces, { required: true, min: 0, max: 9999, step: 1 });
      return { line, input, node: forms.inside(text(line.name), input) };
    });
    const pieces = forms.grouped(say("pieces_came"), say("pieces_came_help"));
    const cells = element("div", "cells");
    cells.append(...counts.map((count) => count.node));
    pieces.append(cells);
    const complete = forms.check(say("complete"), true);
    const language = v.languages();
    const go = submitting(say("check_in_now"));
    go.dataset.first = "";
    v.openDrawer(say("check_in"), said, form(go, problem, async () => {
      const lines = counts.map((count) => ({ item: count.line.item, pieces: Number(count.input.value) })).filter((line) => line.pieces);
      if (!lines.length) { throw new Liqu.Refused("lines_bad", say("nothing_came"), say("nothing_came_more")); }
      const same = counts.every((count) => Number(count.input.value) === count.line.pieces);
      const made = await Liqu.ask("POST", `${v.base}/check-ins`, { code: one.code, lines: same ? null : lines, complete: complete.read(), language: language.read() });
      came(made);
      changed(say("checked_in", { number: made.ticket.number }));
    }, pieces, complete.node, language.node, problem, ends(back, go)));
  }

  function came(made) {
    const head = element("div", "came");
    head.append(element("span", "", say("number")), element("strong", "", made.ticket.number), element("span", "", text(made.ticket.service_name)));
    const next = v.button(say("next_one"), v.closeDrawer, "button");
    next.dataset.first = "";
    const told = made.order.verdict;
    v.openDrawer(say("checked_in", { number: made.ticket.number }), head, v.definitions([
      [say("ahead"), say("people", { count: made.ticket.ahead })],
      [say("call_in"), Liqu.wait(made.ticket.wait)],
      [say("verdict"), told.while_you_wait ? `${say("wait")} · ${Liqu.wait(told.ready)}` : `${say("leave")} · ${say("promised", { day: v.dayText(told.promise_by) })}`],
      [say("labels"), say("labels_count", { count: made.order.labels.length })],
    ]), v.labelCommand(made.order.number), element("p", "help", say("labels_kiosk")), ends(next));
  }

  // Moving and giving up

  /* Why staff do it: asked for once customers may no longer change it by themselves. */
  function reasonOf(one) {
    const late = !one.may_change;
    const input = forms.control("text", "", { required: late, maxLength: 200 });
    const holder = element("div", "field");
    const name = element("label", "", say(late ? "reason" : "reason_optional"));
    name.htmlFor = input.id;
    holder.append(name, input);
    if (late) { holder.append(element("p", "help", say("reason_help", { time: v.moment(one.change_until) }))); }
    return { node: holder, input, read: () => input.value.trim() };
  }

  async function moving(one, changed) {
    const problem = v.trouble();
    const reason = reasonOf(one);
    const unread = slots.notices();
    unread.node.hidden = true;
    const lines = one.lines.map((line) => ({ item: line.item, pieces: line.pieces }));
    const go = submitting(say("move_now"));
    const chosen = slots.chooser(() => {});
    chosen.fill(lines, one.customer_type);
    v.openDrawer(say("move"), element("p", "", say("move_from", { when: `${v.dayText(one.day)} ${times(one)}` })), form(go, problem, async () => {
      const place = chosen.read();
      if (!place) { throw new Liqu.Refused("slot_unknown", say("slot_needed"), ""); }
      let moved;
      try {
        moved = await Liqu.ask("POST", "/appointments/reschedule", { code: one.code, day: place.day, slot: place.slot, acknowledged: unread.read(), reason: reason.read() });
      } catch (refusal) {
        if (refusal.code === "notices_unread") { await readAnew(one, unread); }
        if (refusal.code === "reason_needed") { reason.input.required = true; reason.input.focus(); }
        if (/^slot_|too_far/.test(refusal.code)) { chosen.fill(lines, one.customer_type); }
        throw refusal;
      }
      changed(say("moved", { number: v.spaced(one.number) }));
      open(moved, changed);
    }, chosen.node, unread.node, reason.node, problem, ends(v.button(say("back"), () => open(one, changed), "button second"), go)));
  }

  /* A notice that was changed since it was acknowledged must be read again. */
  async function readAnew(one, unread) {
    catalogue = catalogue || await Liqu.ask("GET", `${v.base}/catalogue`);
    unread.fill(catalogue.items.filter((item) => one.lines.some((line) => line.item === item.id)));
  }

  function givingUp(one, changed) {
    const problem = v.trouble();
    const reason = reasonOf(one);
    const go = submitting(say("give_up_now"), "button danger");
    reason.input.dataset.first = "";
    v.openDrawer(say("give_up"), element("p", "", say("give_up_sure", { when: `${v.dayText(one.day)} ${times(one)}`, who: one.who })), form(go, problem, async () => {
      try {
        const gone = await Liqu.ask("POST", "/appointments/cancel", { code: one.code, reason: reason.read() });
        changed(say("gave_up", { number: v.spaced(one.number) }));
        open(gone, changed);
      } catch (refusal) {
        if (refusal.code === "reason_needed") { reason.input.required = true; reason.input.focus(); }
        throw refusal;
      }
    }, reason.node, problem, ends(v.button(say("back"), () => open(one, changed), "button second"), go)));
  }

  Liqu.appointment = { open, state, times };
})(window.Liqu);
