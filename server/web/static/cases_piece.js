/* One piece on the sheet: its appearance, its parts, its plate, its photos. */
(function (Liqu) {
  "use strict";
  const { say, element, text, forms } = Liqu;
  const v = Liqu.visits;
  let groups = 0;

  /* One of a few, as buttons side by side. choices: [value, label, tone]. */
  function sides(label, choices, value, act, within) {
    const made = element("fieldset", "look");
    const name = `side-${groups += 1}`;
    const row = element("div", "sides");
    choices.forEach(([of, told, tone]) => {
      const holder = element("label", "side");
      if (tone) { holder.dataset.tone = tone; }
      const radio = forms.control("radio");
      radio.name = name;
      radio.value = String(of);
      radio.checked = value === of;
      radio.addEventListener("change", () => act(of));
      holder.append(radio, element("span", "", told));
      row.append(holder);
    });
    made.append(element("legend", "", label), row, ...[].concat(within || []));
    return made;
  }

  function written(label, value, most, act) {
    const input = forms.control("text", value, { maxLength: most || 64, autocomplete: "off" });
    input.addEventListener("input", () => act(input.value.trim()));
    return { node: forms.inside(label, input), input };
  }

  /* What a piece's head says at a glance. */
  function tone(piece) {
    if (piece.refused) { return ["bad", say("piece_refused")]; }
    const looked = piece.looks.every((one) => one.good === true || (one.good === false && one.remark));
    const parts = piece.accessories.every((one) => one.here === "here" || one.here === "not_needed");
    if (!looked || !parts || !piece.seen || (piece.fragile && !piece.careful)) { return ["warn", say("piece_todo")]; }
    return piece.looks.some((one) => one.good === false) ? ["bad", say("piece_bad")] : ["good", say("piece_ok")];
  }

  /* ``sheet``: editable, open(piece), changed(piece), redraw(), photo(piece, file), remove(piece), key of what is open. */
  function card(piece, sheet) {
    const holder = element("section", "piece");
    const opened = sheet.open === piece.code;
    holder.dataset.code = piece.code;
    holder.dataset.open = String(opened);
    const head = element("button", "piece-head");
    head.type = "button";
    head.setAttribute("aria-expanded", String(opened));
    const name = element("span", "piece-name");
    const told = [piece.code, piece.foreign && `${say("bound_label")} ${piece.foreign}`, piece.serial].filter(Boolean).join(" · ");
    name.append(element("strong", "", text(piece.name)), element("small", "", told));
    const seen = element("span", "piece-seen");
    const looked = element("span", "piece-tone");
    const number = element("span", "piece-number", String(piece.index));
    number.setAttribute("aria-hidden", "true");
    head.append(number, name, seen, looked);
    head.addEventListener("click", () => sheet.toggle(piece));

    function refresh() {
      const [colour, words] = tone(piece);
      holder.dataset.tone = sheet.editable ? colour : "";
      const marks = piece.fragile ? [v.pill(say("fragile"), "warn")] : [];
      marks.push(sheet.editable ? v.pill(say(piece.seen ? "scanned" : "unscanned"), piece.seen ? "good" : "") : v.pill(text(piece.holder.name)));
      seen.replaceChildren(...marks);
      looked.replaceChildren(sheet.editable ? v.pill(words, colour) : v.pill(text(piece.state_text), "accent"));
    }

    const changed = () => { refresh(); sheet.changed(piece); };
    refresh();
    holder.append(head);
    if (opened) { holder.append(body(piece, sheet, changed)); }
    return { node: holder, refresh };
  }

  function body(piece, sheet, changed) {
    const made = element("div", "piece-body");
    if (!sheet.editable) { made.append(known(piece), photos(piece, sheet)); return made; }
    if (piece.refused) {
      const told = element("p", "wrong", say("piece_refused_why", { reason: piece.refused }));
      const back = v.button(say("refuse_undo"), () => { piece.refused = ""; sheet.changed(piece); sheet.redraw(); });
      const acts = element("div", "piece-acts");
      acts.append(back);
      made.append(told, acts);
      return made;
    }
    const cols = element("div", "piece-cols");
    if (piece.looks.length) { cols.append(titled("looks_title", looks(piece, changed))); }
    if (piece.accessories.length) { cols.append(titled("parts_title", parts(piece, changed))); }
    const plate = element("div", "plate");
    ["maker", "model", "serial"].forEach((field) => {
      plate.append(written(say(field), piece[field], 64, (value) => { piece[field] = value; changed(); }).node);
    });
    const acts = element("div", "piece-acts");
    if (piece.fragile) {
      const careful = forms.check(say("careful"), piece.careful);
      careful.input.addEventListener("change", () => { piece.careful = careful.input.checked; changed(); });
      acts.append(careful.node);
    }
    if (!piece.seen) {
      acts.append(v.button(say("tick_by_hand"), () => { piece.seen = "hand"; sheet.changed(piece); sheet.redraw(); }));
    }
    if (!piece.foreign) { acts.append(v.button(say("bind_open"), () => bind(piece, sheet))); }
    acts.append(v.button(say("refuse_piece"), () => refuse(piece, sheet), "small danger"), v.button(say("remove_piece"), () => sheet.remove(piece), "small danger"));
    made.append(cols, titled("plate_title", plate), photos(piece, sheet), acts);
    return made;
  }

  function titled(title, ...nodes) {
    const made = element("div");
    made.append(element("h3", "", say(title)), ...nodes);
    return made;
  }

  function looks(piece, changed) {
    const list = element("div", "looks");
    piece.looks.forEach((one) => {
      const remark = forms.control("text", one.remark, { maxLength: 64, autocomplete: "off", placeholder: say("look_remark") });
      remark.setAttribute("aria-label", `${text(one.name)} ${say("look_remark")}`);
      remark.hidden = one.good !== false;
      remark.addEventListener("input", () => { one.remark = remark.value.trim(); changed(); });
      list.append(sides(text(one.name), [[true, say("look_good"), "good"], [false, say("look_bad"), "bad"]], one.good, (good) => {
        one.good = good;
        if (good) { one.remark = ""; remark.value = ""; }
        remark.hidden = good;
        if (!good) { remark.focus(); }
        changed();
      }, remark));
    });
    return list;
  }

  function parts(piece, changed) {
    const list = element("div", "looks");
    piece.accessories.forEach((one) => {
      list.append(sides(text(one.name), [["here", say("part_here"), "good"], ["missing", say("part_missing"), "bad"], ["not_needed", say("part_not_needed")]], one.here, (here) => {
        one.here = here;
        changed();
      }));
    });
    return list;
  }

  function photos(piece, sheet) {
    const made = titled("photos");
    const row = element("div", "thumbs");
    piece.photos.forEach((one) => {
      const link = element("a");
      link.href = one.url;
      link.target = "_blank";
      const image = element("img");
      image.src = one.url;
      image.loading = "lazy";
      image.alt = say("photo_of", { piece: piece.index, at: Liqu.clock(one.at) });
      link.append(image);
      row.append(link);
    });
    const button = element("label", "file-button");
    const label = element("span", "", say("photo_add"));
    const input = forms.control("file", undefined, { accept: "image/jpeg,image/png" });
    input.addEventListener("change", async () => {
      if (!input.files.length) { return; }
      label.textContent = say("photo_busy");
      await sheet.photo(piece, input.files[0]);
      label.textContent = say("photo_add");
      input.value = "";
    });
    button.append(label, input);
    row.append(button);
    made.append(row);
    return made;
  }

  function known(piece) {
    const looked = piece.looks.filter((one) => one.good !== null).map((one) => say(one.remark ? "look_told_remark" : "look_told", { name: text(one.name), state: say(one.good ? "look_good" : "look_bad"), remark: one.remark }));
    const parts = piece.accessories.filter((one) => one.here).map((one) => say("look_told", { name: text(one.name), state: say(`part_${one.here}`) }));
    const list = (told) => { const made = element("ul"); told.forEach((one) => made.append(element("li", "", one))); return told.length ? made : ""; };
    return v.definitions([
      [say("state"), text(piece.state_text)],
      [say("holder"), text(piece.holder.name)],
      [say("section"), piece.section],
      [say("maker"), piece.maker], [say("model"), piece.model], [say("serial"), piece.serial],
      [say("flow"), piece.flow],
      [say("looks_title"), list(looked)],
      [say("parts_title"), list(parts)],
      [say("piece_refused"), piece.refused],
    ]);
  }

  /* Recognise a label that the piece came with: from then on a scan of it finds this piece. */
  function bind(piece, sheet) {
    const form = element("form", "fields");
    const told = forms.line(say("bind"), "", { required: true, maxLength: 64, autocomplete: "off", spellcheck: false }, say("bind_help"));
    const problem = v.trouble();
    const go = element("button", "button", say("bind_now"));
    go.type = "submit";
    form.noValidate = true;
    form.append(told.node, problem, go);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      const well = await v.once(go, problem, async () => {
        const bound = await Liqu.ask("POST", `/samples/${encodeURIComponent(piece.code)}/bind`, { foreign: told.read() });
        piece.foreign = bound.foreign;
        v.closeDrawer();
        v.done(say("bound", { foreign: bound.foreign, code: piece.code }));
        sheet.redraw();
      });
      if (!well) { form.querySelector("input").select(); }
    });
    form.querySelector("input").dataset.first = "";
    v.openDrawer(`${say("piece_n", { piece: piece.index })} ${text(piece.name)}`, form);
  }

  function refuse(piece, sheet) {
    const form = element("form", "fields");
    const reason = forms.line(say("refuse_reason"), "", { required: true, maxLength: 200, autocomplete: "off" });
    const go = element("button", "button danger", say("refuse_piece"));
    go.type = "submit";
    form.noValidate = true;
    form.append(reason.node, go);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      piece.refused = reason.read();
      v.closeDrawer();
      sheet.changed(piece);
      sheet.redraw();
    });
    form.querySelector("input").dataset.first = "";
    v.openDrawer(`${say("piece_n", { piece: piece.index })} ${text(piece.name)}`, form);
  }

  Liqu.piece = { card, sides, tone, titled };
})(window.Liqu);
