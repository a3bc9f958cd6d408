/* Passing a matter on: the form, and a referral with what can be done about it. */
(function (Liqu) {
  "use strict";
  const { say, id, element, forms } = Liqu;
  const v = Liqu.visits;
  const WAYS = ["section", "institution", "matter"];
  const TONES = { sent: "warn", received: "accent", overdue: "bad", closed: "good" };

  /* ``order``: the case it is about, or empty. ``done(view)`` is told of the new one. */
  function open(order, done) {
    const form = element("form", "fields");
    const way = forms.choice(say("refer_way"), WAYS.map((one) => [one, say(`refer_${one}`)]), "section");
    const section = forms.choice(say("refer_to"), v.facts.sections.map((one) => [one, one]), v.facts.sections[0] || "");
    const to = forms.line(say("refer_to"), "", { required: true, maxLength: 64, autocomplete: "off" });
    const reason = forms.line(say("refer_reason"), "", { required: true, maxLength: 200, autocomplete: "off" });
    const start = new Date(`${v.facts.today}T00:00:00Z`);
    start.setUTCDate(start.getUTCDate() + 7);
    const due = forms.line(say("refer_due"), start.toISOString().slice(0, 10), { type: "date", required: true, min: v.facts.today, max: "2099-12-31" });
    const inner = () => way.read() === "section" && v.facts.sections.length;
    const turn = () => {
      section.node.hidden = !inner();
      to.node.hidden = Boolean(inner());
      to.node.querySelector("input").required = !inner();
    };
    way.node.querySelector("select").addEventListener("change", turn);
    way.node.querySelector("select").dataset.first = "";
    turn();
    const problem = v.trouble();
    const go = element("button", "button", say("refer_go"));
    go.type = "submit";
    form.noValidate = true;
    form.append(way.node, section.node, to.node, reason.node, due.node, problem, go);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      await v.once(go, problem, async () => {
        const made = await Liqu.ask("POST", `${v.base}/referrals`, { order, way: way.read(), to: inner() ? section.read() : to.read(), reason: reason.read(), due: due.read() });
        v.closeDrawer();
        v.done(say("referred", { day: v.dayText(made.due) }));
        done(made);
      });
    });
    v.openDrawer(say("refer_new"), form);
  }

  function pill(one) { return v.pill(say(`refer_state_${one.state}`), TONES[one.state]); }

  /* One referral with its steps; ``changed`` is told when it went on. */
  function show(one, changed) {
    const problem = v.trouble();
    const nodes = [v.definitions([
      [say("state"), pill(one)],
      [say("refer_way"), say(`refer_${one.way}`)],
      [say("refer_to"), one.to],
      [say("order_number"), one.number ? v.spaced(one.number) : say("matter_no_case")],
      [say("refer_reason"), one.reason],
      [say("refer_due"), v.dayText(one.due)],
      ["", ""],
      [say("refer_go"), say("refer_of", { name: one.made_by.name, at: v.moment(one.made_at) })],
      [say("refer_receipt"), one.receipt_at ? say("refer_receipt_by", { name: one.receipt_by, at: v.moment(one.receipt_at) }) : ""],
      [say("refer_outcome"), one.outcome],
    ])];
    const step = (pressed, path, body, said) => v.once(pressed, problem, async () => {
      await Liqu.ask("POST", `${v.base}/referrals/${one.id}/${path}`, body);
      v.closeDrawer();
      v.done(said);
      changed();
    });
    if (!one.closed_at) {
      if (!one.receipt_at) {
        const receipt = v.button(say("refer_receipt"), () => step(receipt, "receipt", {}, say("refer_received")), "button second");
        nodes.push(receipt);
      }
      const form = element("form", "fields case-part");
      const outcome = forms.line(say("refer_outcome"), "", { required: true, maxLength: 200, autocomplete: "off" });
      const go = element("button", "button", say("refer_close"));
      go.type = "submit";
      form.noValidate = true;
      form.append(outcome.node, go);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (forms.sound(form)) { step(go, "close", { outcome: outcome.read() }, say("refer_closed_done")); }
      });
      nodes.push(form);
    }
    nodes.push(problem);
    v.openDrawer(say("refer_detail"), ...nodes);
    id("drawer-title").focus();
  }

  Liqu.refer = { open, show, pill };
})(window.Liqu);
