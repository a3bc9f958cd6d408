/* One piece at the bench: begin by scan, its form, signatures, faults, corrections. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const lab = Liqu.lab;
  const at = `${lab.base}/samples/${encodeURIComponent(v.facts.code)}`;
  const problem = id("problem");
  let sheet = null;
  let form = null;
  let changed = false;
  let signing = null;

  const may = (act) => sheet.may.includes(act);
  const top = () => sheet.results[0] || null;

  async function draw() {
    sheet = await Liqu.ask("GET", at);
    return nodes();
  }

  /* After a change: what the server says it is now. */
  function shown(now) {
    sheet = now;
    changed = false;
    v.show(...nodes());
    scan.input.focus();
  }

  function nodes() {
    form = null;
    signing = null;
    id("title").textContent = text(sheet.row.item);
    hint();
    const made = [head()];
    if (sheet.why) { made.push(notice(text(sheet.why))); }
    made.push(acts());
    if (sheet.questions.length && sheet.questions[0].state !== "executed") { made.push(Liqu.labQuestion.card(sheet.questions[0], again, problem)); }
    if (may("save")) {
      made.push(room());
      form = Liqu.labForm.form(sheet, draft(), () => { changed = true; judge(); });
      made.push(form.node, ending());
      judge();
    } else if (top()) {
      made.push(resultCard(top()));
    }
    const earlier = sheet.results.slice(may("save") ? (draft() ? 1 : 0) : 1);
    if (earlier.length) { made.push(element("h2", "part-title", say("earlier")), ...earlier.map(resultCard)); }
    return made;
  }

  const again = async () => { await v.load(); };
  const draft = () => (top() && top().state === "draft" ? top() : null);

  function hint() {
    const told = may("start") ? say("scan_start") : may("rest") ? say("scan_rest") : may("sign") ? say("scan_test") : say("scan_any");
    scan.node.querySelector("label").textContent = told;
  }

  function notice(told) {
    const box = element("div", "told warn");
    box.append(element("strong", "", told));
    return box;
  }

  function head() {
    const row = sheet.row;
    const card = element("section", "card group lab-head");
    card.dataset.clock = row.colour;
    const line = element("div", "case-head");
    const code = element("strong", "case-number", row.code);
    code.translate = false;
    line.append(code, lab.statePill(row), lab.duePill(row));
    if (row.green) { line.append(v.pill(say("green_first"), "good")); }
    if (sheet.fragile) { line.append(v.pill(say("fragile"), "warn")); }
    const order = lab.link(v.spaced(row.order), `/lab/order/${row.order}`);
    order.setAttribute("aria-label", `${say("whole_order")} ${v.spaced(row.order)}`);
    card.append(line, v.definitions([
      [say("order_number"), [order, element("span", "", ` · ${say("piece_index", row)}`)]],
      [say("section"), row.section],
      [say("serial"), row.serial],
      [say("regulation_is"), sheet.regulation || say("regulation_none")],
      [say("holder"), lab.holderText(row)],
    ]));
    return card;
  }

  // What can be done now

  function big(label, act, kind) {
    return v.button(label, (pressed) => v.once(pressed, problem, act), `button ${kind || ""} lab-big`.replace("  ", " "));
  }

  async function begin(what, told) {
    const now = await Liqu.ask("POST", `${at}/${what}`);
    v.done(say(told));
    shown(now);
  }

  function acts() {
    const row = element("div", "lab-acts");
    if (may("start")) { row.append(big(say("act_start"), () => begin("start", "begun"))); }
    if (may("rest")) { row.append(big(say("act_rest"), () => begin("rest", "rested"))); }
    if (may("review")) { row.append(big(say("act_review"), () => sign("review", "signed_review"))); }
    if (may("approve")) { row.append(big(say("act_approve"), () => sign("approve", "signed_approve"))); }
    if (may("send_back")) { row.append(v.button(say("act_send_back"), () => because(say("act_send_back"), async (reason) => {
      shown(await Liqu.ask("POST", `${lab.base}/results/${top().id}/send-back`, { reason }));
      v.done(say("sent_back"));
    }), "button second")); }
    if (may("correct")) { row.append(v.button(say("act_correct"), () => because(say("act_correct"), async (reason) => {
      shown(await Liqu.ask("POST", `${at}/correct`, { reason }));
      v.done(say("correcting"));
    }), "button second")); }
    if (may("hold")) { row.append(v.button(say("act_hold"), () => Liqu.labQuestion.hold(v.facts.code, again), "button second lab-fault")); }
    row.append(lab.link(say("back_to_bench"), "/lab", "button second"));
    return row;
  }

  async function sign(what, told) {
    const now = await Liqu.ask("POST", `${lab.base}/results/${top().id}/${what}`);
    v.done(say(told));
    shown(now);
  }

  function because(title, act) {
    const reason = forms.line(say("reason"), "", { required: true, maxLength: 200 });
    lab.dialog(title, [reason.node], title, () => act(reason.read()));
  }

  // Testing

  function room() {
    const card = element("section", "card group lab-room");
    const of = sheet.room;
    const line = element("div", "case-head");
    line.append(element("h2", "", say("room")), v.pill(of.fresh ? lab.roomText(of) : of.celsius === null ? say("room_none") : say("room_stale"), of.fresh ? (fits(of) ? "good" : "bad") : "warn"));
    if (of.at) { line.append(element("span", "help", say("room_at", { time: Liqu.clock(of.at), name: of.by }))); }
    if (sheet.climate) {
      const [a, b, c, d] = sheet.climate;
      line.append(element("span", "help", say("room_limits", { a, b, c, d })));
    }
    line.append(v.button(say("room_record"), () => lab.recordAir(sheet.row.section, async () => {
      const now = await Liqu.ask("GET", at);
      sheet = Object.assign({}, sheet, { room: now.room, why: now.why, may: now.may });
      card.replaceWith(room());
      document.querySelectorAll("#panel > .told.warn").forEach((one) => one.remove());
    }), "button second"));
    card.append(line);
    return card;
  }

  function fits(of) {
    if (!sheet.climate) { return true; }
    const [a, b, c, d] = sheet.climate;
    return of.celsius >= a && of.celsius <= b && of.humidity >= c && of.humidity <= d;
  }

  function ending() {
    const card = element("section", "card group lab-end");
    const proposed = element("p", "lab-proposed");
    const row = element("div", "choices");
    row.setAttribute("role", "radiogroup");
    row.setAttribute("aria-label", say("conclusion"));
    const radios = sheet.conclusions.map((one) => {
      const label = element("label", "choice check");
      const radio = forms.control("radio", one);
      radio.name = "conclusion";
      label.append(radio, element("span", "", say(`conclusion_${one}`)));
      radio.addEventListener("change", () => { signing.chosen = one; judge(); });
      row.append(label);
      return radio;
    });
    const warning = element("p", "help");
    const buttons = element("div", "lab-acts");
    buttons.append(big(say("act_sign"), finish), big(say("act_save"), async () => { await save(); v.done(say("saved_draft")); scan.input.focus(); }, "second"));
    card.append(element("h2", "", say("conclusion")), proposed, row, warning, buttons);
    signing = { proposed, radios, warning, chosen: "", node: card };
    return card;
  }

  /* The conclusion follows the values until somebody judges harder. */
  function judge() {
    if (!signing || !form) { return; }
    const told = form.proposed();
    const wanted = told === "qualified" && signing.chosen === "unqualified" ? "unqualified" : told;
    signing.radios.forEach((radio) => {
      radio.checked = radio.value === wanted;
      radio.disabled = told === "unqualified" && radio.value === "qualified";
    });
    signing.proposed.textContent = say("proposed", { conclusion: say(`conclusion_${told}`) });
    signing.proposed.dataset.tone = told === "unqualified" ? "bad" : "good";
    signing.warning.textContent = wanted !== told ? say("sure_unqualified") : "";
  }

  async function save() {
    sheet = await Liqu.ask("PUT", `${at}/result`, form.read());
    changed = false;
  }

  async function finish() {
    const missing = form.missing();
    if (missing) {
      missing.focus();
      throw new Liqu.Refused("values_bad", say("fill_needed", { what: text(missing.line.name) }), "");
    }
    const conclusion = signing.radios.find((radio) => radio.checked).value;
    await save();
    const now = await Liqu.ask("POST", `${lab.base}/results/${sheet.results[0].id}/test`, { conclusion });
    v.done(say("signed_test"));
    shown(now);
  }

  // Results as they stand

  function resultCard(one) {
    const card = element("section", "card group lab-result");
    const line = element("div", "case-head");
    line.append(element("h2", "", say("version_n", one)), v.pill(say(`result_${one.state}`), one.state === "approved" ? "good" : one.state === "superseded" ? "" : "accent"));
    if (one.conclusion) { line.append(v.pill(say(`conclusion_${one.conclusion}`), one.conclusion === "unqualified" ? "bad" : "good")); }
    if (one.source) { line.append(v.pill(say("from_system", one))); }
    card.append(line);
    if (one.values.length) {
      card.append(v.table([say("values"), say("value"), say("limits"), ""], one.values.map((value) => ({
        cells: [
          text(value.name),
          element("strong", "digits", `${value.text} ${value.unit}`.trim()),
          element("span", "digits", value.limits || "—"),
          value.limits || !value.good ? v.pill(value.good ? say("within") : say("without"), value.good ? "good" : "bad") : "",
        ],
      })), { title: "" }, say("values")));
    }
    const marks = ["verifier", "reviewer", "approver"].map((role) => {
      const found = one.signatures.find((mark) => mark.role === role);
      return [say(`role_${role}`), found ? `${found.by} · ${v.moment(found.at)}` : say("not_signed")];
    });
    const air = one.celsius === null ? "" : say("room_now", one);
    card.append(v.definitions([
      [say("regulation_is"), one.regulation],
      [say("tested_on"), one.tested_on],
      [say("room"), air],
      [say("standards"), one.standards.map((used) => element("div", "", `${used.number} ${text(used.name)} · ${used.certificate} · ${say("standard_until", { day: used.until })}`))],
      [say("maker"), one.maker],
      [say("model"), one.model],
      [say("place"), one.place],
      [say("remark"), one.remark],
      ...marks,
    ]));
    return card;
  }

  // Scanning

  async function scanned(told) {
    if (lab.isEquipment(told)) {
      const one = await Liqu.ask("GET", `${lab.base}/equipment/${lab.clean(told)}`);
      if (!form) { location.assign(`/lab/equipment#${one.code}`); return; }
      v.done(form.addStandard(one) ? `${one.number} ${text(one.name)}` : say("standard_twice"));
      return;
    }
    const own = [sheet.row.code, sheet.flow].includes(lab.clean(told));
    if (!own) { location.assign(lab.sampleAt(told)); return; }
    if (may("start")) { await begin("start", "begun"); } else if (may("rest")) { await begin("rest", "rested"); } else if (may("sign")) { await finish(); }
  }

  const scan = v.scanner(say("scan_any"), say("scan_any_hint"), scanned);
  scan.node.querySelector("button").textContent = say("scan");
  id("tools").append(scan.node);
  window.addEventListener("beforeunload", (event) => { if (changed) { event.preventDefault(); } });
  v.start(draw);
  lab.catches(scan.input);
  lab.every(30, () => { if (sheet && !form && !changed) { v.load(); } });
})(window.Liqu);
