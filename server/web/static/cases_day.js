/* The cases of a day, by state, and one of them by scan. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text } = Liqu;
  const v = Liqu.visits;
  const STATES = ["registered", "supplement_required", "accepted", "in_progress", "ready", "partly_released", "released", "closed", "rejected"];
  const TONES = { registered: "accent", supplement_required: "warn", accepted: "good", in_progress: "accent", ready: "good", rejected: "bad" };
  const TICKET = /^[A-Z]\d{3,4}$/i;
  const again = () => v.load();
  const day = v.dayChooser(again);
  let wanted = "";

  const open = (order, piece) => { location.href = `/cases/${v.facts.hall}/orders/${order}${piece ? `?piece=${piece}` : ""}`; };

  const scan = v.scanner(say("scan_case"), say("scan_case_hint"), async (code) => {
    offer.replaceChildren();
    try {
      const found = await Liqu.ask("POST", `${v.base}/cases/open`, { code });
      open(found.id, found.opened);
    } catch (refusal) {
      // A number that was taken without instruments has no order yet: it gets one here.
      if (refusal.code === "order_unknown" && TICKET.test(code)) {
        const link = element("a", "button second", say("case_new_for", { number: code.toUpperCase() }));
        link.href = `/cases/${v.facts.hall}/new?ticket=${code.toUpperCase()}`;
        offer.append(link);
      }
      throw refusal;
    }
  });
  scan.input.dataset.scan = "";
  const offer = element("div", "scan-offer");
  scan.node.append(offer);

  function tiles(seen) {
    const row = element("div", "tiles");
    STATES.filter((state) => seen.counts[state] || state === "registered").forEach((state) => {
      const made = element("button", "tile");
      made.type = "button";
      made.setAttribute("aria-pressed", String(wanted === state));
      if (TONES[state]) { made.dataset.tone = TONES[state]; }
      made.append(element("strong", "", String(seen.counts[state] || 0)), element("span", "", say(`case_state_${state}`)));
      made.addEventListener("click", () => { wanted = wanted === state ? "" : state; v.load(); });
      row.append(made);
    });
    return row;
  }

  function row(one) {
    const state = v.pill(text(one.state_text), TONES[one.state]);
    const states = one.late ? [state, v.pill(say("demand_late"), "bad")] : [state];
    if (one.mode !== "hall") { states.push(v.pill(say(`mode_${one.mode}`))); }
    const pills = element("span", "pills");
    pills.append(...states);
    return {
      key: one.id,
      open: () => open(one.id),
      cells: [
        v.button(v.spaced(one.number), () => open(one.id), "open", say("open_case", { number: v.spaced(one.number) })),
        element("span", "digits", one.ticket || "—"),
        one.who || say("no_customer"),
        one.items.map((name) => text(name)).join(say("comma")),
        element("span", "digits", String(one.pieces)),
        v.moment(one.made_at),
        one.handler || "—",
        pills,
      ],
    };
  }

  async function list() {
    const asked = day.read();
    const seen = await Liqu.ask("GET", `${v.base}/cases?day=${asked}`);
    const shown = seen.cases.filter((one) => !wanted || one.state === wanted);
    const count = element("p", "count-line", say("cases_count", { day: v.dayText(asked), count: seen.cases.length }));
    const none = wanted && seen.cases.length ? { title: say("none_filtered"), detail: say("none_filtered_more") } :
      { title: say("none_cases", { day: v.dayText(asked) }), detail: say("none_cases_more") };
    const heads = ["order_number", "ticket", "customer", "items", "pieces", "made_at", "handler", "state"].map((name) => say(name));
    return [tiles(seen), count, v.table(heads, shown.map(row), none, say("cases_count", { day: v.dayText(asked), count: seen.cases.length }))];
  }

  id("tools").append(scan.node);
  v.start(list, day.node);
  scan.input.focus();
})(window.Liqu);
