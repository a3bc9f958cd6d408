/* One piece by scan, and binding a pre-printed label to it. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const v = Liqu.visits;
  let names = null;

  const scan = v.scanner(say("scan_sample"), say("scan_sample_hint"), async (code) => {
    if (!names) {
      const catalogue = await Liqu.ask("GET", `${v.base}/catalogue`);
      names = new Map(catalogue.items.map((one) => [one.id, text(one.name)]));
    }
    show(await Liqu.ask("GET", `/samples/${encodeURIComponent(code)}`));
  });

  function show(one) {
    const card = element("section", "card group");
    const head = element("div", "case-head");
    head.append(element("strong", "case-number", one.code), v.pill(say("piece_of", { index: one.index, count: one.count }), "accent"));
    card.append(head, v.definitions([
      [say("item"), names.get(one.item) || one.item],
      [say("order_number"), v.spaced(one.order)],
      [say("flow"), one.flow],
      [say("foreign"), one.foreign || say("foreign_none")],
      [say("state"), say(`sample_${one.state}`)],
    ]));
    if (!one.foreign) { card.append(binding(one)); }
    v.show(card);
    const field = card.querySelector("input");
    (field || scan.input).focus();
  }

  function binding(one) {
    const form = element("form", "fields bind");
    const input = forms.control("text", "", { required: true, maxLength: 64, autocomplete: "off", spellcheck: false });
    const field = element("div", "field");
    const name = element("label", "", say("bind"));
    name.htmlFor = input.id;
    const row = element("div", "scan-row");
    const go = element("button", "button", say("bind_now"));
    go.type = "submit";
    row.append(input, go);
    const problem = v.trouble();
    field.append(name, row, element("p", "help", say("bind_help")));
    form.append(field, problem);
    form.noValidate = true;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const told = input.value.trim();
      if (!told) { input.focus(); return; }
      const well = await v.once(go, problem, async () => {
        const bound = await Liqu.ask("POST", `/samples/${encodeURIComponent(one.code)}/bind`, { foreign: told });
        v.done(say("bound", { foreign: told, code: one.code }));
        show(bound);
      });
      if (!well) { input.select(); }
    });
    return form;
  }

  const nothing = element("div", "card nothing");
  nothing.append(element("strong", "", say("sample_first")), element("p", "", say("sample_first_more")));
  id("tools").append(scan.node);
  v.show(nothing);
  scan.input.focus();
})(window.Liqu);
