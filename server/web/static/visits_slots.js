/* Choosing a slot for given instruments, and reading their notices out: for booking and for moving. */
(function (Liqu) {
  "use strict";
  const { say, element, text, forms } = Liqu;
  const { base, button, dayText, trouble, refuse } = Liqu.visits;

  /* Days and slots for lines. ``fill(lines, customer)`` asks anew; ``read()`` is { day, slot } or null. */
  function chooser(changed) {
    const holder = element("div", "slots");
    holder.append(element("p", "help", say("slots_first")));
    let chosen = null;
    let days = [];
    let turn = 0;

    async function fill(lines, customer) {
      const mine = turn += 1;
      if (!lines.length) {
        chosen = null;
        holder.replaceChildren(element("p", "help", say("slots_first")));
        return;
      }
      holder.setAttribute("aria-busy", "true");
      try {
        const view = await Liqu.ask("POST", `${base}/slots`, { lines, customer });
        if (mine !== turn) { return; }
        days = view.days.filter((one) => one.works && one.slots.length);
        const free = days.some((day) => day.slots.some((slot) => chosen && day.day === chosen.day && slot.id === chosen.slot && slot.free));
        if (!free) { chosen = null; }
        draw(chosen ? chosen.day : (days.find((day) => day.slots.some((slot) => slot.free)) || days[0] || {}).day);
      } catch (refusal) {
        if (mine !== turn) { return; }
        chosen = null;
        const box = trouble();
        const again = element("p");
        again.append(button(say("again"), () => fill(lines, customer)));
        holder.replaceChildren(box, again);
        refuse(box, refusal);
      } finally {
        if (mine === turn) { holder.setAttribute("aria-busy", "false"); changed(); }
      }
    }

    function draw(day) {
      const of = days.find((one) => one.day === day);
      if (!of) { holder.replaceChildren(element("p", "help", say("slots_none"))); return; }
      const select = element("select");
      days.forEach((one) => {
        const free = one.slots.filter((slot) => slot.free).length;
        const option = element("option", "", free ? say("day_free", { day: dayText(one.day), count: free }) : say("day_full", { day: dayText(one.day) }));
        option.value = one.day;
        select.append(option);
      });
      select.value = day;
      select.addEventListener("change", () => { chosen = null; draw(select.value); holder.querySelector("select").focus(); changed(); });
      const group = forms.grouped(say("slot"));
      const grid = element("div", "slot-grid");
      of.slots.filter((slot) => slot.free).forEach((slot) => {
        const card = element("label", "slot");
        const radio = forms.control("radio");
        radio.name = "slot";
        radio.value = slot.id;
        radio.checked = Boolean(chosen) && chosen.day === day && chosen.slot === slot.id;
        radio.addEventListener("change", () => { chosen = { day, slot: slot.id, opens: slot.opens, closes: slot.closes }; changed(); });
        const words = element("span");
        words.append(element("strong", "", `${slot.opens}–${slot.closes}`), element("small", "", say("left", { count: slot.left })));
        card.append(radio, words);
        grid.append(card);
      });
      group.append(grid);
      holder.replaceChildren(forms.inside(say("day"), select), group);
      const others = of.slots.filter((slot) => !slot.free);
      if (others.length) { holder.append(taken(others)); }
    }

    /* Those that can't be had, with the reason, for who asks after one. */
    function taken(others) {
      const made = element("details", "statement");
      const list = element("ul");
      others.forEach((slot) => list.append(element("li", "", `${slot.opens}–${slot.closes} ${text(slot.why)}`)));
      made.append(element("summary", "", say("slots_other", { count: others.length })), list);
      return made;
    }

    return { node: holder, fill, read: () => chosen };
  }

  /* The notices of these items, to read out and tick; ``read()`` is item → version of the ticked ones. */
  function notices() {
    const holder = element("div", "notices");
    const ticked = new Map();
    let shown = [];

    function fill(items) {
      shown = items.filter((one) => one.notice);
      holder.replaceChildren(...shown.map((one) => {
        const key = `${one.id}/${one.notice.version}`;
        const box = forms.check(say("read_out", { item: text(one.name) }), ticked.get(key));
        box.input.addEventListener("change", () => ticked.set(key, box.input.checked));
        const card = element("div", "leaf");
        card.append(element("strong", "", text(one.name)), element("p", "lines", text(one.notice.text)), box.node);
        return card;
      }));
      holder.hidden = !shown.length;
    }

    const read = () => Object.fromEntries(shown.filter((one) => ticked.get(`${one.id}/${one.notice.version}`)).map((one) => [one.id, one.notice.version]));
    return { node: holder, fill, read };
  }

  Liqu.slots = { chooser, notices };
})(window.Liqu);
