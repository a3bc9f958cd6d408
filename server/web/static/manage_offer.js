/* The manager's pages about the offer: catalogue, slots, calendar, authorisations, rules, promises. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const { PARTS, base, refuse, done, sure, open, table, button, pill, activePill, named, show, adding, read, group, cells, figure } = Liqu.manage;
  const { hall, part, today } = Liqu.data("part");
  const offer = `${base}/offer`;
  const ID = "[a-z0-9][a-z0-9\\-]{0,31}";
  const SOON = 90;

  /* Sends a change, says that it went well, and draws the page anew. */
  async function send(method, path, body, said) {
    const answer = await Liqu.ask(method, `${offer}/${path}`, body);
    done(say(said || "saved"));
    await PARTS[part]();
    return answer;
  }

  async function tried(act) {
    try { await act(); } catch (refusal) { refuse(id("problem"), refusal); id("problem").scrollIntoView({ block: "center" }); }
  }

  const title = (label) => element("h3", "part-title", label);

  function row(...fields) {
    const made = element("div", "cells");
    fields.forEach((field) => made.append(field));
    return made;
  }

  function input(label, kind, value, limits) {
    const made = forms.control(kind, value, limits);
    return { node: forms.inside(label, made), input: made, read: () => made.value.trim() };
  }

  /* Rows that can be added and taken away; make(value) answers { node, read }. */
  function rows(label, help, was, make, least) {
    const holder = forms.grouped(label, help);
    const list = element("div", "rows");
    let all = [];
    const add = (value) => {
      const one = make(value);
      const line = element("div", "row-line");
      line.append(one.node);
      const gone = button(say("row_remove"), `${say("row_remove")}：${label}`, () => {
        all = all.filter((other) => other !== one);
        line.remove();
        more.focus();
      }, true);
      line.append(gone);
      all.push(one);
      list.append(line);
    };
    const more = button(say("row_add"), `${say("row_add")}：${label}`, () => add(null));
    was.forEach(add);
    if (!was.length && least) { add(null); }
    holder.append(list, more);
    return { node: holder, read: () => all.map((one) => one.read()) };
  }

  function dated(label, help, was, parts, least) {
    return rows(label, help, was, (value) => {
      const since = input(say("since"), "date", value ? value.since : today, { required: true, min: "2000-01-01", max: "2099-12-31" });
      const fields = parts(value);
      return {
        node: row(since.node, ...Object.values(fields).map((field) => field.node)),
        read: () => Object.assign({ since: since.read() }, read(fields)),
      };
    }, least);
  }

  /* Words in both languages, a sentence or lines of them. */
  function long(label, value, { help = "", lines = false, required = false } = {}) {
    const holder = forms.grouped(label, help);
    const most = lines ? 2000 : 200;
    const zh = forms.control("long", value && value.zh, { required, maxLength: most, lang: "zh-CN", rows: lines ? 6 : 3 });
    const en = forms.control("long", value && value.en, { maxLength: most, lang: "en", rows: lines ? 6 : 3 });
    const pair = element("div", "pair");
    pair.append(forms.inside(say("zh"), zh), forms.inside(say("en"), en));
    holder.append(pair);
    return { node: holder, read: () => ({ zh: zh.value.trim(), en: en.value.trim() }) };
  }

  const number = (field) => ({ node: field.node, read: () => Number(field.read()) });
  const short = (day) => (Liqu.lang === "zh" ? say(`weekday_${day}`).slice(-1) : say(`weekday_${day}`).slice(0, 2));
  const daysFrom = (day) => Math.round((Date.parse(day) - Date.parse(today)) / 86400000);
  const holding = (history) => history.filter((one) => one.since <= today).pop();

  // Catalogue

  async function catalogue() {
    const [all, told, services] = await Promise.all([
      Liqu.ask("GET", `${offer}/items`), Liqu.ask("GET", offer), Liqu.ask("GET", `${base}/services`)]);
    const fields = new Map(told.fields.map((one) => [one.id, text(one.name)]));
    adding(say("item_add"), () => editItem(null, told.fields, services));
    const holder = element("div", "fields dense");
    holder.append(sheets(), table(
      [say("item"), say("regulation"), say("promise"), say("fees"), say("authorised"), say("status"), say("actions")],
      all.map((one) => [
        named(one.name, fields.get(one.field) || one.field),
        [element("span", "", (holding(one.regulations) || { value: "—" }).value), element("small", "", one.cycle_months ? say("months", { count: one.cycle_months }) : say("first_only"))],
        one.while_you_wait && one.mode !== "on_site" ? pill(say("wait"), "accent") : say("days_count", { count: (holding(one.promise_days) || { value: 5 }).value }),
        feeOf(one),
        covered(one.authorised_until),
        activePill(one.active),
        [
          button(say("edit"), say("edit_of", { name: text(one.name) }), () => editItem(one, told.fields, services)),
          ...(one.active ? [button(say("deactivate"), say("deactivate_of", { name: text(one.name) }), () => deactivate(one), true)] : []),
        ],
      ])));
    show(holder);
  }

  function feeOf(one) {
    const now = holding(one.fees);
    if (one.kind === "compulsory" || !now) { return say("free"); }
    const yuan = (Number(now.yuan) * now.percent / 100).toFixed(2);
    const cell = [element("span", "", say("per_piece", { yuan }))];
    if (now.percent < 100) { cell.push(element("small", "", `${now.percent}%`)); }
    return cell;
  }

  function covered(until) {
    if (!until) { return pill(say("not_authorised"), "bad"); }
    return pill(say("authorised_until", { day: until }), daysFrom(until) <= SOON ? "warn" : "");
  }

  async function deactivate(one) {
    if (!await sure(say("deactivate_sure", { name: text(one.name) }), say("deactivate_more"), true)) { return; }
    await tried(() => send("DELETE", `items/${one.id}`, undefined, "deactivated"));
  }

  const WHO = ["small_company", "sole_trader", "resident", "company", "government"];

  /* A short text of a list, in both languages. */
  function worded(value) {
    const zh = input(say("zh"), "text", value && value.zh, { required: true, maxLength: 64, pattern: "[^;；\\|]+" });
    const en = input(say("en"), "text", value && value.en, { maxLength: 96, pattern: "[^;；\\|]*" });
    const pair = element("div", "pair");
    pair.append(zh.node, en.node);
    return { node: pair, read: () => ({ zh: zh.read(), en: en.read() }) };
  }

  const KINDS = ["number", "choice", "text"];
  const DECIMAL = "-?\\d{1,7}(\\.\\d{1,6})?";

  /* A line of the form of results: what is asked follows from its kind. */
  function reading(value) {
    const was = value || { id: `r${Date.now().toString(36)}`, name: {}, kind: "number", unit: "", digits: 2, low: null, high: null, choices: [], needed: true };
    const name = worded(was.name);
    const kind = forms.choice(say("reading_kind"), KINDS.map((one) => [one, say(`reading_${one}`)]), was.kind);
    const unit = input(say("reading_unit"), "text", was.unit, { maxLength: 32, pattern: "[^;；\\|]*" });
    const low = input(say("reading_low"), "text", was.low, { pattern: DECIMAL, inputMode: "decimal" });
    const high = input(say("reading_high"), "text", was.high, { pattern: DECIMAL, inputMode: "decimal" });
    const digits = number(input(say("reading_digits"), "number", was.digits, { required: true, min: 0, max: 6 }));
    const choices = rows(say("reading_choices"), say("reading_choices_help"), was.choices, worded);
    const needed = forms.check(say("reading_needed"), was.needed);
    const numbers = row(unit.node, low.node, high.node, digits.node);
    const leaf = element("div", "leaf");
    leaf.append(name.node, row(kind.cell()), numbers, choices.node, needed.node);
    const fit = () => {
      numbers.hidden = kind.read() !== "number";
      choices.node.hidden = kind.read() !== "choice";
    };
    leaf.querySelector("select").addEventListener("change", fit);
    fit();
    return {
      node: leaf,
      read: () => {
        const counts = kind.read() === "number";
        return {
          id: was.id, name: name.read(), kind: kind.read(), needed: needed.read(), digits: digits.read(),
          unit: counts ? unit.read() : "", low: (counts && low.read()) || null, high: (counts && high.read()) || null,
          choices: kind.read() === "choice" ? choices.read() : [],
        };
      },
    };
  }

  /* The room's limits; all four empty: the regulation asks for none. */
  function air(was) {
    const holder = forms.grouped(say("air"), say("air_help"));
    const figures = [["celsius", 0], ["celsius", 1], ["humidity", 0], ["humidity", 1]].map(([what, end]) => input(
      say(`air_${what}_${end ? "high" : "low"}`), "number", was ? was[what][end] : "",
      what === "celsius" ? { min: -60, max: 90, step: "any" } : { min: 0, max: 100, step: "any" }));
    holder.append(row(...figures.map((one) => one.node)));
    return {
      node: holder,
      read: () => {
        const told = figures.map((one) => one.read());
        if (told.every((one) => one === "")) { return null; }
        const [a, b, c, d] = told.map(Number);
        return { celsius: [a, b], humidity: [c, d] };
      },
    };
  }

  function editItem(one, taxonomy, services) {
    const was = one || { regulations: [], caps: { order: 10, slot: 10, day: 100 }, unit_minutes: 10, setup_minutes: 5, review_minutes: 5,
      rest_minutes: 0, cycle_months: 12, kind: "compulsory", mode: "hall", while_you_wait: true, for_whom: WHO, accessories: [], fees: [],
      promise_days: [], looks: [], readings: [], climate: null, standards: 1, active: true, service: "submit", field: taxonomy.length ? taxonomy[0].id : "" };
    const minutes = (name, least) => number(input(say(name), "number", was[name], { required: true, min: least, max: name === "rest_minutes" ? 10080 : 2880, step: name === "rest_minutes" ? 1 : "any" }));
    const cap = (name) => number(input(say(`caps_${name}`), "number", was.caps[name], { required: true, min: 1, max: 9999 }));
    const cycle = forms.line(say("cycle"), was.cycle_months, { type: "number", min: 1, max: 240 }, say("cycle_help"));
    const fields = {
      id: forms.line(say("item_id"), was.id, { required: true, pattern: "[a-z0-9][a-z0-9\\-]{0,63}", readOnly: Boolean(one) }, say("item_id_help")),
      name: forms.both(say("name"), was.name, { required: true }),
      field: forms.choice(say("field"), taxonomy.map((each) => [each.id, text(each.name)]), was.field),
      section: forms.line(say("section"), was.section, { required: true, maxLength: 64 }, say("section_help")),
      regulations: dated(say("regulation"), say("regulations_help"), was.regulations,
        (value) => ({ value: input(say("edition"), "text", value && value.value, { required: true, maxLength: 64, pattern: "[^;；\\|]+" }) }), true),
      cycle_months: { node: cycle.node, read: () => cycle.read() || null },
      kind: forms.choice(say("kind_of"), [["compulsory", say("compulsory")], ["calibration", say("calibration")]], was.kind),
      mode: forms.choice(say("mode"), ["hall", "vehicle_lane", "on_site"].map((mode) => [mode, say(`mode_${mode}`)]), was.mode),
      while_you_wait: forms.check(say("while_you_wait"), was.while_you_wait),
      service: forms.choice(say("item_service"), services.map((service) => [service.id, text(service.name)]), was.service),
      fragile: forms.check(say("fragile"), was.fragile),
      for_whom: forms.several(say("for_whom"), WHO.map((type) => [type, say(`who_${type}`)]), was.for_whom),
    };
    const work = { unit_minutes: minutes("unit_minutes", 0.1), setup_minutes: minutes("setup_minutes", 0), review_minutes: minutes("review_minutes", 0), rest_minutes: minutes("rest_minutes", 0) };
    const caps = { order: cap("order"), slot: cap("slot"), day: cap("day") };
    const boxes = [[say("work"), work], [say("caps"), caps]].map(([label, inside]) => {
      const holder = forms.grouped(label);
      holder.append(cells(inside));
      return { node: holder };
    });
    const rest = {
      promise_days: dated(say("promise"), say("promise_help"), was.promise_days,
        (value) => ({ value: number(input(say("days"), "number", value ? value.value : 5, { required: true, min: 1, max: 250 })) })),
      fees: dated(say("fees"), say("fees_help"), was.fees, (value) => {
        const reason = (value && value.reason) || {};
        const zh = input(say("reason_zh"), "text", reason.zh, { maxLength: 96, pattern: "[^;；\\|]*" });
        const en = input(say("reason_en"), "text", reason.en, { maxLength: 96, pattern: "[^;；\\|]*" });
        const both = element("div", "wide-cells");
        both.append(zh.node, en.node);
        return {
          yuan: input(say("yuan"), "text", value ? value.yuan : "0", { required: true, pattern: "\\d{1,7}(\\.\\d{1,2})?", inputMode: "decimal" }),
          percent: number(input(say("percent"), "number", value ? value.percent : 100, { required: true, min: 0, max: 100 })),
          reason: { node: both, read: () => ({ zh: zh.read(), en: en.read() }) },
        };
      }),
      accessories: rows(say("accessories"), "", was.accessories, worded),
      looks: rows(say("looks"), say("looks_help"), was.looks, worded),
      readings: rows(say("readings"), say("readings_help"), was.readings, reading),
      standards: number(forms.line(say("standards_least"), was.standards, { type: "number", required: true, min: 0, max: 9 })),
      climate: air(was.climate),
      contact: forms.line(say("contact"), was.contact, { type: "tel", pattern: "[0-9 \\(\\)+\\-]{0,32}", maxLength: 32 }, say("contact_help")),
      active: forms.check(say("active"), was.active),
    };
    const told = was.notice ? `${say("item_notice_help")} ${say("version_is", { version: was.notice.version })}` : say("item_notice_help");
    const notice = long(say("item_notice"), was.notice && was.notice.text, { help: told });
    const asked = () => {
      const words = notice.read();
      return Object.assign(read(fields), read(work), { caps: read(caps) }, read(rest), { notice: words.zh ? words : null });
    };
    open(say(one ? "item_edit" : "item_add"),
      [...Object.values(fields), ...boxes, notice, ...Object.values(rest)],
      () => (one ? send("PUT", `items/${one.id}`, asked()) : send("POST", "items", asked(), "added")), true);
  }

  // Sheets

  function sheets() {
    const file = element("input");
    file.type = "file";
    file.accept = ".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    file.hidden = true;
    file.id = "sheet-file";
    const links = element("div", "sheet-acts");
    [["export_xlsx", "xlsx"], ["export_csv", "csv"]].forEach(([label, ending]) => {
      const link = element("a", "button second", say(label));
      link.href = `/api/v1${offer}/sheet.${ending}`;
      link.setAttribute("download", "");
      links.append(link);
    });
    const choose = element("button", "button second", say("import"));
    choose.type = "button";
    choose.addEventListener("click", () => file.click());
    links.append(choose, file);
    const told = element("div", "sheet-told");
    told.id = "sheet-told";
    told.setAttribute("aria-live", "polite");
    file.addEventListener("change", () => {
      const chosen = file.files[0];
      file.value = "";
      if (chosen) { tried(() => look(chosen, told)); }
    });
    return group(say("sheet_title"), say("sheet_help"), links, told);
  }

  const upload = (file, query) => Liqu.upload(`${offer}/sheet${query}`, file);

  async function look(file, told) {
    told.replaceChildren(element("p", "help", say("checking")));
    let report;
    try {
      report = await upload(file, "?look=true");
    } catch (refusal) {
      told.replaceChildren();
      throw refusal;
    }
    done("");
    if (report.faults.length) { told.replaceChildren(...faults(report)); return; }
    if (!report.new.length && !report.changed.length) {
      told.replaceChildren(element("p", "", say("preview_nothing")));
      return;
    }
    const list = element("ul", "preview");
    [["new", report.new], ["changed", report.changed]].forEach(([name, ids]) => {
      if (!ids.length) { return; }
      const line = element("li", "", say(`preview_${name}`, { count: ids.length }));
      line.append(element("small", "", ids.slice(0, 12).join("、") + (ids.length > 12 ? "…" : "")));
      list.append(line);
    });
    list.append(element("li", "", say("preview_unchanged", { count: report.unchanged })));
    if (report.kept) { list.append(element("li", "", say("preview_kept", { count: report.kept }))); }
    const go = element("button", "button", say("import_now"));
    go.type = "button";
    go.addEventListener("click", () => tried(async () => {
      const done_ = await upload(file, "");
      done(say("imported", { new: done_.new.length, changed: done_.changed.length }));
      await catalogue();
    }));
    told.replaceChildren(element("h3", "part-title", say("preview")), list, go);
    go.focus();
  }

  function faults(report) {
    const count = report.faults.length + report.more_faults;
    const box = element("div", "problem");
    const words = element("div");
    words.append(element("strong", "", say("faults", { count })), element("p", "", say("faults_help")));
    box.append(words);
    const list = table([say("fault_row"), say("fault_column"), say("fault_wrong"), say("fault_write")], report.faults.map((fault) => [
      fault.row ? String(fault.row) : say("fault_file"), fault.column || "—", text(fault.wrong), text(fault.write)]));
    list.classList.add("faults");
    const more = report.more_faults ? [element("p", "help", say("fault_more", { count: report.more_faults }))] : [];
    return [box, list, ...more];
  }

  // Slots

  async function slots() {
    const [all, services] = await Promise.all([Liqu.ask("GET", `${offer}/slots`), Liqu.ask("GET", `${base}/services`)]);
    const names = new Map(services.map((one) => [one.id, text(one.name)]));
    adding(say("slot_add"), () => editSlot(null, services));
    const holder = element("div", "fields");
    [...new Set(all.map((one) => one.service))].forEach((service) => {
      const own = all.filter((one) => one.service === service).sort((a, b) => (a.opens < b.opens ? -1 : 1));
      const made = element("section");
      made.append(element("h2", "part-title", names.get(service) || service), table(
        [say("slot_time"), say("slot_days"), say("slot_capacity"), say("status"), say("actions")], own.map((one) => [
          `${one.opens}–${one.closes}`,
          one.weekdays ? one.weekdays.map((day) => say(`weekday_${day}`)).join("、") : say("slot_working"),
          say("capacity", one), activePill(one.active),
          button(say("edit"), say("edit_of", { name: `${one.opens}–${one.closes}` }), () => editSlot(one, services)),
        ])));
      holder.append(made);
    });
    holder.prepend(await week(names));
    show(all.length ? holder : table([], []));
  }

  // A week of slots: how full each one is

  let monday = null;

  function moved(day, by) {
    const at = new Date(`${day}T00:00:00Z`);
    at.setUTCDate(at.getUTCDate() + by);
    return at.toISOString().slice(0, 10);
  }

  async function week(names) {
    if (!monday) { monday = moved(today, -((new Date(`${today}T00:00:00Z`).getUTCDay() + 6) % 7)); }
    const told = await Liqu.ask("GET", `${offer}/week?first=${monday}`);
    const turn = (by, label) => button(label, label, () => { monday = moved(monday, by); tried(slots); });
    const turns = element("div", "week-turns");
    turns.append(turn(-7, say("week_before")), turn(7, say("week_after")));
    const parts_ = [...names].map(([service, name]) => {
      const times = [...new Set(told.days.flatMap((day) => day.slots.filter((slot) => slot.service === service).map((slot) => `${slot.opens}–${slot.closes}`)))].sort();
      if (!times.length) { return null; }
      const heads = [name, ...told.days.map((day, index) => `${say("month_day", { month: Number(day.day.slice(5, 7)), day: Number(day.day.slice(8)) })} ${short(index)}`)];
      const made = table(heads, times.map((time) => [time, ...told.days.map((day) => {
        const slot = day.slots.find((one) => one.service === service && `${one.opens}–${one.closes}` === time);
        return slot ? fullness(day.day, time, slot) : element("span", "week-none", "—");
      })]));
      made.classList.add("week");
      return made;
    }).filter(Boolean);
    return group(say("week_title"), say("week_help"), turns, ...parts_);
  }

  function fullness(day, time, slot) {
    const share = Math.max(slot.booked_pieces / slot.pieces, slot.booked_minutes / slot.minutes);
    const cell = pill(`${slot.booked_pieces}/${slot.pieces}`, share >= 1 ? "bad" : share >= 0.7 ? "warn" : share > 0 ? "accent" : "");
    cell.title = say("week_cell", { day, slot: time, booked: slot.booked_pieces, pieces: slot.pieces, used: slot.booked_minutes, minutes: slot.minutes });
    return cell;
  }

  function editSlot(one, services) {
    const was = one || { opens: "08:30", closes: "09:00", minutes: 60, pieces: 10, weekdays: null, active: true, service: services[0].id };
    const working = forms.check(say("slot_working"), !was.weekdays);
    const days = forms.several(say("slot_days"), [0, 1, 2, 3, 4, 5, 6].map((day) => [day, say(`weekday_${day}`)]), was.weekdays || []);
    const turn = () => { days.node.hidden = working.read(); };
    working.input.addEventListener("change", turn);
    turn();
    const opens = input(say("slot_opens"), "time", was.opens, { required: true });
    const closes = input(say("slot_closes"), "time", was.closes, { required: true });
    const check = () => closes.input.setCustomValidity(opens.read() < closes.read() ? "" : say("slot_order"));
    [opens, closes].forEach((each) => each.input.addEventListener("input", check));
    const fields = {
      id: forms.line(say("slot_id"), was.id, { required: true, pattern: ID, readOnly: Boolean(one) }, say("item_id_help")),
      service: forms.choice(say("slot_service"), services.map((service) => [service.id, text(service.name)]), was.service),
      minutes: forms.line(say("slot_minutes"), was.minutes, { required: true, type: "number", min: 1, max: 100000, step: "any" }, say("slot_minutes_help")),
      pieces: forms.line(say("slot_pieces"), was.pieces, { required: true, type: "number", min: 1, max: 9999 }),
      active: forms.check(say("active"), was.active),
    };
    const asked = () => Object.assign(read(fields), { opens: opens.read(), closes: closes.read(), weekdays: working.read() ? null : days.read() });
    open(say(one ? "slot_edit" : "slot_add"),
      [fields.id, fields.service, { node: row(opens.node, closes.node) }, working, days, fields.minutes, fields.pieces, fields.active],
      () => (one ? send("PUT", `slots/${one.id}`, asked()) : send("POST", "slots", asked(), "added")));
  }

  // Calendar

  let year = Number(today.slice(0, 4));
  const two = (value) => String(value).padStart(2, "0");

  async function calendar() {
    const told = await Liqu.ask("GET", `${offer}/calendar`);
    const announced = told.announced.includes(year);
    const works = (day, weekday) => (day in told.days ? told.days[day] : weekday < 5);
    const holder = element("div", "fields");
    const head = element("div", "card year-head");
    const turn = (by, label) => button(label, label, () => { year += by; tried(calendar); });
    const state = pill(say(announced ? "announced" : "provisional"), announced ? "good" : "warn");
    const mark = button(say(announced ? "unannounce" : "announce"), say(announced ? "unannounce" : "announce"),
      () => tried(() => send("PUT", `calendar/years/${year}`, { announced: !announced })));
    const before = turn(-1, say("year_before")); const after = turn(1, say("year_after"));
    before.disabled = year <= 2000; after.disabled = year >= 2099;
    head.append(before, element("h2", "", say("year_of", { year })), after, state, mark);
    const legend = element("ul", "legend");
    ["works", "off", "holiday", "make_up"].forEach((name) => {
      const line = element("li");
      const box = element("span", "day");
      box.dataset.state = name;
      line.append(box, element("span", "", say(`day_${name}`)));
      legend.append(line);
    });
    const months = element("div", "months");
    for (let month = 1; month <= 12; month += 1) {
      const card = element("section", "card month");
      const first = new Date(Date.UTC(year, month - 1, 1));
      const grid = element("div", "month-days");
      [0, 1, 2, 3, 4, 5, 6].forEach((day) => grid.append(element("span", "weekday", short(day))));
      for (let blank = 0; blank < (first.getUTCDay() + 6) % 7; blank += 1) { grid.append(element("span")); }
      let count = 0;
      for (let at = new Date(first); at.getUTCMonth() === month - 1; at.setUTCDate(at.getUTCDate() + 1)) {
        const day = `${year}-${two(month)}-${two(at.getUTCDate())}`;
        const weekday = (at.getUTCDay() + 6) % 7;
        const on = works(day, weekday);
        count += on ? 1 : 0;
        const kind = on ? (weekday < 5 ? "works" : "make_up") : (weekday < 5 || day in told.days ? "holiday" : "off");
        const made = element("button", "day", String(at.getUTCDate()));
        made.type = "button";
        made.dataset.state = kind;
        if (day === today) { made.setAttribute("aria-current", "date"); }
        made.setAttribute("aria-label", say("day_name", { month, day: at.getUTCDate(), weekday: say(`weekday_${weekday}`), state: say(`day_${kind}`) }));
        made.addEventListener("click", () => changeDay(day, !on));
        grid.append(made);
      }
      const top = element("div", "month-head");
      top.append(element("h3", "", say("month_of", { month })), element("small", "", say("working_days", { count })));
      card.append(top, grid);
      months.append(card);
    }
    holder.append(head, element("p", "help", say("calendar_help")), legend, months);
    show(holder);
  }

  async function changeDay(day, works) {
    if (!await sure(say(works ? "day_sure_works" : "day_sure_off", { day }), say("day_sure_more"))) { return; }
    await tried(() => send("PUT", `calendar/days/${day}`, { works }));
  }

  // Authorisations

  function stateOf(one) {
    if (one.since > today) { return pill(say("authorisation_ahead", { day: one.since }), ""); }
    const left = daysFrom(one.until);
    if (left < 0) { return pill(say("authorisation_over"), "bad"); }
    return left <= SOON ? pill(say("authorisation_soon", { days: left }), "warn") : pill(say("authorisation_good"), "good");
  }

  async function authorisations() {
    const [told, items] = await Promise.all([Liqu.ask("GET", offer), Liqu.ask("GET", `${offer}/items`)]);
    const all = told.authorisations;
    const names = new Map(items.map((one) => [one.id, text(one.name)]));
    adding(say("authorisation_add"), () => editAuthorisation(null, all, items));
    const holder = element("div", "fields");
    const bare = items.filter((one) => one.active && !one.authorised_until).map((one) => text(one.name));
    if (bare.length) {
      const box = element("div", "problem");
      box.append(element("p", "", say("uncovered", { items: bare.join(Liqu.lang === "zh" ? "、" : ", ") })));
      holder.append(box);
    }
    holder.append(table([say("authorisation_number"), say("valid"), say("scope"), say("status"), say("actions")], all.map((one) => [
      element("span", "", one.number),
      say("valid_range", one),
      [element("span", "", say("scope_count", { count: one.items.length })), element("small", "", one.items.slice(0, 4).map((item) => names.get(item) || item).join("、") + (one.items.length > 4 ? "…" : ""))],
      stateOf(one),
      [
        button(say("edit"), say("edit_of", { name: one.number }), () => editAuthorisation(one, all, items)),
        button(say("erase"), say("erase_of", { name: one.number }), () => removeAuthorisation(one, all), true),
      ],
    ])));
    show(holder);
  }

  async function removeAuthorisation(one, all) {
    if (!await sure(say("authorisation_remove_sure", { name: one.number }), say("authorisation_remove_more"), true)) { return; }
    await tried(() => send("PUT", "authorisations", all.filter((other) => other !== one), "erased"));
  }

  function editAuthorisation(one, all, items) {
    const was = one || { number: "", items: items.map((item) => item.id), since: today, until: `${Number(today.slice(0, 4)) + 4}-12-31` };
    const since = input(say("valid_since"), "date", was.since, { required: true, min: "2000-01-01", max: "2099-12-31" });
    const until = input(say("valid_until"), "date", was.until, { required: true, min: "2000-01-01", max: "2099-12-31" });
    const check = () => until.input.setCustomValidity(since.read() <= until.read() ? "" : say("date_order"));
    [since, until].forEach((each) => each.input.addEventListener("input", check));
    const fields = {
      number: forms.line(say("authorisation_number"), was.number, { required: true, maxLength: 64 }),
      items: forms.several(say("scope"), items.map((item) => [item.id, text(item.name)]), was.items),
    };
    open(say(one ? "authorisation_edit" : "authorisation_add"), [fields.number, { node: row(since.node, until.node) }, fields.items], () => {
      const body = Object.assign(read(fields), { since: since.read(), until: until.read() });
      return send("PUT", "authorisations", one ? all.map((other) => (other === one ? body : other)) : [...all, body], one ? "saved" : "added");
    });
  }

  // Promises

  const pageOf = ({ id: name, title: named_, body }) => ({ id: name, title: named_, body });

  async function promises() {
    const { promises: all } = await Liqu.ask("GET", offer);
    adding(say("promise_add"), () => editPromise(null, all));
    const holder = element("div", "fields");
    const about = element("a", "button second", say("see_about"));
    about.href = `/about/${hall}`;
    const links = element("p");
    links.append(about);
    holder.append(element("p", "help", say("promises_help")), links, table([say("page_of"), say("page_body"), say("version"), say("actions")], all.map((one) => [
      named(one.title),
      element("span", "lines", text(one.body)),
      say("version_n", one),
      [
        button(say("edit"), say("edit_of", { name: text(one.title) }), () => editPromise(one, all)),
        button(say("erase"), say("erase_of", { name: text(one.title) }), () => removePromise(one, all), true),
      ],
    ])));
    show(holder);
  }

  async function removePromise(one, all) {
    if (!await sure(say("promise_remove_sure", { name: text(one.title) }), "", true)) { return; }
    await tried(() => send("PUT", "promises", all.filter((other) => other !== one).map(pageOf), "erased"));
  }

  function editPromise(one, all) {
    const was = one || {};
    const fields = {
      id: forms.line(say("item_id"), was.id, { required: true, pattern: ID, readOnly: Boolean(one) }, say("item_id_help")),
      title: forms.both(say("page_title"), was.title, { required: true }),
      body: long(say("page_body"), was.body, { help: say("lines_help"), lines: true, required: true }),
    };
    open(say(one ? "promise_edit" : "promise_add"), Object.values(fields), () => {
      const body = read(fields);
      const pages = all.map((other) => (other === one ? body : pageOf(other)));
      return send("PUT", "promises", one ? pages : [...pages, body], one ? "saved" : "added");
    }, true);
  }

  // Rules, fields, terms

  const LAB = { climate_minutes: [5, 1440], reply_days: [1, 60], due_days: [1, 366] };
  const RULES = { horizon_days: [1, 366], cut_off_minutes: [0, 10080], callable_before: [0, 240], early_minutes: [0, 1440], most_lines: [1, 20], most_open: [1, 100], amber_days: [0, 30] };

  /* A form of its own that saves one part of the settings. */
  function saved(name, help, nodes, path, asked) {
    const form = element("form");
    form.noValidate = true;
    const save = element("button", "button", say("save"));
    save.type = "submit";
    const box = group(name, help, ...nodes);
    const end = element("div", "sheet-end");
    end.append(save);
    box.append(end);
    form.append(box);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      tried(async () => {
        await send("PUT", path, asked());
        id("said").scrollIntoView({ block: "center" });
      });
    });
    return form;
  }

  async function booking() {
    const [told, services] = await Promise.all([Liqu.ask("GET", offer), Liqu.ask("GET", `${base}/services`)]);
    const rules = {};
    Object.keys(RULES).forEach((name) => { rules[name] = figure(say(name), told.rules[name], RULES[name]); });
    const lab = {};
    Object.keys(LAB).forEach((name) => { lab[name] = figure(say(`lab_${name}`), told.lab[name], LAB[name]); });
    const wait = forms.choice(say("wait_service"), services.map((one) => [one.id, text(one.name)]), told.rules.while_you_wait);
    const collect = forms.choice(say("collect_service"), services.map((one) => [one.id, text(one.name)]), told.rules.collect);
    const fields = rows(say("fields_title"), "", told.fields, (value) => {
      const name = input(say("field_id"), "text", value && value.id, { required: true, pattern: ID, readOnly: Boolean(value) });
      const zh = input(say("zh"), "text", value && value.name.zh, { required: true, maxLength: 32 });
      const en = input(say("en"), "text", value && value.name.en, { maxLength: 64 });
      return { node: row(zh.node, en.node, name.node), read: () => ({ id: name.read(), name: { zh: zh.read(), en: en.read() } }) };
    });
    const terms = rows(say("terms_title"), "", told.terms, (value) => {
      const word = forms.both(say("term_word"), value && value.word, { required: true });
      const note = long(say("term_note"), value && value.note, { required: true });
      const leaf = element("div", "leaf");
      leaf.append(word.node, note.node);
      return { node: leaf, read: () => ({ word: word.read(), note: note.read() }) };
    });
    const holder = element("div");
    holder.append(
      saved(say("booking_rules"), "", [cells(rules), wait.node, collect.node], "rules", () => Object.assign(read(rules), { while_you_wait: wait.read(), collect: collect.read() })),
      saved(say("fields_title"), say("fields_help"), [fields.node], "fields", fields.read),
      saved(say("terms_title"), say("terms_help"), [terms.node], "terms", terms.read),
      saved(say("lab_rules"), say("lab_rules_help"), [cells(lab)], "lab", () => read(lab)),
    );
    show(holder);
  }

  Object.assign(PARTS, { catalogue, slots, calendar, authorisations, promises, booking });
})(window.Liqu);
