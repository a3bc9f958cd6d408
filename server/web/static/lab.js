/* What the benches' pages share: scanning from anywhere, names of states, clocks, signatures. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text } = Liqu;
  const v = Liqu.visits;
  const base = `${v.base}/lab`;
  const STATES = ["received", "acclimatising", "queued", "testing", "fault_hold", "tested", "reviewed"];
  const TONES = { testing: "accent", fault_hold: "bad", acclimatising: "warn", tested: "accent", reviewed: "accent", ready: "good", released: "good", concluded: "good" };
  const CLOCKS = { amber: "warn", red: "bad", green: "good", done: "good" };

  const EQUIPMENT = /^E[0-9A-Z]{12}$/;
  const clean = (told) => told.replace(/[\s-]+/g, "").toUpperCase();
  const isEquipment = (told) => EQUIPMENT.test(clean(told));
  const sampleAt = (code) => `/lab/sample/${encodeURIComponent(code)}`;

  /* Where a scanned label leads. */
  function follow(told) {
    location.assign(isEquipment(told) ? `/lab/equipment#${clean(told)}` : sampleAt(told.trim()));
  }

  /* A scanner types into the field that is named here, wherever the focus is: hands in gloves touch nothing. */
  function catches(input) {
    input.setAttribute("data-scan", "");
    document.addEventListener("keydown", (event) => {
      const at = event.target;
      if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || v.drawer.open) { return; }
      if (event.key === " " && at.closest("button, a, summary")) { return; }
      if (at.closest("input, select, textarea")) { return; }
      input.focus();
    });
    input.focus();
  }

  const link = (label, href, kind) => {
    const made = element("a", kind || "", label);
    made.href = href;
    return made;
  };

  /* How long until then, as minutes or hours; empty when it is over. */
  function left(at) {
    const minutes = Math.ceil((Date.parse(at) - Date.now()) / 60000);
    if (minutes <= 0) { return ""; }
    return minutes < 60 ? say("minutes_short", { count: minutes }) : say("hours_short", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
  }

  function duePill(row) {
    if (!row.due) { return v.pill(say("due_none")); }
    const told = row.colour === "red" || row.colour === "amber" ? ` · ${say(`colour_${row.colour}`)}` : "";
    return v.pill(`${say("due_by", { day: v.dayText(row.due) })}${told}`, CLOCKS[row.colour] === "good" ? "" : CLOCKS[row.colour]);
  }

  const statePill = (row) => v.pill(row.question ? say(`question_${row.question}`) : text(row.state_text), TONES[row.state] || "");
  const holderText = (row) => (["me", "bench", "customer"].includes(row.holder) ? say(`holder_${row.holder}`) : say("holder_other", { name: row.holder }));
  const roomText = (room) => (room.celsius === null ? say("room_none") : say("room_now", room));

  /* Draws again now and then while nobody is typing. */
  function every(seconds, act) {
    setInterval(() => { if (!document.hidden && !v.drawer.open) { act(); } }, seconds * 1000);
  }

  /* A form in the drawer that is sent once; it closes when all went well. */
  function dialog(title, nodes, label, act, kind) {
    const form = element("form", "fields");
    form.noValidate = true;
    const problem = v.trouble();
    const go = element("button", `button ${kind || ""}`.trim(), label);
    go.type = "submit";
    const end = element("div", "sheet-end");
    end.append(v.button(say("cancel"), v.closeDrawer, "button second"), go);
    form.append(...nodes, problem, end);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (Liqu.forms.sound(form)) { v.once(go, problem, async () => { await act(); v.closeDrawer(); }); }
    });
    v.openDrawer(title, form);
    const first = form.querySelector("input, select, textarea");
    if (first) { first.focus(); }
    return form;
  }

  /* Temperature and humidity of a section: a form, and what becomes of it. */
  function recordAir(section, after) {
    const celsius = Liqu.forms.line(say("celsius"), "", { type: "number", required: true, min: -60, max: 90, step: 0.1, inputMode: "decimal" });
    const humidity = Liqu.forms.line(say("humidity"), "", { type: "number", required: true, min: 0, max: 100, step: 0.1, inputMode: "decimal" });
    const pair = element("div", "pair");
    pair.append(celsius.node, humidity.node);
    dialog(say("climate_of", { section }), [pair], say("save_now"), async () => {
      await Liqu.ask("POST", `${base}/climate`, { section, celsius: celsius.read(), humidity: humidity.read() });
      v.done(say("room_recorded"));
      await after();
    });
  }

  Liqu.lab = { base, STATES, TONES, CLOCKS, clean, isEquipment, sampleAt, follow, catches, link, left, duePill, statePill, holderText, roomText, every, dialog, recordAir };
})(window.Liqu);
