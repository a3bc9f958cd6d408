/* What certificates say of the institution, and the rules for handing them out: for managers. */
(function (Liqu) {
  "use strict";
  const { say, element, forms } = Liqu;
  const v = Liqu.visits;

  async function draw() {
    const now = await Liqu.ask("GET", `${v.base}/papers`);
    const fields = {
      name: forms.both(say("papers_name"), now.name, { long: true, help: say("papers_name_help") }),
      address: forms.both(say("papers_address"), now.address, { long: true }),
      postcode: forms.line(say("papers_postcode"), now.postcode, { maxLength: 6, pattern: "[0-9]{0,6}", inputMode: "numeric" }),
      phone: forms.line(say("papers_phone"), now.phone, { maxLength: 32, pattern: "[0-9 ()+\\-]*" }, say("papers_phone_help")),
      prefix: forms.line(say("papers_prefix"), now.prefix, { maxLength: 16, pattern: "[A-Za-z0-9\\/\\-]*" }, say("papers_prefix_help")),
      last_day: forms.choice(say("papers_until"), [["yes", say("papers_last_day")], ["no", say("papers_same_day")]], now.last_day ? "yes" : "no"),
      most_prints: forms.line(say("papers_prints"), now.most_prints, { type: "number", required: true, min: 0, max: 20 }),
    };
    const form = element("form", "card papers");
    form.noValidate = true;
    const problem = v.trouble();
    const go = element("button", "button", say("save"));
    go.type = "submit";
    const end = element("div", "sheet-end");
    end.append(go);
    form.append(...Object.values(fields).map((one) => one.node), problem, end);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      v.once(go, problem, async () => {
        const told = Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, one.read()]));
        told.last_day = told.last_day === "yes";
        await Liqu.ask("PUT", `${v.base}/papers`, told);
        v.done(say("papers_saved"));
      });
    });
    return [form];
  }

  v.start(draw);
})(window.Liqu);
