/* Devices and running: what needs somebody first, each device, the server, the maintenance log. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const { PARTS, base, refuse, done, sure, open, pill, show } = Liqu.manage;
  const EVERY = 3000;
  const HINT = "paper_low";
  const BUSY = ["asked", "taken"];
  const DRAWINGS = {
    link: "unplug", numbers: "ticket-x", printer: "printer", labels: "tag", certificates: "award", scanner: "scan-line", sound: "volume-2", screen: "monitor",
    kiosk: "tablet-smartphone", display: "monitor",
  };
  const STATES = { done: "good", failed: "bad", over: "warn", asked: "accent", taken: "accent" };

  const tone = (state) => (state === "ready" ? "good" : state === HINT ? "warn" : "bad");
  const toneMark = (which) => ({ good: "circle-check", warn: "triangle-alert", bad: "circle-alert" }[which]);

  function span(from, to) {
    const minutes = Math.max(0, Math.floor((to - Date.parse(from)) / 60000));
    if (minutes < 1) { return say("minutes_few"); }
    if (minutes < 60) { return say("minutes_of", { count: minutes }); }
    return minutes < 2880 ? say("hours_of", { count: Math.floor(minutes / 60) }) : say("days_of", { count: Math.floor(minutes / 1440) });
  }

  function moment(at) {
    const time = Liqu.hallTime(Date.parse(at));
    const today = Liqu.hallTime(clock);
    const same = time.toISOString().slice(0, 10) === today.toISOString().slice(0, 10);
    return same ? Liqu.clock(at) : `${time.getUTCMonth() + 1}-${time.getUTCDate()} ${Liqu.clock(at)}`;
  }

  function dated(at) { return `${Liqu.hallTime(Date.parse(at)).toISOString().slice(0, 10)} ${Liqu.clock(at)}`; }

  async function tried(act) {
    try { await act(); } catch (refusal) { refuse(id("problem"), refusal); id("problem").scrollIntoView({ block: "center" }); }
  }

  function small(drawing, label, spoken, act) {
    const made = element("button", "small");
    made.type = "button";
    made.append(Liqu.icon(drawing), element("span", "", label));
    made.setAttribute("aria-label", spoken);
    made.dataset.key = spoken;
    made.addEventListener("click", act);
    return made;
  }

  // The page's places, made once; each is drawn anew only when what it shows has changed

  const places = {};
  let clock = 0;
  let last = "";
  let newest = null;

  function section(name, heading, ...acts) {
    const made = element("section", "section");
    const head = element("div", "section-head");
    const title = element("h2", "", heading);
    title.id = `${name}-title`;
    made.setAttribute("aria-labelledby", title.id);
    head.append(title, ...acts);
    places[name] = element("div", name);
    made.append(head, places[name]);
    return made;
  }

  function build() {
    const holder = element("div");
    places.alarms = element("div", "alarms");
    places.alarms.setAttribute("role", "status");
    const add = element("button", "button second", say("upkeep_add"));
    add.type = "button";
    add.addEventListener("click", () => enter(null, ""));
    const take = element("a", "button second");
    take.href = `/api/v1${base}/upkeep.csv?lang=${Liqu.lang}`;
    take.setAttribute("download", "");
    take.append(Liqu.icon("download"), say("upkeep_download"));
    places.filter = element("select", "upkeep-filter");
    places.filter.setAttribute("aria-label", say("upkeep_device"));
    places.filter.addEventListener("change", () => tried(log));
    holder.append(places.alarms, section("devices", say("devices")), section("server", say("server")),
      section("upkeep", say("upkeep"), places.filter, take, add));
    show(holder);
  }

  /* Draws into a place unless it shows just that; who was at a button in it stays there. */
  function draw(place, shown, make) {
    const told = JSON.stringify(shown);
    if (place.dataset.shown === told) { return; }
    place.dataset.shown = told;
    const key = place.contains(document.activeElement) && document.activeElement.dataset.key;
    place.replaceChildren(...make());
    const again = key && [...place.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
    if (again) { again.focus(); }
  }

  // What needs somebody

  function alarm(one) {
    const made = element("article", "card alarm");
    made.dataset.tone = one.kind === HINT ? "warn" : "bad";
    made.dataset.cared = String(Boolean(one.seen_by));
    const mark = element("span", "alarm-icon");
    mark.append(Liqu.icon(DRAWINGS[one.part]));
    const words = element("div");
    const title = element("h3", "", text(one.what));
    if (one.kind === HINT) { title.append(" ", pill(say("hint"), "warn")); }
    words.append(title, element("p", "", text(one.advice)), element("p", "alarm-since", say("since", { time: moment(one.since), minutes: span(one.since, clock) })));
    const acts = element("div", "alarm-acts");
    if (one.seen_by) {
      acts.append(pill(say("cared", { name: one.seen_by }), "accent"));
    } else {
      const care = element("button", "button", say("care"));
      care.type = "button";
      care.dataset.key = `care ${one.id}`;
      care.setAttribute("aria-label", say("care_of", { what: text(one.what) }));
      care.addEventListener("click", () => tried(async () => {
        await Liqu.ask("POST", `${base}/alarms/${one.id}/seen`);
        done(say("care_said"));
        await health();
      }));
      acts.append(care);
    }
    acts.append(small("wrench", say("done_note"), say("done_note_of", { what: text(one.what) }), () => enter(one, one.device)));
    made.append(mark, words, acts);
    return made;
  }

  function alarms(view) {
    if (view.alarms.length) { return [element("h2", "", say("needs")), ...view.alarms.map(alarm)]; }
    const calm = element("div", "card calm");
    const words = element("div");
    const online = view.devices.filter((one) => one.online).length;
    words.append(element("strong", "", say("well")), element("span", "", view.devices.length ? say("well_more", { online }) : say("well_empty")));
    calm.append(Liqu.icon("circle-check"), words);
    return [calm];
  }

  // Devices

  /* heard: the device is there; what it said before it went silent is not known to be so any more. */
  function partRow(one, heard) {
    const row = element("li", "device-part");
    const state = element("b", "");
    if (heard) {
      state.dataset.tone = tone(one.state);
      state.append(Liqu.icon(toneMark(tone(one.state))), say(`state_${one.state}`));
    } else {
      state.append(say("part_before", { state: say(`state_${one.state}`) }));
    }
    row.append(Liqu.icon(DRAWINGS[one.part]), element("span", "", say(`part_${one.part}`)));
    if (one.detail) { row.append(element("small", "", one.detail)); }
    row.append(state);
    return row;
  }

  function fact(list, label, ...value) {
    const told = element("dd");
    told.append(...value);
    list.append(element("dt", "", label), told);
    return told;
  }

  function ask(one, kind, subject) {
    return tried(async () => {
      await Liqu.ask("POST", `${base}/devices/${encodeURIComponent(one.name)}/errands`, { kind, subject: subject || "" });
      done(say("asked_said", { name: text(one.label) }));
      cards.get(one.name).history.open = true;
      await history(one);
    });
  }

  function reprint(one) {
    const number = forms.line(say("reprint_number"), "", { required: true, pattern: "[A-Za-z][0-9]{1,4}", maxLength: 8, autocapitalize: "characters" }, say("reprint_help"));
    open(say("reprint_of", { name: text(one.label) }), [number], async () => {
      await Liqu.ask("POST", `${base}/devices/${encodeURIComponent(one.name)}/errands`, { kind: "reprint", subject: number.read().toUpperCase() });
      done(say("asked_said", { name: text(one.label) }));
      cards.get(one.name).history.open = true;
      await history(one);
    });
  }

  function acts(one) {
    const name = text(one.label);
    const holder = element("div", "device-acts");
    holder.append(small("image", say("screenshot"), say("screenshot_of", { name }), async () => {
      if (await sure(say("screenshot_sure", { name }), say("screenshot_more"))) { ask(one, "screenshot"); }
    }));
    if (one.kind === "kiosk") {
      holder.append(small("printer-check", say("test_print"), say("test_print_of", { name }), () => ask(one, "test_print")));
      holder.append(small("receipt-text", say("reprint"), say("reprint_of", { name }), () => reprint(one)));
    }
    holder.append(small("rotate-cw", say("restart"), say("restart_of", { name }), async () => {
      if (await sure(say("restart_sure", { name }), say("restart_more"), true)) { ask(one, "restart"); }
    }));
    return holder;
  }

  function device(one) {
    const head = element("div", "device-head");
    const mark = element("span", "device-icon");
    mark.append(Liqu.icon(DRAWINGS[one.kind]));
    const title = element("h3", "", text(one.label));
    title.append(element("span", "code", one.name));
    head.append(mark, title, one.online ? pill(say("online"), "good") : pill(say(one.seen_at ? "offline" : "never_seen"), one.seen_at ? "bad" : ""));
    let parts = element("p", "device-none", say("parts_none"));
    if (one.parts.length) {
      parts = element("ul", "device-parts");
      parts.append(...one.parts.map((part) => partRow(part, one.online)));
    }
    const facts = element("dl", "device-facts");
    const version = fact(facts, say("version"), one.version || say("version_unknown"));
    if (one.outdated) { version.append(pill(say("outdated"), "warn")); }
    if (one.leased || one.handed_in) { fact(facts, say("numbers_alone"), say("numbers_alone_of", { leased: one.leased, handed: one.handed_in })); }
    return [head, parts, facts, acts(one)];
  }

  const cards = new Map();

  function card(one) {
    let known = cards.get(one.name);
    if (!known) {
      const node = element("article", "card device");
      node.dataset.device = one.name;
      const seen = element("p", "device-seen");
      const ago = element("span");
      seen.append(element("span", "", say("seen_at")), ago);
      const history_ = element("details");
      const summary = element("summary", "", say("errands"));
      const list = element("ul", "errands");
      history_.append(summary, list);
      history_.addEventListener("toggle", () => { if (history_.open) { tried(() => history(one)); } });
      known = { node, top: element("div", "device-top"), seen, ago, history: history_, list, summary, busy: false };
      node.append(known.top, seen, history_);
      cards.set(one.name, known);
    }
    const grave = one.alarms.some((each) => each.kind !== HINT);
    known.node.dataset.tone = grave ? "bad" : one.alarms.length ? "warn" : "";
    draw(known.top, Object.assign({}, one, { seen_at: Boolean(one.seen_at), alarms: [] }), () => device(one));
    const ago = one.seen_at ? span(one.seen_at, clock) : "";
    known.ago.textContent = clock - Date.parse(one.seen_at) < 60000 ? say("seen_now") : say("ago", { span: ago });
    known.seen.hidden = !one.seen_at;
    return known.node;
  }

  function devices(all) {
    const nodes = all.map(card);
    const now = [...places.devices.children];
    if (nodes.length !== now.length || nodes.some((node, index) => node !== now[index])) {
      // Moved, not made anew; but never from under somebody's hands.
      if (!places.devices.contains(document.activeElement) || nodes.length !== now.length) { places.devices.replaceChildren(...nodes); }
    }
  }

  // Errands

  /* What devices say of an errand that failed, as they say it → its sentence. */
  const REMARKS = {
    "no such number today": "remark_number", "this kiosk has no printer": "remark_no_printer", "a display has no printer": "remark_no_printer",
    "a visitor's data is on the screen": "remark_personal", "the picture could not be handed over": "remark_picture",
    "the app ended before it was through": "remark_interrupted", "the state folder can't be written": "remark_unwritable",
    "it took too long": "remark_long", "this device can't do that": "remark_unable", "the app made a mistake; see its log": "remark_mistake",
  };

  function remark(told) {
    const printer = /^the (?:paper|printer): (\w+)$/.exec(told);
    if (printer) { return say("remark_printer", { state: say(`state_${printer[1]}`) }); }
    return REMARKS[told] ? say(REMARKS[told]) : told.startsWith("no picture came") ? say("remark_picture") : told;
  }

  async function history(one) {
    const known = cards.get(one.name);
    const all = await Liqu.ask("GET", `${base}/devices/${encodeURIComponent(one.name)}/errands`);
    const busy = all.filter((each) => BUSY.includes(each.state)).length;
    known.busy = busy > 0;
    draw(known.summary, busy, () => [say("errands"), ...(busy ? [pill(say("errands_open", { count: busy }), "accent")] : [])]);
    draw(known.list, all, () => (all.length ? all.map((each) => errand(one, each)) : [element("li", "", say("errands_none"))]));
  }

  function errand(one, each) {
    const row = element("li");
    const name = text(one.label);
    row.append(element("span", "", say(`errand_${each.kind}`, { number: each.subject })), pill(say(`errand_${each.state}`), STATES[each.state]),
      element("small", "", say("errand_by", { name: each.by, time: moment(each.at) }) + (each.remark ? ` · ${remark(each.remark)}` : "")));
    if (each.picture) {
      const time = moment(each.at);
      const look = element("button", "shot");
      look.type = "button";
      look.dataset.key = each.id;
      look.setAttribute("aria-label", say("screenshot_open_of", { name, time }));
      const picture = element("img");
      picture.src = each.picture;
      picture.alt = say("screenshot_alt", { name, time });
      look.append(picture);
      look.addEventListener("click", () => {
        id("shot-title").textContent = say("screenshot_alt", { name, time });
        id("shot-picture").src = each.picture;
        id("shot-picture").alt = picture.alt;
        id("shot").showModal();
      });
      row.append(look);
    }
    return row;
  }

  // The server

  function bytes(count) {
    const units = ["B", "KB", "MB", "GB", "TB"];
    let at = 0;
    let left = count;
    while (left >= 1024 && at < units.length - 1) { left /= 1024; at += 1; }
    return `${left < 10 && at > 1 ? left.toFixed(1) : Math.round(left)} ${units[at]}`;
  }

  function server(of) {
    const list = element("dl", "card server-facts");
    const line = (label, value, wrong, how) => {
      const holder = element("div");
      const told = element("dd", "", value);
      if (wrong) {
        const note = element("span");
        note.dataset.tone = how || "warn";
        note.append(Liqu.icon(toneMark(how || "warn")), wrong);
        told.append(note);
      }
      holder.append(element("dt", "", label), told);
      list.append(holder);
    };
    const size = of.database_bytes === null ? say("unknown") : bytes(of.database_bytes);
    line(say("server_version"), of.version);
    line(say("server_database"), say("server_size", { name: { sqlite: "SQLite", postgresql: "PostgreSQL" }[of.database], size }));
    line(say("server_disk"), of.disk_free === null ? say("unknown") : bytes(of.disk_free), of.disk_low && say("server_disk_low"), "bad");
    const old = of.backup_at && clock - Date.parse(of.backup_at) > 2 * 86400000;
    line(say("server_backup"), of.backup_at ? moment(of.backup_at) : "", of.backup_at ? old && say("server_backup_old") : say("server_backup_never"));
    line(say("server_sealed"), of.sealed_until || say("server_sealed_never"));
    if (of.certificate_until) {
      const days = Math.floor((Date.parse(of.certificate_until) - clock) / 86400000);
      line(say("server_certificate"), of.certificate_until.slice(0, 10), days < 30 && say("server_certificate_ends", { days: Math.max(0, days) }), days < 7 ? "bad" : "warn");
    }
    line(say("server_clock"), of.clock_off ? "" : say("server_clock_well"), of.clock_off && say("server_clock_off", { seconds: Math.round(of.clock_off) }));
    return [list];
  }

  // The maintenance log

  const KINDS = ["check", "cleaning", "paper", "repair", "exchange", "other"];

  function enter(of, device_) {
    const all = newest ? newest.devices : [];
    const fields = {
      device: forms.choice(say("upkeep_device"), all.map((one) => [one.name, text(one.label)]), device_ || (all[0] && all[0].name) || ""),
      kind: forms.choice(say("upkeep_kind"), KINDS.map((kind) => [kind, say(`upkeep_${kind}`)]), of && ["out_of_paper", HINT].includes(of.kind) ? "paper" : of && of.part === "numbers" ? "other" : of ? "repair" : "check"),
      remark: forms.line(say("upkeep_remark"), "", { required: true, maxLength: 200 }, say("upkeep_remark_help")),
    };
    open(of ? text(of.what) : say("upkeep_add"), Object.values(fields), async () => {
      const body = { device: fields.device.read(), kind: fields.kind.read(), remark: fields.remark.read() };
      if (of && body.device === of.device) { body.alarm = of.id; }
      await Liqu.ask("POST", `${base}/upkeep`, body);
      done(say("upkeep_saved"));
      await Promise.all([log(), health()]);
    });
  }

  async function log() {
    const wanted = places.filter.value;
    const all = await Liqu.ask("GET", `${base}/upkeep${wanted ? `?device=${encodeURIComponent(wanted)}` : ""}`);
    const names = new Map((newest ? newest.devices : []).map((one) => [one.name, text(one.label)]));
    draw(places.upkeep, [all, [...names]], () => {
      if (!all.length) { return [element("p", "card empty", say("upkeep_none"))]; }
      const made = Liqu.manage.table([say("upkeep_when"), say("upkeep_device"), say("upkeep_kind"), say("upkeep_remark"), say("upkeep_by")], all.map((one) => [
        element("span", "when", dated(one.at)), names.get(one.device) || one.device,
        one.alarm ? [say(`upkeep_${one.kind}`), " ", pill(say("upkeep_answered"), "accent")] : say(`upkeep_${one.kind}`),
        element("span", "remark", one.remark), one.by,
      ]));
      // It may be wider than a phone: then it is moved by keys too.
      made.tabIndex = 0;
      made.setAttribute("role", "group");
      made.setAttribute("aria-labelledby", "upkeep-title");
      return [made];
    });
  }

  function filter(all) {
    draw(places.filter, all.map((one) => one.name), () => [["", say("upkeep_all")], ...all.map((one) => [one.name, text(one.label)])].map(([value, label]) => {
      const option = element("option", "", label);
      option.value = value;
      return option;
    }));
  }

  // All of it

  function fresh(stale) {
    const line = id("fresh");
    line.hidden = false;
    line.dataset.stale = String(stale);
    line.textContent = say(stale ? "stale" : "updated", { time: last });
  }

  async function health() {
    let view;
    try {
      view = await Liqu.ask("GET", `${base}/health`);
    } catch (refusal) {
      if (!newest) { throw refusal; }
      fresh(true);
      return;
    }
    const first = newest === null;
    if (first) { build(); }
    newest = view;
    clock = Date.parse(view.at);
    last = Liqu.clock(view.at);
    fresh(false);
    Liqu.badge(view.alarms.filter((one) => !one.seen_by && one.kind !== HINT).length);
    const waited = view.alarms.map((one) => span(one.since, clock));
    draw(places.alarms, [view.alarms, waited, view.devices.map((one) => one.online)], () => alarms(view));
    devices(view.devices);
    draw(places.server, [view.server, last.slice(0, 4)], () => server(view.server));
    filter(view.devices);
    if (first) {
      await log();
      await Promise.all(view.devices.map((one) => history(one)));
    } else {
      await Promise.all(view.devices.filter((one) => cards.get(one.name).busy || cards.get(one.name).history.open).map((one) => history(one)));
    }
  }

  PARTS.health = health;
  if (Liqu.data("part").part === "health") { Liqu.every(EVERY, health); }
})(window.Liqu);
