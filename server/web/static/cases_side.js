/* Beside the sheet: what is left to do, the signature, notices, the first handler, the steps. */
(function (Liqu) {
  "use strict";
  const { say, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const GAPS = 6;
  const LINES = 3;
  const STEPS = 12;
  const TONES = { registered: "accent", supplement_required: "warn", accepted: "good", in_progress: "accent", ready: "good", rejected: "bad" };

  function card(...nodes) {
    const made = element("section", "card group");
    made.append(...nodes);
    return made;
  }

  /* ``page``: view(), path, act(pressed, box, wish, said), go(gap), sign(), redraw(view), state(node). */
  function draw(page) {
    const one = page.view();
    const ending = one.editable ? signing(one, page) : signed(one, page);
    const told = one.demands.length ? [notices(one, page)] : [];
    const waits = one.demands.some((demand) => !demand.answered_at);
    return [about(one, page), ...(waits ? [...told, ending] : [ending, ...told]), steps(one)];
  }

  function about(one, page) {
    const head = element("div", "case-head");
    head.append(v.pill(text(one.state_text), TONES[one.state]));
    if (one.while_you_wait) { head.append(v.pill(say("wait"), "good")); }
    if (one.mode !== "hall") { head.append(v.pill(say(`mode_${one.mode}`))); }
    const handler = element("span", "", one.handler ? (one.handler.section ? say("handler_of", one.handler) : one.handler.name) : "—");
    const parts = [handler];
    if (v.facts.manages && one.handler) { parts.push(v.button(say("handler_change"), () => changeHandler(one, page))); }
    return card(head, tight([
      [say("ticket"), one.ticket ? [one.ticket, one.ticket_service ? element("small", "", ` ${say("now_at", { service: text(one.ticket_service) })}`) : ""] : ""],
      [say("handler"), parts],
      [say("channel"), say(`channel_${one.channel}`)],
      [say("verdict"), one.due ? say("promised", { day: v.dayText(one.due) }) : ""],
      [say("ecqs"), one.editable ? "" : one.ecqs],
    ]));
  }

  function tight(pairs) {
    const list = v.definitions(pairs);
    list.classList.add("tight");
    return list;
  }

  /* What is missing on one piece is one thing to do; so is the review. */
  function grouped(gaps) {
    const found = new Map();
    gaps.forEach((gap) => {
      const key = gap.at === "piece" || gap.at === "review" ? `${gap.at}/${gap.piece}` : `${gap.at}/${text(gap.text)}`;
      found.set(key, [...(found.get(key) || []), gap]);
    });
    return [...found.values()];
  }

  function signing(one, page) {
    const made = card();
    made.classList.add("sign-box");
    const groups = grouped(one.gaps);
    const count = groups.length;
    if (count) {
      const list = element("div", "gap-list");
      groups.slice(0, GAPS).forEach((gaps) => {
        const line = element("button", "gap");
        line.type = "button";
        line.append(element("span", "", gaps.length === 1 ? text(gaps[0].text) : say(gaps[0].at === "review" ? "gap_reviews" : "gap_piece", { piece: gaps[0].piece, count: gaps.length })));
        line.addEventListener("click", () => page.go(gaps[0]));
        list.append(line);
      });
      if (count > GAPS) { list.append(element("p", "help", say("left_more", { count: count - GAPS }))); }
      made.append(element("h2", "", say("left_to_do", { count })), list);
    } else {
      made.append(element("p", "gap-none", say("left_none")));
    }
    const problem = v.trouble();
    const sign = v.button(say("sign"), () => page.sign(sign, problem), "button wide");
    sign.id = "sign";
    if (!one.may_sign) { sign.classList.add("second"); }
    const acts = element("div", "side-acts");
    acts.append(v.button(say("demand"), () => demand(one, page)), v.button(say("refer"), () => Liqu.refer.open(one.id, () => page.reload())), v.button(say("reject"), () => reject(one, page), "small danger"));
    const state = element("p", "draft-state");
    state.id = "draft";
    state.setAttribute("role", "status");
    made.append(problem, sign, element("p", "help", say("keys")), acts, state);
    page.state(state);
    return made;
  }

  function signed(one, page) {
    const made = card();
    if (one.rejected) { made.append(element("p", "wrong", say("rejected_why", { reason: one.rejected }))); }
    if (one.signed_at) { made.append(element("p", "", say("signed_by", { name: one.signed_by, at: v.moment(one.signed_at) }))); }
    const problem = v.trouble();
    const acts = element("div", "side-acts");
    const next = element("a", "button", say("next_case"));
    next.href = `/cases/${v.facts.hall}`;
    const on = element("a", "button second", say("give_on"));
    on.href = `/cases/${v.facts.hall}/custody`;
    acts.append(next);
    if (one.pieces.some((piece) => piece.holder.id === `staff:${v.facts.user}`)) { acts.append(on); }
    acts.append(v.button(say("refer"), () => Liqu.refer.open(one.id, () => page.reload())));
    const back = one.pieces.filter((piece) => piece.state === "received" && (piece.holder.id === `staff:${v.facts.user}` || piece.holder.id.startsWith("shelf:")));
    if (back.length) { acts.append(v.button(say("give_back"), () => giveBack(back, page), "small danger")); }
    made.append(acts);
    const way = one.fulfilment;
    if (way.way !== "collect") {
      made.append(tight([[say("way_title"), say(`way_${way.way}`)], [say(way.way === "electronic" ? "address_electronic" : "address_post"), way.address], [say("carrier"), way.carrier], [say("tracking"), way.tracking], [say("sent"), way.sent_at ? say("sent_at", { at: v.moment(way.sent_at) }) : ""]]));
      if (way.may_close) { made.append(element("p", "wrong", say("sent_needed"))); }
      if ((way.way === "post" || way.way === "deliver") && !way.sent_at && !one.rejected) { made.append(v.button(say("sent"), () => send(one, page))); }
    }
    made.append(problem);
    one.referrals.forEach((told) => made.append(referral(told, page)));
    return made;
  }

  function referral(told, page) {
    const row = element("div", "held");
    const words = element("div");
    words.append(element("span", "", told.to), element("small", "", `${say("refer_due")} ${v.dayText(told.due)}`));
    const acts = element("div", "held-acts");
    acts.append(Liqu.refer.pill(told), v.button(say("refer_detail"), () => Liqu.refer.show(told, () => page.reload()), "small", say("refer_open_of", { to: told.to })));
    row.append(words, acts);
    return row;
  }

  // 一次性告知

  function notices(one, page) {
    const made = card(element("h2", "", say("demand")));
    const problem = v.trouble();
    [...one.demands].reverse().forEach((told) => {
      const box = element("div", "demand-card");
      box.dataset.tone = told.late ? "bad" : told.answered_at ? "good" : "warn";
      const list = element("ul");
      told.missing.forEach((line) => list.append(element("li", "", line)));
      box.append(element("strong", "", `${say("demand_at", { at: v.moment(told.at) })} · ${told.by.name}`), list);
      if (told.late) { box.append(element("p", "late", say("demand_late")), element("p", "", say("demand_new", { what: told.new.join(say("comma")) }))); }
      const acts = element("div", "side-acts");
      ["", "?paper=80"].forEach((paper) => {
        const link = element("a", "small", say(paper ? "demand_print_strip" : "demand_print"));
        link.href = told.url + paper;
        link.target = "_blank";
        acts.append(link);
      });
      if (told.answered_at) {
        box.append(element("p", "", say("demand_answered_at", { at: v.moment(told.answered_at) })));
      } else if (one.editable) {
        const there = v.button(say("demand_answered"), () => page.act(there, problem, () => Liqu.ask("POST", `${page.path}/notices/${told.id}/answered`, {}), say("demand_done")));
        acts.prepend(there);
      }
      box.append(acts);
      made.append(box);
    });
    made.append(problem);
    return made;
  }

  function demand(one, page) {
    const form = element("form", "fields");
    const boxes = one.suggested.map((told) => [text(told.text), forms.check(text(told.text), told.missing)]);
    if (boxes.length) {
      const group = forms.grouped(say("demand_suggested"));
      boxes.forEach(([, box]) => { group.append(box.node); });
      form.append(group);
    }
    const others = forms.grouped(say("demand_other"));
    const lines = [];
    const list = element("div", "fields");
    const more = v.button(say("demand_add"), () => line().focus());
    function line() {
      const input = forms.control("text", "", { maxLength: 200, autocomplete: "off" });
      input.setAttribute("aria-label", say("demand_line", { n: lines.length + 1 }));
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && input.value.trim()) { event.preventDefault(); (lines[lines.indexOf(input) + 1] || line()).focus(); }
      });
      lines.push(input);
      list.append(input);
      return input;
    }
    for (let n = 0; n < LINES; n += 1) { line(); }
    others.append(list, more);
    const problem = v.trouble();
    const go = element("button", "button", say("demand_go"));
    go.type = "submit";
    const wrong = element("p", "wrong", say("demand_none"));
    wrong.hidden = true;
    form.append(others, element("p", "help", say("demand_help")), wrong, problem, go);
    form.noValidate = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const missing = [...boxes.filter(([, box]) => box.read()).map(([told]) => told), ...lines.map((input) => input.value.trim()).filter(Boolean)];
      wrong.hidden = missing.length > 0;
      if (!missing.length) { lines[0].focus(); return; }
      await page.act(go, problem, async () => {
        const made = await Liqu.ask("POST", `${page.path}/notices`, { missing });
        v.closeDrawer();
        window.open(made.demands[made.demands.length - 1].url, "_blank");
        return made;
      }, say("demanded"));
    });
    (boxes.length ? boxes[0][1].input : lines[0]).dataset.first = "";
    v.openDrawer(say("demand"), form);
  }

  // Other ends

  function asking(title, label, help, press, danger, wish) {
    const form = element("form", "fields");
    const reason = forms.line(label, "", { required: true, maxLength: 200, autocomplete: "off" }, help);
    const problem = v.trouble();
    const go = element("button", danger ? "button danger" : "button", press);
    go.type = "submit";
    form.noValidate = true;
    form.append(reason.node, problem, go);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (forms.sound(form)) { await wish(go, problem, reason.read()); }
    });
    form.querySelector("input").dataset.first = "";
    v.openDrawer(title, form);
    return form;
  }

  function reject(one, page) {
    asking(say("reject"), say("reject_reason"), say("reject_help"), say("reject_go"), true, (go, problem, reason) => page.act(go, problem, async () => {
      const told = await Liqu.ask("POST", `${page.path}/reject`, { reason });
      v.closeDrawer();
      return told;
    }, say("rejected")));
  }

  /* A piece that was taken in and is not tested after all, before the lab has it. */
  function giveBack(pieces, page) {
    const which = forms.choice(say("give_back_which"), pieces.map((piece) => [piece.code, [piece.index, text(piece.name), piece.serial || piece.code].join(" · ")]), pieces[0].code);
    const form = asking(say("give_back"), say("give_back_reason"), say("give_back_help"), say("give_back_go"), true, (go, problem, reason) => page.act(go, problem, async () => {
      const told = await Liqu.ask("POST", `${page.path}/pieces/${which.read()}/give-back`, { reason });
      v.closeDrawer();
      return told;
    }, say("gave_back")));
    form.prepend(which.node);
  }

  async function changeHandler(one, page) {
    const form = element("form", "fields");
    const staff = await Liqu.ask("GET", `${v.base}/staff`);
    const user = forms.choice(say("handler_user"), staff.filter((member) => member.active !== false).map((member) => [member.user, member.name || member.user]), one.handler.user);
    const section = forms.line(say("handler_section"), one.handler.section, { required: true, maxLength: 64, autocomplete: "off" });
    const reason = forms.line(say("handler_reason"), "", { required: true, maxLength: 200, autocomplete: "off" });
    const problem = v.trouble();
    const go = element("button", "button", say("handler_title"));
    go.type = "submit";
    form.noValidate = true;
    form.append(user.node, section.node, reason.node, problem, go);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      await page.act(go, problem, async () => {
        const told = await Liqu.ask("PUT", `${page.path}/handler`, { user: user.read(), section: section.read(), reason: reason.read() });
        v.closeDrawer();
        return told;
      }, say("handler_changed"));
    });
    form.querySelector("select").dataset.first = "";
    v.openDrawer(say("handler_title"), form);
  }

  function send(one, page) {
    const form = element("form", "fields");
    const carrier = forms.line(say("carrier"), "", { maxLength: 64, autocomplete: "off" });
    const tracking = forms.line(say("tracking"), "", { required: one.fulfilment.way === "post", maxLength: 64, autocomplete: "off" });
    const problem = v.trouble();
    const go = element("button", "button", say("sent_go"));
    go.type = "submit";
    form.noValidate = true;
    form.append(carrier.node, tracking.node, problem, go);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      await page.act(go, problem, async () => {
        const told = await Liqu.ask("POST", `${page.path}/sent`, { carrier: carrier.read(), tracking: tracking.read() });
        v.closeDrawer();
        return told;
      }, say("sent_done"));
    });
    form.querySelector("input").dataset.first = "";
    v.openDrawer(say("sent"), form);
  }

  function steps(one) {
    const made = card(element("h2", "", say("steps")));
    const list = element("ol", "steps");
    [...one.timeline].reverse().forEach((step, at) => {
      const line = element("li");
      line.hidden = at >= STEPS;
      const when = element("time", "", v.moment(step.at));
      when.dateTime = step.at;
      line.append(element("span", "", text(step.text)), when);
      line.append(element("small", "", [text(step.who), step.piece ? say("step_piece", { piece: step.piece }) : ""].filter(Boolean).join(" · ")));
      if (step.photo) {
        const image = element("img");
        image.src = step.photo;
        image.loading = "lazy";
        image.alt = say("photo_of", { piece: step.piece, at: Liqu.clock(step.at) });
        line.append(image);
      }
      list.append(line);
    });
    made.append(list);
    if (one.timeline.length > STEPS) {
      const more = v.button(say("left_more", { count: one.timeline.length - STEPS }), () => {
        list.querySelectorAll("li").forEach((line) => { line.hidden = false; });
        more.remove();
      });
      made.append(more);
    }
    return made;
  }

  Liqu.caseSide = { draw };
})(window.Liqu);
