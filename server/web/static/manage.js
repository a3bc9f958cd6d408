/* The manager's pages: lists and sheets over the JSON API. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const { hall, part, admin } = Liqu.data("part");
  const base = `/halls/${hall}`;
  const panel = id("panel");
  const sheet = id("sheet");

  // Saying what became of it

  function refuse(box, refusal) {
    if (!(refusal instanceof Liqu.Refused)) { throw refusal; }
    box.hidden = false;
    box.querySelector("strong").textContent = refusal.title;
    box.querySelector("p").textContent = refusal.detail;
  }

  function done(sentence) {
    id("problem").hidden = true;
    id("said").textContent = sentence;
  }

  /* A question with yes and no; resolves to whether it was yes. */
  function sure(question, more, danger) {
    id("ask-title").textContent = question;
    id("ask-more").textContent = more || "";
    id("ask-yes").classList.toggle("danger", Boolean(danger));
    const dialog = id("ask");
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((answer) => {
      dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
    });
  }

  function tellSecret(title, secret) {
    id("secret-title").textContent = title;
    id("secret-text").textContent = secret;
    id("secret-copy").querySelector("span").textContent = say("copy");
    id("secret").showModal();
  }

  id("secret-copy").addEventListener("click", () => {
    const range = document.createRange();
    range.selectNodeContents(id("secret-text"));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    if (document.execCommand("copy")) { id("secret-copy").querySelector("span").textContent = say("copied"); }
  });
  id("secret").addEventListener("close", () => { id("secret-text").textContent = ""; });

  /* A form in a dialog; save(values) may throw a refusal, which is said in it. */
  let saving = null;
  function open(title, fields, save, wide) {
    sheet.classList.toggle("wide", Boolean(wide));
    id("sheet-title").textContent = title;
    id("sheet-fields").replaceChildren(...fields.map((field) => field.node));
    id("sheet-problem").hidden = true;
    saving = save;
    sheet.showModal();
  }
  id("sheet-cancel").addEventListener("click", () => sheet.close());
  id("sheet-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!forms.sound(id("sheet-form"))) { return; }
    const button = id("sheet-save");
    if (button.getAttribute("aria-disabled") === "true") { return; }
    button.setAttribute("aria-disabled", "true");
    try {
      await saving();
      sheet.close();
    } catch (refusal) {
      refuse(id("sheet-problem"), refusal);
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });

  // Lists

  function table(heads, rows) {
    if (!rows.length) { return element("p", "card empty", say("none")); }
    const holder = element("div", "card list");
    const made = element("table");
    const head = element("tr");
    heads.forEach((name) => {
      const cell = element("th", name === say("actions") ? "acts" : "", name);
      cell.scope = "col";
      head.append(cell);
    });
    const top = element("thead");
    top.append(head);
    const body = element("tbody");
    rows.forEach((cells) => {
      const row = element("tr");
      cells.forEach((cell, index) => {
        const one = element(index === 0 ? "th" : "td", index === cells.length - 1 ? "acts" : "");
        if (index === 0) { one.scope = "row"; }
        one.append(...[].concat(cell));
        row.append(one);
      });
      body.append(row);
    });
    made.append(top, body);
    holder.append(made);
    return holder;
  }

  function button(label, spoken, act, danger) {
    const made = element("button", danger ? "small danger" : "small", label);
    made.type = "button";
    made.setAttribute("aria-label", spoken);
    made.addEventListener("click", act);
    return made;
  }

  function pill(label, tone) {
    const made = element("span", "pill", label);
    if (tone) { made.dataset.tone = tone; }
    return made;
  }

  function activePill(active) { return pill(say(active ? "active" : "inactive"), active ? "good" : ""); }

  function named(name, under) {
    const made = element("span", "", text(name));
    const other = under === undefined ? (Liqu.lang === "zh" ? name.en : name.zh) : under;
    return other ? [made, element("small", "", other)] : [made];
  }

  function show(node) {
    panel.replaceChildren(node);
    panel.setAttribute("aria-busy", "false");
  }

  function adding(label, act) {
    const made = id("add");
    made.querySelector("span").textContent = label;
    made.hidden = false;
    made.onclick = act;
  }

  async function put(path, key, body, isNew, said) {
    const answer = await (isNew ? Liqu.ask("POST", `${base}/${path}`, body) :
      Liqu.ask("PUT", `${base}/${path}/${encodeURIComponent(key)}`, body));
    done(say(said || (isNew ? "added" : "saved")));
    await PARTS[part]();
    return answer;
  }

  // Services

  async function services() {
    const all = await Liqu.ask("GET", `${base}/services`);
    adding(say("service_add"), () => editService(null));
    show(table([say("prefix"), say("name"), say("minutes"), say("status"), say("actions")], all.map((one) => [
      element("span", "letter", one.prefix),
      named(one.name),
      String(one.minutes),
      one.green ? [activePill(one.active), " ", pill(say("green"), "good")] : activePill(one.active),
      button(say("edit"), say("edit_of", { name: text(one.name) }), () => editService(one)),
    ])));
  }

  function editService(one) {
    const was = one || { minutes: 8, active: true };
    const fields = {
      id: forms.line(say("service_id"), was.id, { required: true, pattern: "[a-z0-9][a-z0-9\\-]{0,31}", readOnly: Boolean(one) }, say("service_id_help")),
      name: forms.both(say("name"), was.name, { required: true }),
      prefix: forms.line(say("prefix"), was.prefix, { required: true, pattern: "[A-Z]", maxLength: 1 }, say("prefix_help")),
      minutes: forms.line(say("minutes"), was.minutes, { required: true, type: "number", min: 0.5, max: 240, step: 0.5 }, say("minutes_help")),
      bring: forms.both(say("bring"), was.bring, { long: true, help: say("bring_help") }),
      about: forms.both(say("about"), was.about, { long: true }),
      green: forms.check(say("green"), was.green),
      active: forms.check(say("active"), was.active),
    };
    open(say(one ? "service_edit" : "service_add"), Object.values(fields), () => put("services", was.id, read(fields), !one));
  }

  function read(fields) {
    const body = {};
    Object.keys(fields).forEach((name) => { body[name] = fields[name].read(); });
    return body;
  }

  // Counters

  async function counters() {
    const [all, offered, now] = await Promise.all([
      Liqu.ask("GET", `${base}/counters`), Liqu.ask("GET", `${base}/services`), Liqu.ask("GET", base),
    ]);
    const manned = new Set(now.counters.filter((one) => one.state !== "closed").map((one) => one.counter));
    const names = new Map(offered.map((service) => [service.id, text(service.name)]));
    adding(say("counter_add"), () => editCounter(null, offered));
    show(table([say("counter_number"), say("name"), say("functions"), say("status"), say("actions")], all.map((one) => {
      const chips = element("div", "chips");
      [...one.functions].sort((a, b) => a.tier - b.tier).forEach((job) => {
        chips.append(pill(`${job.tier} · ${names.get(job.service) || job.service}`, job.tier === 1 ? "accent" : ""));
      });
      return [
        element("span", "letter", one.number), named(one.name), chips,
        manned.has(one.number) ? pill(say("manned"), "good") : activePill(one.active),
        [
          button(say("edit"), say("edit_of", { name: one.number }), () => editCounter(one, offered)),
          ...(manned.has(one.number) ? [button(say("relieve"), say("relieve_of", { name: one.number }), () => relieve(one.number))] : []),
        ],
      ];
    })));
  }

  /* Somebody has left without closing the counter: their customer can be called by another. */
  async function relieve(number) {
    if (!await sure(say("relieve_sure", { name: number }), say("relieve_more"), true)) { return; }
    try {
      await Liqu.ask("POST", `${base}/counters/${encodeURIComponent(number)}/close`);
      done(say("relieved", { name: number }));
      await counters();
    } catch (refusal) { refuse(id("problem"), refusal); }
  }

  function editCounter(one, offered) {
    const was = one || { functions: [], active: true };
    const tiers = [["0", say("tier_0")], ...[1, 2, 3, 4, 5].map((tier) => [String(tier), say("tier", { tier })])];
    const jobs = offered.map((service) => {
      const held = was.functions.find((job) => job.service === service.id);
      return [service.id, forms.choice(text(service.name), tiers, held ? held.tier : 0)];
    });
    const holder = forms.grouped(say("functions"), say("functions_help"));
    const cells = element("div", "cells");
    jobs.forEach(([, job]) => cells.append(job.cell()));
    holder.append(cells);
    const fields = {
      number: forms.line(say("counter_number"), was.number, { required: true, pattern: "[A-Za-z0-9\\-]{1,8}", readOnly: Boolean(one) }, say("counter_number_help")),
      name: forms.both(say("name"), was.name, { required: true }),
      functions: {
        node: holder,
        read: () => jobs.map(([service, job]) => ({ service, tier: Number(job.read()) })).filter((job) => job.tier > 0),
      },
      active: forms.check(say("active"), was.active),
    };
    open(say(one ? "counter_edit" : "counter_add"), Object.values(fields), () => put("counters", was.number, read(fields), !one));
  }

  // Staff

  async function staff() {
    const all = await Liqu.ask("GET", `${base}/staff`);
    adding(say("staff_add"), () => editPerson(null));
    show(table([say("person"), say("user"), say("roles"), say("status"), say("actions")], all.map((one) => {
      const chips = element("div", "chips");
      one.roles.forEach((role) => chips.append(pill(say(`role_${role}`), role === "clerk" ? "" : "accent")));
      return [
        named({ zh: one.name, en: "" }, [one.badge, text(one.duty)].filter(Boolean).join(" · ")),
        one.user, chips, activePill(one.active),
        one.roles.includes("admin") && !admin ? "" : [
          button(say("edit"), say("edit_of", { name: one.name }), () => editPerson(one)),
          button(say("new_password"), say("new_password_of", { name: one.name }), () => newPassword(one)),
        ],
      ];
    })));
  }

  function settingsOf(one) {
    const { user, name, badge, duty, roles, active } = one;
    return { user, name, badge, duty, roles, active };
  }

  async function savePerson(body, isNew) {
    const answer = await put("staff", body.user, body, isNew);
    if (answer.password) { tellSecret(say("password_is", { name: answer.name }), answer.password); }
  }

  async function newPassword(one) {
    if (!await sure(say("new_password_sure", { name: one.name }))) { return; }
    try {
      await savePerson(Object.assign(settingsOf(one), { new_password: true }), false);
    } catch (refusal) { refuse(id("problem"), refusal); }
  }

  function editPerson(one) {
    const was = one || { roles: ["clerk"], active: true };
    const fields = {
      user: forms.line(say("user"), was.user, { required: true, pattern: "[a-z0-9][a-z0-9._\\-]{0,31}", readOnly: Boolean(one), autocapitalize: "none" }, say("user_help")),
      name: forms.line(say("person"), was.name, { required: true, maxLength: 32 }, say("person_help")),
      badge: forms.line(say("badge"), was.badge, { maxLength: 16 }),
      duty: forms.both(say("duty"), was.duty),
      roles: forms.several(say("roles"), ["clerk", "lab", "manager", ...(admin ? ["admin"] : [])].map((role) => [role, say(`role_${role}`)]), was.roles),
      active: forms.check(say("active"), was.active),
    };
    open(say(one ? "staff_edit" : "staff_add"), Object.values(fields), () => savePerson(read(fields), !one));
  }

  // Devices

  const WORST = ["offline", "out_of_paper", "cover_open", "printer_offline", "error", "paper_low", null];

  function seen(at) {
    if (!at) { return say("never"); }
    const minutes = Math.floor((Date.now() - Date.parse(at)) / 60000);
    if (minutes < 1) { return say("seen_now"); }
    if (minutes < 60) { return say("seen_minutes", { count: minutes }); }
    return minutes < 2880 ? say("seen_hours", { count: Math.floor(minutes / 60) }) : say("seen_days", { count: Math.floor(minutes / 1440) });
  }

  async function devices() {
    const all = (await Liqu.ask("GET", `${base}/devices`)).filter((one) => one.active);
    all.sort((a, b) => WORST.indexOf(a.alarm) - WORST.indexOf(b.alarm) || a.name.localeCompare(b.name));
    adding(say("token_way"), addDevice);
    id("add").classList.add("second");
    const holder = element("div");
    holder.append(Liqu.manage.pairing(all), table([say("device_name"), say("status"), say("seen"), say("printer"), say("version"), say("actions")], all.map((one) => [
      named({ zh: one.name, en: "" }, say(`kind_${one.kind}`)),
      one.alarm ? pill(say(`alarm_${one.alarm}`), one.alarm === "paper_low" ? "warn" : "bad") : pill(say("fine"), "good"),
      one.detail ? [seen(one.seen_at), element("small", "", one.detail)] : seen(one.seen_at),
      one.kind === "kiosk" ? say(`printer_${one.printer || "none"}`) : "—",
      one.version || "—",
      button(say("remove"), say("remove_of", { name: one.name }), () => removeDevice(one), true),
    ])), await Liqu.manage.leases());
    show(holder);
  }

  function addDevice() {
    const fields = {
      name: forms.line(say("device_name"), "", { required: true, pattern: "[a-z0-9][a-z0-9\\-]{0,31}" }, say("service_id_help")),
      kind: forms.choice(say("kind"), [["kiosk", say("kind_kiosk")], ["display", say("kind_display")]], "kiosk"),
    };
    open(say("device_add"), Object.values(fields), async () => {
      const answer = await put("devices", "", read(fields), true);
      tellSecret(say("token_is", { name: answer.name }), answer.token);
    });
  }

  async function removeDevice(one) {
    if (!await sure(say("remove_sure", { name: one.name }), "", true)) { return; }
    try {
      await Liqu.ask("DELETE", `${base}/devices/${encodeURIComponent(one.name)}`);
      done(say("removed"));
      await devices();
    } catch (refusal) { refuse(id("problem"), refusal); }
  }

  // Settings

  function group(title, help, ...nodes) {
    const made = element("section", "card group");
    made.append(element("h2", "", title));
    if (help) { made.append(element("p", "help", help)); }
    made.append(...nodes);
    return made;
  }

  /* Pages of notices or help: any number, each with a title and a body. */
  function leaves(was) {
    const holder = element("div", "fields");
    let all = [];
    const renumber = () => all.forEach((leaf, index) => { leaf.count.textContent = say("page_n", { count: index + 1 }); });
    const add = (page) => {
      const leaf = {
        node: element("div", "leaf"), count: element("span"),
        title: forms.both(say("page_title"), page && page.title, { required: true }),
        body: forms.both(say("page_body"), page && page.body, { long: true }),
      };
      const head = element("div", "leaf-head");
      head.append(leaf.count, button(say("page_remove"), say("page_remove"), () => {
        all = all.filter((one) => one !== leaf);
        leaf.node.remove();
        renumber();
        more.focus();
      }, true));
      leaf.node.append(head, leaf.title.node, leaf.body.node);
      all.push(leaf);
      holder.append(leaf.node);
      renumber();
    };
    const more = button(say("page_add"), say("page_add"), () => add(null));
    was.forEach(add);
    return { nodes: [holder, more], read: () => all.map((leaf) => ({ title: leaf.title.read(), body: leaf.body.read() })) };
  }

  const CLASSES = ["ordinary", "appointment", "elderly", "disabled", "expectant", "military", "green"];

  const RULES = { parked_head_start: [0, 240], green_cap: [1, 100], patience: [1, 600], most_recalls: [0, 10], most_returns: [0, 10],
    return_behind: [0, 50], missed_kept: [1, 20], most_waiting: [1, 9000], undo_seconds: [0, 60] };

  function figure(label, value, [min, max]) {
    const input = forms.control("number", value, { min, max, required: true });
    return { node: forms.inside(label, input), read: () => Number(input.value) };
  }

  function cells(fields) {
    const made = element("div", "cells");
    Object.values(fields).forEach((field) => made.append(field.node));
    return made;
  }

  function opening(was) {
    const always = forms.check(say("always"), !was);
    const hours = was || { opens: "08:30", closes: "17:00", weekdays: [0, 1, 2, 3, 4] };
    const opens = forms.control("time", hours.opens, { required: true });
    const closes = forms.control("time", hours.closes, { required: true });
    const days = forms.several(say("weekdays"), [0, 1, 2, 3, 4, 5, 6].map((day) => [day, say(`weekday_${day}`)]), hours.weekdays);
    const when = element("div", "fields");
    const row = element("div", "cells");
    row.append(forms.inside(say("opens"), opens), forms.inside(say("closes"), closes));
    when.append(row, days.node);
    const turn = () => { when.hidden = always.read(); };
    always.input.addEventListener("change", turn);
    turn();
    return {
      nodes: [always.node, when],
      read: () => (always.read() ? null : { opens: opens.value, closes: closes.value, weekdays: days.read() }),
    };
  }

  async function settings() {
    const was = await Liqu.ask("GET", `${base}/settings`);
    const fields = {
      name: forms.both(say("name"), was.name, { required: true }),
      zone: forms.line(say("zone"), was.zone, { required: true, maxLength: 64 }),
      hours: opening(was.hours),
      shut: forms.check(say("shut"), was.shut),
      complaint_phone: forms.line(say("phone"), was.complaint_phone, { type: "tel", pattern: "[0-9 \\(\\)+\\-]{0,32}", maxLength: 32 }),
      notices: leaves(was.notices),
      guidance: leaves(was.guidance),
    };
    const starts = {};
    CLASSES.forEach((name) => { starts[name] = figure(say(`priority_${name}`), was.rules.head_starts[name] || 0, [0, 240]); });
    const rules = {};
    Object.keys(RULES).forEach((name) => { rules[name] = figure(say(name), was.rules[name], RULES[name]); });
    const holder = forms.grouped(say("head_starts"));
    holder.append(cells(starts));
    const form = element("form");
    form.noValidate = true;
    const save = element("button", "button", say("save"));
    save.type = "submit";
    const bar = element("div", "save-bar");
    bar.append(save);
    form.append(
      group(say("hall"), "", fields.name.node, fields.complaint_phone.node, fields.zone.node),
      group(say("opening"), "", ...fields.hours.nodes, fields.shut.node),
      group(say("notices"), say("notices_help"), ...fields.notices.nodes),
      group(say("guidance"), "", ...fields.guidance.nodes),
      group(say("rules"), "", holder, cells(rules)),
      bar,
    );
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      done("");
      if (!forms.sound(form)) { return; }
      try {
        const body = read(fields);
        body.rules = Object.assign(read(rules), { head_starts: read(starts) });
        await Liqu.ask("PUT", `${base}/settings`, body);
        done(say("saved"));
        id("said").scrollIntoView({ block: "center" });
      } catch (refusal) {
        refuse(id("problem"), refusal);
        id("problem").scrollIntoView({ block: "center" });
      }
    });
    show(form);
  }

  // Emergency

  async function emergency() {
    const now = JSON.parse(id("emergency-now").textContent);
    drawEmergency(now);
  }

  function drawEmergency(now) {
    const holder = element("div");
    const state = element("div", "alert-now");
    state.dataset.on = String(Boolean(now));
    const words = element("div");
    words.append(element("div", "", say(now ? "emergency_on" : "emergency_off")));
    if (now) { words.append(element("p", "", text(now))); }
    state.append(words);
    if (now) {
      const lift = element("button", "button", say("emergency_lift"));
      lift.type = "button";
      lift.addEventListener("click", () => setEmergency(null, say("emergency_lift_sure"), "", "emergency_lifted"));
      state.append(lift);
    }
    const field = forms.both(say("emergency_text"), now || { zh: "", en: "" }, { required: true, long: true, help: say("emergency_help") });
    const form = element("form", "card group");
    form.noValidate = true;
    const set = element("button", "button danger", say("emergency_set"));
    set.type = "submit";
    form.append(field.node, set);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      setEmergency(field.read(), say("emergency_sure"), text(field.read()), "emergency_done");
    });
    holder.append(state, form);
    show(holder);
  }

  async function setEmergency(words, question, more, said) {
    if (!await sure(question, more, words !== null)) { return; }
    try {
      await Liqu.ask("POST", `${base}/emergency`, { text: words });
      done(say(said));
      drawEmergency(words);
    } catch (refusal) { refuse(id("problem"), refusal); }
  }

  const PARTS = { services, counters, staff, devices, settings, emergency };

  /* What other scripts build further parts from; they add them to PARTS before the page is ready. */
  Liqu.manage = {
    PARTS, base, panel, refuse, done, sure, open, table, button, pill, activePill, named, show, adding, read, group, cells, figure,
  };

  async function load() {
    try {
      await PARTS[part]();
    } catch (refusal) {
      refuse(id("problem"), refusal);
      const again = element("button", "button second", say("again"));
      again.type = "button";
      again.addEventListener("click", load);
      const holder = element("p", "empty");
      holder.append(again);
      show(holder);
    }
  }

  document.addEventListener("DOMContentLoaded", load);
  if (part === "devices") {
    setInterval(() => {
      if (document.hidden || document.querySelector("dialog[open]") || panel.contains(document.activeElement)) { return; }
      devices().catch((refusal) => refuse(id("problem"), refusal));
    }, 10000);
  }
})(window.Liqu);
