/* Standards and devices: a scan shows the state now; checks, states, correction factors. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const lab = Liqu.lab;
  const at = `${lab.base}/equipment`;
  const TONES = { green: "good", yellow: "warn", red: "bad" };
  const today = () => v.facts.today;
  let sections = [];

  const label = (one) => {
    const made = v.pill(text(one.label), TONES[one.colour]);
    made.classList.add("lab-label");
    return made;
  };

  async function list() {
    const all = await Liqu.ask("GET", at);
    sections = [...new Set(all.map((one) => one.section))];
    return [v.table([say("equipment_number"), say("equipment_name"), say("status"), say("until"), say("check_due"), say("section")], all.map((one) => ({
      key: one.code,
      open: () => show(one),
      cells: [
        v.button(one.number, () => show(one), "open"),
        v.two(text(one.name), [one.model, one.uncertainty].filter(Boolean).join(" · ")),
        label(one),
        one.until ? [element("span", one.expired ? "wrong digits" : "digits", one.until)] : "—",
        one.check_due ? [element("span", one.check_late ? "wrong digits" : "digits", one.check_due)] : "—",
        one.section,
      ],
    })), { title: say("equipment_none"), detail: say("equipment_none_more") }, document.title)];
  }

  function show(one) {
    const head = element("div", "case-head");
    head.append(element("strong", "case-number", one.number), label(one));
    const facts = v.definitions([
      [say("equipment_name"), text(one.name)],
      [say("section"), one.section],
      [say("model"), one.model],
      [say("maker_number"), one.maker_number],
      [say("uncertainty"), one.uncertainty],
      [say("span"), one.span],
      [say("certificate"), one.certificate],
      [say("until"), one.until ? element("span", one.expired ? "wrong" : "", one.until) : ""],
      [say("limited_to"), one.limited_to],
      [say("reason"), one.reason],
      [say("check_due"), one.check_due ? element("span", one.check_late ? "wrong" : "", one.check_late ? `${one.check_due} · ${say("check_late")}` : one.check_due) : ""],
      [say("label_code"), one.code],
    ]);
    const acts = element("div", "case-acts");
    acts.append(v.button(say("check_add"), () => check(one), "button"));
    ["in_use", "limited", "out_of_service"].filter((state) => state !== one.state).forEach((state) => {
      acts.append(v.button(say(`to_${state}`), () => put(one, state), state === "out_of_service" ? "button danger" : "button second"));
    });
    acts.append(lab.link(say("label_print"), `/certificates/${v.facts.hall}/labels/${one.code}.pdf`, "button second"));
    if (v.facts.manages) { acts.append(v.button(say("equipment_edit"), () => edit(one), "button second")); }
    const checks = element("section", "case-part");
    checks.append(element("h3", "", say("checks")), one.checks.length ? v.definitions(one.checks.map((each) => [each.on, [v.pill(each.good ? say("result_good") : say("result_bad"), each.good ? "good" : "bad"), element("span", "", ` ${each.by}${each.remark ? ` · ${each.remark}` : ""}`)]])) : element("p", "help", say("none_yet")));
    const factors = element("section", "case-part");
    factors.append(element("h3", "", say("factors")));
    if (one.factors.length) {
      factors.append(v.definitions(one.factors.map((each) => [say("version_n", each), [element("div", "", say("factors_since", { day: each.since })), ...each.values.map((line) => element("div", "digits", `${line.where} = ${line.value}`))]])));
    } else { factors.append(element("p", "help", say("none_yet"))); }
    if (v.facts.manages) { factors.append(v.button(say("factors_add"), () => correct(one), "small")); }
    v.openDrawer(text(one.name), head, facts, acts, checks, factors);
  }

  async function done(told, now) {
    v.done(say(told));
    await v.load();
    return now;
  }

  function check(one) {
    const on = forms.line(say("check_on"), today(), { type: "date", required: true, max: today() });
    const good = forms.choice(say("status"), [["yes", say("check_good")], ["no", say("check_bad")]], "yes");
    const remark = forms.line(say("remark"), "", { maxLength: 200 });
    lab.dialog(say("check_add"), [on.node, good.node, remark.node], say("save_now"), async () => {
      await Liqu.ask("POST", `${at}/${one.code}/checks`, { on: on.read(), good: good.read() === "yes", remark: remark.read() });
      await done("check_saved");
    });
  }

  function put(one, state) {
    const reason = forms.line(say("reason"), "", { required: true, maxLength: 200 });
    const limited = forms.line(say("limited_to"), one.limited_to, { required: true, maxLength: 200 });
    const fields = state === "limited" ? [limited.node, reason.node] : [reason.node];
    lab.dialog(say(`to_${state}`), fields, say(`to_${state}`), async () => {
      await Liqu.ask("POST", `${at}/${one.code}/state`, { state, reason: reason.read(), limited_to: state === "limited" ? limited.read() : "" });
      await done("state_changed");
    }, state === "out_of_service" ? "danger" : "");
  }

  function correct(one) {
    const since = forms.line(say("since"), today(), { type: "date", required: true });
    const was = one.factors.length ? one.factors[0].values.map((line) => `${line.where} = ${line.value}`).join("\n") : "";
    const area = forms.control("long", was, { required: true, rows: 6 });
    const field = element("div", "field");
    const name = element("label", "", say("factors"));
    name.htmlFor = area.id;
    field.append(name, area, element("p", "help", say("factors_help")));
    lab.dialog(say("factors_add"), [since.node, field], say("save_now"), async () => {
      const values = area.value.split("\n").map((line) => line.split("=")).filter((parts) => parts.length > 1)
        .map((parts) => ({ where: parts[0].trim(), value: parts.slice(1).join("=").trim() }));
      await Liqu.ask("POST", `${at}/${one.code}/factors`, { since: since.read(), values });
      await done("factors_saved");
    });
  }

  function edit(one) {
    const was = one || { name: {}, standard: true, section: sections[0] || "" };
    const fields = {
      number: forms.line(say("equipment_number"), was.number, { required: true, maxLength: 64 }),
      name: forms.both(say("equipment_name"), was.name, { required: true }),
      section: forms.line(say("section"), was.section, { required: true, maxLength: 64 }),
      standard: forms.check(say("is_standard"), was.standard),
      model: forms.line(say("model"), was.model, { maxLength: 64 }),
      maker_number: forms.line(say("maker_number"), was.maker_number, { maxLength: 64 }),
      uncertainty: forms.line(say("uncertainty"), was.uncertainty, { maxLength: 64 }),
      span: forms.line(say("span"), was.span, { maxLength: 64 }),
      certificate: forms.line(say("certificate"), was.certificate, { maxLength: 64 }),
      until: forms.line(say("until"), was.until, { type: "date" }),
      check_days: forms.line(say("check_days"), was.check_days, { type: "number", min: 1, max: 3660 }, say("check_days_help")),
    };
    lab.dialog(say(one ? "equipment_edit" : "equipment_add"), Object.values(fields).map((field) => field.node), say("save_now"), async () => {
      const body = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.read()]));
      body.until = body.until || null;
      body.check_days = body.check_days || null;
      await (one ? Liqu.ask("PUT", `${at}/${one.code}`, body) : Liqu.ask("POST", at, body));
      await done("book_saved");
    });
  }

  const look = async (told) => show(await Liqu.ask("GET", `${at}/${encodeURIComponent(lab.isEquipment(told) ? lab.clean(told) : told)}`));
  const scan = v.scanner(say("equipment_scan"), say("scan_any_hint"), look);
  id("tools").append(scan.node);
  if (v.facts.manages) { id("head-acts").append(v.button(say("equipment_add"), () => edit(null), "button")); }
  v.start(list);
  lab.catches(scan.input);
  const named = () => decodeURIComponent(location.hash.slice(1));
  const fromHash = () => { if (named()) { look(named()).catch((refusal) => v.refuse(id("problem"), refusal)); } };
  window.addEventListener("hashchange", fromHash);
  fromHash();
})(window.Liqu);
