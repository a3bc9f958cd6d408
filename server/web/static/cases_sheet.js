/* One case: the acceptor's sheet, saved as it is filled in, and signed when nothing is missing. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const path = `${v.base}/cases/${v.facts.order}`;
  const WAIT = 600;
  const FAULT = /^[SF][0-9A-Z]{12}$/;
  const plain = (told) => told.replace(/[\s-]/g, "").toUpperCase();

  let view = null;
  let sheet = null;
  let opened = "";
  let dirty = new Set();
  let edited = false;
  let timer = 0;
  let saving = null;
  let cards = new Map();
  let catalogue = null;
  let whoOpen = false;
  let stateNode = null;

  // The model

  function take(told) {
    view = told;
    sheet = {
      counted: Object.fromEntries(told.lines.filter((line) => line.counted !== null).map((line) => [line.item, line.counted])),
      reviewed: new Set(told.review.filter((one) => one.ticked).map((one) => one.id)),
      waived: Object.fromEntries(told.lines.filter((line) => line.waived).map((line) => [line.item, line.waived])),
      remark: told.remark, mode: told.mode, site: told.site, ecqs: told.ecqs,
    };
    dirty = new Set();
    edited = false;
  }

  function body(allGood) {
    const pieces = {};
    view.pieces.filter((piece) => dirty.has(piece.code)).forEach((piece) => {
      pieces[piece.code] = {
        seen: piece.seen, maker: piece.maker, model: piece.model, serial: piece.serial, careful: piece.careful, refused: piece.refused,
        looks: piece.looks.map((one) => ({ good: one.good, remark: one.remark })), accessories: piece.accessories.map((one) => one.here),
      };
    });
    return {
      version: view.version, counted: sheet.counted, pieces, all_good: allGood || [], reviewed: [...sheet.reviewed], waived: sheet.waived,
      remark: sheet.remark, mode: sheet.mode, site: sheet.site, ecqs: sheet.ecqs,
    };
  }

  function touch(piece) {
    if (piece) { dirty.add(piece.code); }
    edited = true;
    told("unsaved");
    clearTimeout(timer);
    timer = setTimeout(() => save(), WAIT);
  }

  function told(key, places) {
    if (!stateNode) { return; }
    stateNode.textContent = key ? say(key, places) : "";
    stateNode.dataset.tone = key === "unsaved" ? "" : "";
  }

  /* Saves what was changed; one at a time, so that each names the version before it. Answers whether it went well. */
  async function save(allGood) {
    clearTimeout(timer);
    if (saving) { await saving; }
    if (!edited && !allGood) { return true; }
    const sent = body(allGood);
    const pieces = dirty;
    dirty = new Set();
    edited = false;
    told("saving");
    saving = (async () => {
      try {
        const answer = await Liqu.ask("PUT", `${path}/sheet`, sent);
        id("problem").hidden = true;
        if (allGood) { merge(answer, true); } else { merge(answer, false); }
        return true;
      } catch (refusal) {
        pieces.forEach((code) => dirty.add(code));
        edited = true;
        v.refuse(id("problem"), refusal);
        if (refusal.code === "sheet_changed" || refusal.code === "order_state") {
          id("problem").querySelector(".problem-act").append(v.button(say("changed_reload"), () => load()));
        }
        told("unsaved");
        return false;
      } finally {
        saving = null;
      }
    })();
    return saving;
  }

  /* What the server made of it. Fields that people may be typing in stay as they are. */
  function merge(answer, whole) {
    if (whole && !edited) { take(answer); draw(); return; }
    const mine = new Map(view.pieces.map((piece) => [piece.code, piece]));
    view = Object.assign({}, answer, { pieces: view.pieces.map((piece) => mine.get(piece.code)) });
    counts();
    side();
    told("saved_at", { at: Liqu.clock(answer.changed_at || Date.now()) });
  }

  // Scanning

  const scan = v.scanner(say("scan_piece"), say("scan_piece_hint"), async (code) => {
    const want = plain(code);
    const piece = view.pieces.find((one) => [one.code, one.flow].includes(want) || (one.foreign && one.foreign === code.trim()));
    if (piece) { scanned(piece); return; }
    const found = await Liqu.ask("POST", `${v.base}/cases/open`, { code });
    if (found.id === view.id) {
      const there = found.opened && found.pieces.find((one) => one.index === found.opened);
      if (there && view.editable) { view.pieces.push(there); scanned(there); }
      return;
    }
    if (found.opened && FAULT.test(want)) { throw new Liqu.Refused("other", say("scan_other"), say("scan_other_more", { number: v.spaced(found.number) })); }
    await save();
    location.href = `/cases/${v.facts.hall}/orders/${found.id}`;
  });
  scan.input.dataset.scan = "";
  scan.node.querySelector("button").textContent = say("scan_go");

  function scanned(piece) {
    opened = piece.code;
    if (view.editable) {
      const fresh = piece.seen !== "scan";
      piece.seen = "scan";
      const seen = view.pieces.filter((one) => one.item === piece.item && one.seen).length;
      if (fresh) { sheet.counted[piece.item] = Math.max(sheet.counted[piece.item] || 0, seen); touch(piece); }
    }
    draw();
    const node = document.querySelector(`.piece[data-code="${piece.code}"]`);
    if (node) { node.scrollIntoView({ block: "nearest" }); }
    scan.input.focus();
  }

  // Drawing

  function group(title, ...nodes) {
    const made = element("section", "card group");
    const head = element("div", "group-head");
    head.append(element("h2", "", title));
    made.append(head, ...nodes);
    return { node: made, head };
  }

  let countCells = new Map();
  function counting() {
    const made = group(say("lines_title"));
    const table = element("table", "count-table");
    const top = element("thead");
    const head = element("tr");
    ["item", "declared", "counted", "fee_col"].forEach((name) => { const cell = element("th", "", say(name)); cell.scope = "col"; head.append(cell); });
    top.append(head);
    const rows = element("tbody");
    countCells = new Map();
    view.lines.forEach((line) => {
      const row = element("tr");
      const name = element("th");
      name.scope = "row";
      name.append(element("span", "", text(line.name)), element("small", "", line.regulation));
      const counted = element("td");
      const cell = element("div", "count-cell");
      const bad = element("span", "count-bad");
      const input = forms.control("number", sheet.counted[line.item], { min: 0, max: 9999, step: 1 });
      input.setAttribute("aria-label", say("counted_of", { item: text(line.name) }));
      input.addEventListener("input", () => {
        if (input.value === "" || !input.validity.valid) { delete sheet.counted[line.item]; } else { sheet.counted[line.item] = Number(input.value); }
        touch();
        counts();
      });
      if (view.editable) { cell.append(input, bad); } else { cell.append(element("span", "counted-as", line.counted === null ? "—" : String(line.counted))); }
      if (view.editable && line.may_add) {
        cell.append(v.button(say("add_piece"), (pressed) => add(line, pressed), "small", say("add_piece_of", { item: text(line.name) })));
      }
      counted.append(cell);
      const fee = element("td");
      row.append(name, element("td", "digits", String(line.declared)), counted, fee);
      rows.append(row);
      countCells.set(line.item, { input, bad, fee });
    });
    const foot = element("tfoot");
    const sum = element("tr");
    const label = element("td", "", say("total"));
    label.colSpan = 3;
    sum.append(label, element("td"));
    foot.append(sum);
    table.append(top, rows, foot);
    made.node.append(table);
    countCells.set("", { fee: sum.lastChild });
    counts();
    if (view.labels_changed) {
      const warned = element("div", "told warn");
      warned.append(element("strong", "", say("labels_changed")), v.labelCommand(view.number));
      made.node.append(warned);
    }
    made.node.id = "part-counted";
    return made.node;
  }

  const yuan = (fee) => (Number(fee.due) ? say("yuan", { yuan: fee.due }) : say("free"));

  /* The figures of the lines, without taking a field from under anybody's fingers. */
  function counts() {
    view.lines.forEach((line) => {
      const cell = countCells.get(line.item);
      if (!cell) { return; }
      const counted = sheet.counted[line.item];
      if (document.activeElement !== cell.input) { cell.input.value = counted === undefined ? "" : String(counted); }
      const differs = counted !== undefined && counted !== line.declared;
      cell.bad.textContent = differs ? say("differs") : "";
      cell.input.setAttribute("aria-invalid", String(differs));
      cell.fee.replaceChildren(element("span", "", yuan(line.fee)));
      const why = line.waived ? say("waived", { reason: line.waived }) : text(line.fee.reason);
      if (why) { cell.fee.append(element("small", "", why)); }
      if (view.editable && line.waived) {
        cell.fee.prepend(v.button(say("waive_undo"), () => { delete sheet.waived[line.item]; line.waived = ""; touch(); save(); }));
      } else if (view.editable && Number(line.fee.due)) {
        cell.fee.prepend(v.button(say("waive"), () => waive(line), "small", say("waive_of", { item: text(line.name) })));
      }
    });
    const sum = countCells.get("");
    if (sum) { sum.fee.textContent = yuan(view.total); }
  }

  function waive(line) {
    const form = element("form", "fields");
    const reason = forms.line(say("waive_reason"), "", { required: true, maxLength: 200, autocomplete: "off" });
    const go = element("button", "button", say("waive"));
    go.type = "submit";
    form.noValidate = true;
    form.append(reason.node, go);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      sheet.waived[line.item] = reason.read();
      v.closeDrawer();
      touch();
      await save();
    });
    form.querySelector("input").dataset.first = "";
    v.openDrawer(say("waive_of", { item: text(line.name) }), form);
  }

  async function add(line, pressed) {
    await act(pressed, id("problem"), () => Liqu.ask("POST", `${path}/pieces`, { item: line.item, pieces: 1 }), say("added_piece"));
  }

  async function remove(piece) {
    const sure = element("div", "fields");
    const problem = v.trouble();
    const go = v.button(say("remove_piece"), () => act(go, problem, async () => {
      const answer = await Liqu.ask("DELETE", `${path}/pieces/${piece.code}`);
      v.closeDrawer();
      return answer;
    }, say("removed_piece")), "button danger");
    go.dataset.first = "";
    sure.append(element("p", "", say("remove_sure", { piece: piece.index, code: piece.code })), problem, go);
    v.openDrawer(say("remove_piece"), sure);
  }

  function piecesCard() {
    const made = group(`${say("pieces_title")} · ${say("checked_of", { count: view.pieces.filter((one) => one.seen).length, all: view.pieces_count })}`);
    if (view.editable) { made.head.append(v.button(say("all_good"), (pressed) => allGood(pressed))); }
    const list = element("div", "piece-list");
    cards = new Map();
    view.pieces.forEach((piece) => {
      const drawn = Liqu.piece.card(piece, {
        editable: view.editable, open: opened, changed: (one) => touch(one), redraw: draw, remove, photo,
        toggle: (one) => { opened = opened === one.code ? "" : one.code; draw(); const head = document.querySelector(`.piece[data-code="${one.code}"] .piece-head`); if (head) { head.focus(); } },
      });
      cards.set(piece.code, drawn);
      list.append(drawn.node);
    });
    made.node.append(list);
    if (view.pieces_count > view.pieces.length) { made.node.append(element("p", "help", say("pieces_more", { shown: view.pieces.length, count: view.pieces_count }))); }
    return made.node;
  }

  async function allGood(pressed) {
    if (pressed && pressed.getAttribute("aria-disabled") === "true") { return; }
    if (pressed) { pressed.setAttribute("aria-disabled", "true"); }
    await save(view.lines.map((line) => line.item));
    scan.input.focus();
  }

  async function photo(piece, file) {
    await v.once(scan.node.querySelector("button"), id("problem"), async () => {
      const kept = await Liqu.upload(`${path}/pieces/${piece.code}/photos`, file);
      piece.photos = [...piece.photos, kept];
      v.done(say("photo_done"));
      draw();
    });
  }

  function reviewCard() {
    const made = group(say("review_title"));
    const row = element("div", "reviews");
    const boxes = view.review.map((one) => {
      const box = forms.check(text(one.text), sheet.reviewed.has(one.id));
      box.node.classList.add("choice");
      box.input.addEventListener("change", () => {
        if (box.input.checked) { sheet.reviewed.add(one.id); } else { sheet.reviewed.delete(one.id); }
        touch();
      });
      row.append(box.node);
      return [one.id, box];
    });
    made.head.append(v.button(say("review_all"), () => {
      boxes.forEach(([name, box]) => { box.input.checked = true; sheet.reviewed.add(name); });
      touch();
    }));
    made.node.append(row);
    made.node.id = "part-review";
    return made.node;
  }

  function whoCard() {
    const made = group(say("who_title"));
    made.node.id = "part-customer";
    if (view.has_customer && !whoOpen) {
      made.node.append(v.definitions([[say("customer"), view.who], [say("phone"), view.phone], [say("type"), say(`type_${view.customer_type}`)], [say("appointment"), view.appointment ? v.spaced(view.appointment) : ""]]));
      if (view.editable) { made.head.append(v.button(say("who_change"), async () => { await consent(); whoOpen = true; draw(); document.querySelector("#part-customer select").focus(); })); }
      return made.node;
    }
    if (!catalogue) { consent().then(draw); made.node.append(element("p", "help", say("loading"))); return made.node; }
    const form = element("form", "fields");
    const who = Liqu.who.form(catalogue.consent, () => {});
    const type = who.node.querySelector("select");
    type.value = view.customer_type;
    type.dispatchEvent(new Event("change"));
    const problem = v.trouble();
    const go = element("button", "button", say("who_save"));
    go.type = "submit";
    form.noValidate = true;
    form.append(who.node, problem, go);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.hidden = true;
      if (go.getAttribute("aria-disabled") === "true") { return; }
      go.setAttribute("aria-disabled", "true");
      try {
        await save();
        const answer = await Liqu.ask("PUT", `${path}/customer`, { customer: who.read(), consent: who.consent(), language: who.language() });
        whoOpen = false;
        take(answer);
        v.done(say("who_saved"));
        draw();
        scan.input.focus();
      } catch (refusal) {
        if (!(refusal instanceof Liqu.Refused)) { throw refusal; }
        if (!who.tell(refusal)) { v.refuse(problem, refusal); }
      } finally {
        go.removeAttribute("aria-disabled");
      }
    });
    made.node.append(form);
    return made.node;
  }

  async function consent() {
    if (!catalogue) { catalogue = await Liqu.ask("GET", `${v.base}/catalogue`); }
  }

  function wayCard() {
    const made = group(say("way_title"));
    made.node.id = "part-address";
    const row = element("div", "choices");
    const way = view.fulfilment;
    const address = forms.control("text", way.address, { maxLength: 200, autocomplete: "off" });
    const label = element("label", "stacked");
    const name = element("span");
    label.append(name, address);
    const chosen = { way: way.way };
    const problem = v.trouble();
    const turn = () => {
      label.hidden = chosen.way === "collect";
      name.textContent = say(chosen.way === "electronic" ? "address_electronic" : "address_post");
    };
    const keep = () => act(row, problem, () => Liqu.ask("PUT", `${path}/fulfilment`, { way: chosen.way, address: address.value.trim() }), "", true);
    ["collect", "post", "deliver", "electronic"].forEach((one) => {
      const radio = forms.control("radio");
      radio.name = "way";
      radio.value = one;
      radio.checked = chosen.way === one;
      radio.disabled = !view.editable;
      radio.addEventListener("change", () => { chosen.way = one; turn(); keep(); if (one !== "collect") { address.focus(); } });
      const holder = element("label", "check choice");
      holder.append(radio, element("span", "", say(`way_${one}`)));
      row.append(holder);
    });
    address.addEventListener("change", keep);
    address.disabled = !view.editable;
    turn();
    made.node.append(row, label, problem);
    return made.node;
  }

  function moreCard() {
    const made = group(say("more_title"));
    const row = element("div", "three");
    const mode = forms.choice(say("mode"), ["hall", "on_site", "online", "remote"].map((one) => [one, say(`mode_${one}`)]), sheet.mode);
    const site = forms.choice(say("site"), [["", say("site_none")], ...v.facts.sites.map((one) => [one.id, say("site_named", { name: text(one.name), kind: say(`site_kind_${one.kind}`) })])], sheet.site);
    const ecqs = forms.line(say("ecqs"), sheet.ecqs, { maxLength: 64, autocomplete: "off" });
    const remark = forms.line(say("remark"), sheet.remark, { maxLength: 200, autocomplete: "off" });
    [[mode, "mode", "change"], [site, "site", "change"], [ecqs, "ecqs", "input"], [remark, "remark", "input"]].forEach(([field, key, event]) => {
      const input = field.node.querySelector("select, input");
      input.disabled = !view.editable;
      input.addEventListener(event, () => { sheet[key] = field.read(); touch(); });
    });
    row.append(mode.node, site.node, ecqs.node);
    made.node.append(row, remark.node);
    return made.node;
  }

  // What is done with it

  /* Saves first; then the wish, whose answer is the case as it is now. ``quiet``: the main part stays as it is. */
  async function act(pressed, box, wish, said, quiet) {
    return v.once(pressed, box, async () => {
      if (!(await save())) { throw new Liqu.Refused("unsaved", say("unsaved"), ""); }
      const answer = await wish();
      if (quiet) { merge(answer, false); } else { take(answer); draw(); }
      if (said) { v.done(said); }
    });
  }

  async function sign(pressed, problem) {
    const well = await act(pressed, problem, () => Liqu.ask("POST", `${path}/sign`, { version: view.version }), say("signed"));
    if (well) { opened = ""; draw(); document.querySelector(".case-side a.button").focus(); }
  }

  function go(gap) {
    if (gap.at === "piece") {
      const piece = view.pieces.find((one) => one.index === gap.piece);
      if (piece) {
        opened = piece.code;
        draw();
        const node = document.querySelector(`.piece[data-code="${piece.code}"]`);
        node.scrollIntoView({ block: "center" });
        const first = [...node.querySelectorAll("fieldset.look")].find((look) => !look.querySelector(":checked"));
        (first ? first.querySelector("input") : node.querySelector(".piece-head")).focus();
      }
      return;
    }
    const part = id(`part-${gap.at}`);
    part.scrollIntoView({ block: "center" });
    const field = [...part.querySelectorAll("input:not([type=radio]), select")].find((one) => !one.checked && !one.value) || part.querySelector("input, select, button");
    if (field) { field.focus(); }
  }

  const page = { view: () => view, path, act, go, sign, reload: () => load(), state: (node) => { stateNode = node; } };

  let sideNode = null;
  function side() {
    const held = document.activeElement && sideNode && sideNode.contains(document.activeElement) ? document.activeElement.id : "";
    sideNode.replaceChildren(...Liqu.caseSide.draw(page));
    if (held && id(held)) { id(held).focus(); }
  }

  function draw() {
    id("title").textContent = v.spaced(view.number);
    document.title = document.title.replace(/^.*? · /, `${v.spaced(view.number)} · `);
    const focused = document.activeElement === scan.input;
    const main = element("div", "case-main");
    sideNode = element("aside", "case-side");
    sideNode.setAttribute("aria-label", say("signed_title"));
    const field = element("section", "card case-scan");
    field.append(scan.node);
    const parts = [field, counting(), piecesCard()];
    if (view.editable) { parts.push(reviewCard()); }
    parts.push(whoCard());
    if (view.editable) { parts.push(wayCard(), moreCard()); }
    main.append(...parts);
    const both = element("div", "case");
    both.append(main, sideNode);
    v.show(both);
    side();
    if (focused) { scan.input.focus(); }
  }

  async function load() {
    try {
      take(await Liqu.ask("GET", path));
      id("problem").hidden = true;
      draw();
    } catch (refusal) {
      v.refuse(id("problem"), refusal);
      v.show(v.button(say("again"), load, "button second"));
      return;
    }
    scan.input.focus();
  }

  /* What a scanner types belongs to its field, wherever the focus was left. */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && view && view.editable) { event.preventDefault(); id("sign").click(); return; }
    if (event.ctrlKey && event.key.toLowerCase() === "g" && view && view.editable) { event.preventDefault(); allGood(); return; }
    const typed = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
    const writes = event.target.closest("input:not([type=radio]):not([type=checkbox]):not([type=file]), select, textarea");
    if (typed && !writes) { v.closeDrawer(); scan.input.value = ""; scan.input.focus(); }
  });
  window.addEventListener("beforeunload", (event) => { if (edited) { event.preventDefault(); } });

  const start = async () => {
    await load();
    const asked = Number(new URLSearchParams(location.search).get("piece"));
    const piece = view && view.pieces.find((one) => one.index === asked);
    if (piece) { scanned(piece); }
  };
  start();
})(window.Liqu);
