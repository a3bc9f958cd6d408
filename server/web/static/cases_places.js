/* Shelves and sites of the hall, as one form. */
(function (Liqu) {
  "use strict";
  const { say, element, forms } = Liqu;
  const v = Liqu.visits;
  const KINDS = ["fixed", "temporary", "mobile"];
  const NAME = "[a-z0-9][a-z0-9\\-]{0,31}";

  function rows(title, help, adding, known, blank, make) {
    const card = element("section", "card group");
    const list = element("div", "rows");
    let made = [];
    function put(one) {
      const row = make(one);
      const line = element("div", "place-row");
      const gone = v.button(say("line_remove"), () => { made = made.filter((other) => other !== row); line.remove(); more.focus(); }, "small danger");
      line.append(...row.nodes, gone);
      list.append(line);
      made.push(row);
      return line;
    }
    const more = v.button(adding, () => put(blank).querySelector("input").focus());
    known.forEach(put);
    card.append(element("h2", "", title));
    if (help) { card.append(element("p", "help", help)); }
    card.append(list, more);
    return { node: card, read: () => made.map((row) => row.read()) };
  }

  function names(one) {
    const id = forms.control("text", one.id, { required: true, pattern: NAME, maxLength: 32, autocomplete: "off", spellcheck: false });
    const zh = forms.control("text", one.name.zh, { required: true, maxLength: 32, lang: "zh-CN" });
    const en = forms.control("text", one.name.en, { maxLength: 64, lang: "en" });
    return { nodes: [forms.inside(say("shelf_id"), id), forms.inside(say("shelf_name"), zh), forms.inside(say("name_en"), en)], read: () => ({ id: id.value.trim(), zh: zh.value.trim(), en: en.value.trim() }) };
  }

  function shelf(one) {
    const base = names(one);
    const fragile = forms.check(say("shelf_fragile"), one.fragile);
    return { nodes: [...base.nodes, fragile.node], read: () => Object.assign(base.read(), { fragile: fragile.read() }) };
  }

  function site(one) {
    const base = names(one);
    const kind = forms.choice(say("site_kind"), KINDS.map((of) => [of, say(`site_kind_${of}`)]), one.kind);
    return { nodes: [...base.nodes, kind.cell()], read: () => Object.assign(base.read(), { kind: kind.read() }) };
  }

  async function draw() {
    const known = await Liqu.ask("GET", `${v.base}/cases/places`);
    const none = { id: "", name: { zh: "", en: "" }, fragile: false, kind: "fixed" };
    const shelves = rows(say("shelves"), say("places_help"), say("shelf_add"), known.shelves, none, shelf);
    const sites = rows(say("sites"), "", say("site_add"), known.sites, none, site);
    const form = element("form");
    const problem = v.trouble();
    const go = element("button", "button", say("places_save"));
    go.type = "submit";
    const row = element("div", "save-row");
    row.append(go);
    form.noValidate = true;
    const pair = element("div", "case-main");
    pair.append(shelves.node, sites.node, problem, row);
    form.append(pair);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      await v.once(go, problem, async () => {
        await Liqu.ask("PUT", `${v.base}/cases/places`, { shelves: shelves.read(), sites: sites.read() });
        v.done(say("places_saved"));
        v.load();
      });
    });
    const codes = element("div", "shelf-grid");
    known.shelves.forEach((one) => {
      const card = element("div", "shelf-card");
      const drawn = document.querySelector(`#shelf-codes [data-code="${one.code}"] svg`);
      if (drawn) { card.append(drawn.cloneNode(true)); }
      card.append(element("strong", "", Liqu.text(one.name)), element("code", "", one.code), element("small", "", say("shelf_pieces", { count: one.pieces })));
      codes.append(card);
    });
    const shown = element("section", "card group");
    shown.append(element("h2", "", say("shelf_code")), codes);
    pair.prepend(shown);
    return [form];
  }

  v.start(draw);
})(window.Liqu);
