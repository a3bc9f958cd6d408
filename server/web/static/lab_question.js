/* A question to a customer about a fault: asking, taking down the answer, signing, doing what was agreed. */
(function (Liqu) {
  "use strict";
  const { say, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const lab = Liqu.lab;
  const OPTIONS = ["repair_and_retest", "conclude_unqualified", "return_untested", "reschedule", "other_institution"];
  const TONES = { proposed: "accent", timed_out: "bad", declined: "warn", agreed: "good", executed: "" };
  const option = (one) => say(`option_${one}`);

  function asking(title, was, needed, send) {
    const fault = forms.line(say("fault"), was.fault, { required: needed, maxLength: 200, type: "text" }, say("fault_help"));
    const options = forms.several(say("options"), OPTIONS.map((one) => [one, option(one)]), was.options);
    lab.dialog(title, [fault.node, options.node], say("ask_customer"), async () => {
      await send({ fault: fault.read(), options: options.read() });
      v.done(say("asked"));
    });
  }

  const hold = (code, after) => asking(say("act_hold"), { fault: "", options: OPTIONS.slice(0, 3) }, true, async (body) => {
    await Liqu.ask("POST", `${lab.base}/samples/${encodeURIComponent(code)}/hold`, body);
    await after();
  });

  function onPhone(one, after) {
    const said = forms.choice(say("answer"), [...one.options, "decline"].map((each) => [each, option(each)]), one.options[0]);
    const remark = forms.line(say("remark"), "", { maxLength: 200 });
    lab.dialog(say("answer_on_phone"), [said.node, remark.node], say("save_now"), async () => {
      await Liqu.ask("POST", `/negotiations/${one.id}/answer`, { option: said.read(), remark: remark.read() });
      v.done(say("answered"));
      await after();
    });
  }

  /* A card that says how it stands, with what can be done now. */
  function card(one, after, problem) {
    const made = element("section", "card group lab-question");
    const head = element("div", "case-head");
    head.append(element("h2", "", say("questions")), v.pill(say(`question_${one.state}`), TONES[one.state]));
    if (one.escalated && one.state === "timed_out") { head.append(v.pill(say("overdue"), "bad")); }
    const said = one.answer ? `${option(one.answer)}（${say(one.by_customer ? "answer_by_page" : "answer_by_staff")}）${one.remark ? `：${one.remark}` : ""}` : "";
    made.append(head, v.definitions([
      [say("fault"), one.fault],
      [say("options"), one.options.map(option).join(say("comma"))],
      [say("reply_by"), v.moment(one.due_at)],
      [say("answer"), said],
    ]));
    const acts = element("div", "case-acts");
    const send = (path, body, told) => (pressed) => v.once(pressed, problem, async () => {
      await Liqu.ask("POST", `${lab.base}/negotiations/${one.id}/${path}`, body);
      v.done(say(told));
      await after();
    });
    if (one.state === "proposed" || one.state === "timed_out") { acts.append(v.button(say("answer_on_phone"), () => onPhone(one, after), "button")); }
    if (one.state === "declined" || one.state === "timed_out") {
      acts.append(v.button(say("ask_again"), () => asking(say("ask_again"), one, false, async (body) => {
        await Liqu.ask("POST", `${lab.base}/negotiations/${one.id}/propose`, body);
        await after();
      }), "button second"));
    }
    if (one.state === "agreed") {
      if (one.needs_signatures) {
        made.append(element("p", "help", say("signatures_needed")));
        ["supervisor", "customer"].forEach((role) => {
          if (one.signed.includes(role)) { acts.append(v.pill(say(`signed_${role}`), "good")); return; }
          if (role === "customer" || v.facts.manages) { acts.append(v.button(say(`sign_${role}`), send("sign", { role }, "signed_return"), "button second")); }
        });
      }
      if (!one.needs_signatures || one.signed.length === 2) { acts.append(v.button(say("execute"), send("execute", {}, "executed"), "button")); }
    }
    if (acts.childElementCount) { made.append(acts); }
    return made;
  }

  Liqu.labQuestion = { hold, card, TONES, option, text };
})(window.Liqu);
