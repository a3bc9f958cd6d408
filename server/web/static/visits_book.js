/* Booking on behalf: one form for whoever calls, writes or stands at the counter. */
(function (Liqu) {
  "use strict";
  const { say, element, text, forms, slots } = Liqu;
  const v = Liqu.visits;
  const WAIT = 250;

  function part(number, title, ...nodes) {
    const made = element("section", "card group");
    const head = element("h2", "step");
    head.append(element("span", "step-number", String(number)), element("span", "", title));
    made.append(head, ...nodes);
    return made;
  }

  async function draw() {
    const catalogue = await Liqu.ask("GET", `${v.base}/catalogue`);
    const items = new Map(catalogue.items.map((one) => [one.id, one]));

    // Instruments

    const list = element("div", "rows");
    let rows = [];
    const more = v.button(say("line_add"), () => addRow().focus());

    function addRow() {
      const select = element("select");
      select.append(element("option", "", say("item_choose")));
      select.firstChild.value = "";
      catalogue.fields.forEach((field) => {
        const of = catalogue.items.filter((one) => one.field === field.id);
        if (!of.length) { return; }
        const group = element("optgroup");
        group.label = text(field.name);
        of.forEach((one) => {
          const option = element("option", "", one.taken ? text(one.name) : say("item_not", { item: text(one.name), why: text(one.why) }));
          option.value = one.id;
          option.disabled = !one.taken;
          group.append(option);
        });
        select.append(group);
      });
      const pieces = forms.control("number", 1, { required: true, min: 1, max: 9999, step: 1 });
      const line = element("div", "row-line book-line");
      const row = { line, select, pieces };
      const gone = v.button(say("line_remove"), () => {
        if (rows.length === 1) { select.value = ""; pieces.value = 1; } else { rows = rows.filter((one) => one !== row); line.remove(); }
        linesChanged();
        more.focus();
      }, "small danger");
      const cells = element("div", "line-cells");
      cells.append(forms.inside(say("item"), select), forms.inside(say("pieces"), pieces), gone);
      line.append(cells);
      rows.push(row);
      list.append(line);
      select.addEventListener("change", linesChanged);
      pieces.addEventListener("input", linesChanged);
      more.hidden = rows.length >= catalogue.rules.most_lines;
      return select;
    }

    /* The lines as they stand; two rows of one kind are one line. */
    function lines() {
      const summed = new Map();
      rows.filter((row) => row.select.value && row.pieces.validity.valid).forEach((row) => {
        summed.set(row.select.value, (summed.get(row.select.value) || 0) + Number(row.pieces.value));
      });
      return [...summed].map(([item, pieces]) => ({ item, pieces }));
    }

    let timer = 0;
    let asked = "";
    function linesChanged() {
      more.hidden = rows.length >= catalogue.rules.most_lines;
      const now = lines();
      unread.fill(now.map((line) => items.get(line.item)));
      const wish = JSON.stringify([now, who.type()]);
      if (wish === asked) { return; }
      asked = wish;
      clearTimeout(timer);
      timer = setTimeout(() => { chosen.fill(now, who.type()); verdict(now); }, WAIT);
    }

    const said = element("p", "outcome");
    said.setAttribute("aria-live", "polite");
    let turn = 0;
    async function verdict(now) {
      const mine = turn += 1;
      said.replaceChildren();
      if (!now.length) { return; }
      try {
        const told = await Liqu.ask("POST", `${v.base}/verdicts`, { lines: now, customer: who.type() });
        if (mine !== turn) { return; }
        const words = told.while_you_wait ? Liqu.wait(told.ready) : say("promised_days", { count: told.promise_days });
        const reasons = told.reasons.map((one) => text(one)).join(" ");
        said.replaceChildren(v.pill(say(told.while_you_wait ? "wait" : "leave"), told.while_you_wait ? "good" : "warn"), ` ${words} · `,
          say(Number(told.total.due) ? "fee" : "no_fee", { yuan: told.total.due }), reasons ? ` · ${reasons}` : "");
      } catch (refusal) { /* the slots say it at their place */ }
    }

    // The rest of the form

    const chosen = slots.chooser(() => {});
    const unread = slots.notices();
    unread.node.hidden = true;
    const who = Liqu.who.form(catalogue.consent, () => linesChanged());
    const channels = forms.grouped(say("channel_asked"));
    const row = element("div", "choices");
    v.facts.on_behalf.forEach((channel, at) => {
      const radio = forms.control("radio");
      radio.name = "channel";
      radio.value = channel;
      radio.checked = at === 0;
      const label = element("label", "check choice");
      label.append(radio, element("span", "", say(`channel_${channel}`)));
      row.append(label);
    });
    channels.append(row);
    const problem = v.trouble();
    const go = element("button", "button wide", say("book_now"));
    go.type = "submit";
    const form = element("form", "book");
    form.noValidate = true;
    addRow();
    const left = element("div", "book-side");
    const right = element("div", "book-side");
    left.append(part(1, say("step_lines"), list, more, said), part(2, say("step_slot"), chosen.node));
    right.append(part(3, say("step_who"), channels, who.node), part(4, say("step_book"), unread.node, problem, go));
    form.append(left, right);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      v.once(go, problem, send);
    });

    async function send() {
      const place = chosen.read();
      if (!lines().length) { rows[0].select.focus(); throw new Liqu.Refused("lines_bad", say("lines_needed"), ""); }
      if (!place) { throw new Liqu.Refused("slot_unknown", say("slot_needed"), ""); }
      const channel = form.querySelector('input[name="channel"]:checked').value;
      try {
        booked(await Liqu.ask("POST", `${v.base}/appointments`, {
          day: place.day, slot: place.slot, lines: lines(), customer: who.read(), acknowledged: unread.read(), consent: who.consent(), language: who.language(), channel,
        }));
      } catch (refusal) {
        if (who.tell(refusal)) { return; }
        if (/^slot_|too_far/.test(refusal.code)) { chosen.fill(lines(), who.type()); }
        throw refusal;
      }
    }

    function booked(one) {
      const head = element("div", "came");
      head.append(element("span", "", say("booked_number")), element("strong", "", v.spaced(one.number)));
      const link = element("a", "button second", say("voucher"));
      link.href = new URL(one.url).pathname;
      link.target = "_blank";
      const next = v.button(say("book_next"), v.closeDrawer, "button");
      next.dataset.first = "";
      const row = element("div", "sheet-end");
      row.append(link, next);
      v.drawer.addEventListener("close", () => v.load().then(() => document.querySelector(".book select").focus()), { once: true });
      v.openDrawer(say("booked"), head, v.definitions([
        [say("time"), `${v.dayText(one.day)} ${Liqu.clock(one.starts_at)}–${Liqu.clock(one.ends_at)}`],
        [say("customer"), `${one.who} · ${one.phone}`],
        [say("items"), v.linesText(one.lines)],
        [say("channel"), say(`channel_${one.channel}`)],
        [say("verdict"), say(one.verdict.while_you_wait ? "wait" : "leave")],
      ]), Liqu.element("p", "help", say("booked_help")), row);
    }

    return [form];
  }

  v.start(draw);
})(window.Liqu);
