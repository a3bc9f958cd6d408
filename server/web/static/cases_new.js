/* An order that no kiosk took in: on site, online, remote, or for a ticket at the counter. */
(function (Liqu) {
  "use strict";
  const { say, element, text, forms } = Liqu;
  const v = Liqu.visits;

  function part(title, ...nodes) {
    const made = element("section", "card group");
    made.append(element("h2", "", title), ...nodes);
    return made;
  }

  async function draw() {
    const catalogue = await Liqu.ask("GET", `${v.base}/catalogue`);
    const list = element("div", "new-lines");
    let rows = [];

    function addRow() {
      const select = element("select");
      const first = element("option", "", say("item_choose"));
      first.value = "";
      select.append(first);
      catalogue.fields.forEach((field) => {
        const of = catalogue.items.filter((one) => one.field === field.id);
        if (!of.length) { return; }
        const group = element("optgroup");
        group.label = text(field.name);
        of.forEach((one) => {
          const option = element("option", "", text(one.name));
          option.value = one.id;
          group.append(option);
        });
        select.append(group);
      });
      select.required = true;
      const pieces = forms.control("number", 1, { required: true, min: 1, max: 9999, step: 1 });
      const cells = element("div", "line-cells");
      const row = { select, pieces };
      const gone = v.button(say("line_remove"), () => {
        if (rows.length === 1) { select.value = ""; return; }
        rows = rows.filter((one) => one !== row);
        cells.remove();
        more.focus();
      }, "small danger");
      cells.append(forms.inside(say("item"), select), forms.inside(say("pieces"), pieces), gone);
      rows.push(row);
      list.append(cells);
      return select;
    }
    const more = v.button(say("line_add"), () => addRow().focus());

    function lines() {
      const summed = new Map();
      rows.filter((row) => row.select.value).forEach((row) => summed.set(row.select.value, (summed.get(row.select.value) || 0) + Number(row.pieces.value)));
      return [...summed].map(([item, pieces]) => ({ item, pieces }));
    }

    const asked = (new URLSearchParams(location.search).get("ticket") || "").toUpperCase();
    const mode = forms.choice(say("mode"), ["hall", "on_site", "online", "remote"].map((one) => [one, say(`mode_${one}`)]), asked ? "hall" : "on_site");
    const site = forms.choice(say("site"), [["", say("site_none")], ...v.facts.sites.map((one) => [one.id, say("site_named", { name: text(one.name), kind: say(`site_kind_${one.kind}`) })])], "");
    const channel = forms.choice(say("channel_asked"), v.named("channel", v.facts.on_behalf), asked ? "counter" : "phone");
    const ticket = forms.line(say("new_ticket"), asked, { maxLength: 5, pattern: "[A-Za-z][0-9]{3,4}", autocomplete: "off" });
    const where = element("div", "three");
    where.append(mode.node, site.node, channel.node, ticket.node);
    const who = Liqu.who.form(catalogue.consent, () => {});
    const problem = v.trouble();
    const go = element("button", "button wide", say("new_go"));
    go.type = "submit";
    const form = element("form", "case-main");
    form.noValidate = true;
    addRow();
    form.append(element("p", "help", say("new_help")), part(say("new_lines"), list, more), part(say("new_where"), where), part(say("new_who"), who.node), problem, go);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!forms.sound(form) || go.getAttribute("aria-disabled") === "true") { return; }
      go.setAttribute("aria-disabled", "true");
      problem.hidden = true;
      try {
        const made = await Liqu.ask("POST", `${v.base}/cases`, {
          lines: lines(), mode: mode.read(), site: site.read(), channel: channel.read(), ticket: ticket.read().toUpperCase(),
          customer: who.read(), consent: who.consent(), language: who.language(),
        });
        location.href = `/cases/${v.facts.hall}/orders/${made.id}`;
      } catch (refusal) {
        if (!(refusal instanceof Liqu.Refused)) { throw refusal; }
        if (!who.tell(refusal)) { v.refuse(problem, refusal); }
      } finally {
        go.removeAttribute("aria-disabled");
      }
    });
    setTimeout(() => list.querySelector("select").focus(), 0);
    return [form];
  }

  v.start(draw);
})(window.Liqu);
