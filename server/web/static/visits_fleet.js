/* A fleet: one customer, one sheet, every piece registered with a label, or none. */
(function (Liqu) {
  "use strict";
  const { say, element, text } = Liqu;
  const v = Liqu.visits;

  function part(number, title, ...nodes) {
    const made = element("section", "card group");
    const head = element("h2", "step");
    head.append(element("span", "step-number", String(number)), element("span", "", title));
    made.append(head, ...nodes);
    return made;
  }

  async function draw() {
    const catalogue = await Liqu.ask("GET", `${v.base}/catalogue`);
    const names = new Map(catalogue.items.map((one) => [one.id, text(one.name)]));
    let customer = null;

    const who = Liqu.who.form(catalogue.consent, () => {});
    const problem = v.trouble();
    const go = element("button", "button", say("customer_go"));
    go.type = "submit";
    const form = element("form", "fields");
    form.noValidate = true;
    form.append(who.node, problem, go);
    const known = element("div", "known");
    known.hidden = true;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      v.once(go, problem, async () => {
        try {
          customer = await Liqu.ask("POST", `${v.base}/customers`, { customer: who.read(), consent: who.consent(), language: who.language() });
        } catch (refusal) {
          if (who.tell(refusal)) { return; }
          throw refusal;
        }
        form.hidden = true;
        known.hidden = false;
        const words = element("p");
        words.append(element("strong", "", customer.who), ` · ${say(`type_${customer.type}`)} · ${customer.phone}`);
        known.replaceChildren(words, v.button(say("customer_other"), other));
        second.hidden = false;
        second.querySelector("input").focus();
      });
    });

    function other() {
      customer = null;
      form.hidden = false;
      known.hidden = true;
      second.hidden = true;
      file.clear();
      who.focus();
    }

    const file = Liqu.sheets.upload({
      label: say("fleet_file"),
      check: (sheet) => Liqu.upload(`${v.base}/fleets/check?customer=${customer.id}`, sheet),
      take: (sheet) => Liqu.upload(`${v.base}/fleets/import?customer=${customer.id}`, sheet),
      told: (report, button) => [preview(report), button],
      taken: (report) => {
        const again = v.button(say("fleet_next"), () => v.load(), "button second");
        const card = element("section", "card group came-card");
        const head = element("div", "came");
        head.append(element("span", "", say("order_number")), element("strong", "", v.spaced(report.number)),
          element("span", "", say("fleet_done", { pieces: report.pieces, day: v.dayText(report.due) })));
        card.append(head, v.labelCommand(report.number), element("p", "help", say("labels_help")), again);
        v.done(say("fleet_said", { pieces: report.pieces }));
        v.show(card);
        again.focus();
      },
    });

    function preview(report) {
      const made = element("div", "told");
      made.append(element("strong", "", say("fleet_would", { pieces: report.pieces })));
      const list = element("ul");
      Object.entries(report.by_item).forEach(([item, count]) => list.append(element("li", "", say("pieces_of", { item: names.get(item) || item, count }))));
      made.append(list);
      return made;
    }

    const help = element("details", "statement");
    help.append(element("summary", "", say("names_title")), element("p", "lines", [...names.values()].join(say("comma"))));
    const template = element("div", "sheet-acts");
    template.append(Liqu.sheets.template(say("template"), say("fleet_template"), say("fleet_heads")));
    const second = part(2, say("fleet_sheet"), element("p", "help", say("fleet_help")), template, help, file.node);
    second.hidden = true;
    return [part(1, say("fleet_customer"), form, known), second];
  }

  v.start(draw);
})(window.Liqu);
