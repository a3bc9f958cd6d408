/* Items that fall due: the list, entering one, a sheet of them, done. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const WAIT = 300;
  let items = [];
  const again = () => v.load();

  const until = v.dated(say("due_until"), "", again);
  until.input.required = false;
  until.input.addEventListener("change", () => { if (!until.input.value) { again(); } });
  const item = v.filter(say("item"), [], again);
  const words = forms.control("search", "", { maxLength: 64, autocomplete: "off", placeholder: say("due_words_hint") });
  let timer = 0;
  words.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(again, WAIT); });
  const ended = forms.check(say("due_done_too"), false);
  ended.input.addEventListener("change", again);

  async function choices() {
    if (items.length) { return; }
    items = (await Liqu.ask("GET", `${v.base}/catalogue`)).items;
    const select = item.node.querySelector("select");
    items.forEach((one) => {
      const option = element("option", "", text(one.name));
      option.value = one.id;
      select.append(option);
    });
  }

  async function list() {
    await choices();
    const wish = new URLSearchParams({ item: item.read(), text: words.value.trim(), done: ended.read() });
    if (until.read()) { wish.set("until", until.read()); }
    const view = await Liqu.ask("GET", `${v.base}/due-items?${wish}`);
    const filtered = Boolean(item.read() || words.value.trim() || until.read());
    const none = filtered ? { title: say("none_filtered"), detail: say("none_filtered_more") } : { title: say("none_due"), detail: say("none_due_more") };
    const count = view.total > view.items.length ? say("due_count_first", { count: view.total, shown: view.items.length }) : say("due_count", { count: view.total });
    return [element("p", "count-line", count), v.table([say("due_on"), say("item"), say("owner"), say("reference"), say("pushed"), say("state"), say("actions")], view.items.map((one) => ({
      key: one.id,
      cells: [
        when(one),
        v.two(text(one.item_name), say("pieces_count", { count: one.pieces })),
        v.two(one.company || one.who, [one.company ? one.who : "", one.phone, one.email].filter(Boolean).join(" · ")),
        one.reference || "—",
        one.pushes.length ? one.pushes.map((day) => element("div", "", v.dayText(day))) : "—",
        v.pill(say(`due_${one.state}`), one.state === "done" ? "" : "accent"),
        one.state === "open" ? v.button(say("due_mark"), (pressed) => v.once(pressed, id("problem"), async () => {
          await Liqu.ask("POST", `${v.base}/due-items/${one.id}/done`);
          v.done(say("due_marked", { item: text(one.item_name) }));
          await v.load();
          words.focus();
        }), "small", say("due_mark_of", { item: text(one.item_name), day: v.dayText(one.due_on) })) : "",
      ],
    })), none, count)];
  }

  function when(one) {
    const made = v.two(one.due_on, "");
    if (one.state === "open" && one.due_on < v.facts.today) { made.push(" ", v.pill(say("due_over"), "bad")); }
    return made;
  }

  function entering() {
    const fields = {
      item: forms.choice(say("item"), items.map((one) => [one.id, text(one.name)]), items[0].id),
      pieces: forms.line(say("pieces"), 1, { type: "number", required: true, min: 1, max: 9999 }),
      due_on: forms.line(say("due_on"), "", { type: "date", required: true, min: "2000-01-01", max: "2099-12-31" }),
      company: forms.line(say("company"), "", { maxLength: 128 }),
      name: forms.line(say("contact"), "", { maxLength: 64 }),
      phone: forms.line(say("phone"), "", { maxLength: 24 }, say("due_reach")),
      email: forms.line(say("email_or_none"), "", { maxLength: 64 }),
      reference: forms.line(say("reference"), "", { maxLength: 64 }, say("reference_help")),
    };
    const form = element("form", "fields");
    form.noValidate = true;
    const problem = v.trouble();
    const go = element("button", "button", say("save"));
    go.type = "submit";
    const end = element("div", "sheet-end");
    end.append(v.button(say("back"), v.closeDrawer, "button second"), go);
    const grid = element("div", "who-grid");
    grid.append(...Object.values(fields).map((one) => one.node));
    form.append(grid, problem, end);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      v.once(go, problem, async () => {
        await Liqu.ask("POST", `${v.base}/due-items`, Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.read()])));
        v.closeDrawer();
        v.done(say("due_added"));
        v.load();
      });
    });
    v.openDrawer(say("due_add"), form);
    form.querySelector("select").focus();
  }

  function importing() {
    const acts = element("div", "sheet-acts");
    acts.append(Liqu.sheets.template(say("template"), say("due_template"), say("due_heads")));
    const file = Liqu.sheets.upload({
      label: say("due_file"),
      check: (sheet) => Liqu.upload(`${v.base}/due-items/check`, sheet),
      take: (sheet, name) => Liqu.upload(`${v.base}/due-items/import?name=${encodeURIComponent(name.slice(0, 48))}`, sheet),
      told: (report, go) => {
        const made = element("div", "told");
        made.append(element("strong", "", say("due_would", { count: report.new })), element("p", "", say("due_known", { count: report.known })));
        return report.new ? [made, go] : [made];
      },
      taken: (report) => {
        v.closeDrawer();
        v.done(say("due_imported", { count: report.new }));
        v.load();
      },
    });
    v.openDrawer(say("due_import"), element("p", "help", say("due_import_help")), acts, file.node);
  }

  id("head-acts").append(v.button(say("due_add"), async () => { await choices(); entering(); }, "button"));
  if (v.facts.manages) { id("head-acts").prepend(v.button(say("due_import"), importing, "button second")); }
  v.start(list, v.inTools(say("due_words"), words, "tool-wide"), until.node, item.node, ended.node);
})(window.Liqu);
