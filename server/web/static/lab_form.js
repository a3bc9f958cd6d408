/* The form of a result: values beside their limits, standards by scan, the instrument, the conclusion. */
(function (Liqu) {
  "use strict";
  const { say, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const lab = Liqu.lab;
  let count = 0;

  const figure = (told) => {
    const plain = told.trim().replace(/[−﹣－]/g, "-").replace(/[，,。]/g, ".");
    return /^[+-]?\d{1,9}(\.\d{1,6})?$/.test(plain) ? Number(plain) : null;
  };

  const signed = (value) => String(value).replace("-", "−");

  function limits(line) {
    if (line.low !== null && line.high !== null) { return `${signed(line.low)} … ${signed(line.high)}`; }
    if (line.high !== null) { return `≤ ${signed(line.high)}`; }
    return line.low !== null ? `≥ ${signed(line.low)}` : "";
  }

  /* null: nothing to judge yet; else whether it is good. */
  function judged(line, told) {
    if (!told) { return null; }
    if (line.kind === "choice") { return told === line.choices[0].zh; }
    if (line.kind !== "number") { return null; }
    const value = figure(told);
    if (value === null) { return null; }
    return (line.low === null || value >= Number(line.low)) && (line.high === null || value <= Number(line.high));
  }

  function reading(line, was, changed) {
    const holder = element("div", "lab-reading");
    const control = `reading-${count += 1}`;
    const verdict = element("span", "lab-verdict");
    const name = element("div", "lab-name");
    let read;
    let input = null;
    if (line.kind === "choice") {
      holder.setAttribute("role", "radiogroup");
      const label = element("span", "lab-label", text(line.name));
      label.id = control;
      holder.setAttribute("aria-labelledby", control);
      name.append(label);
      const row = element("div", "choices");
      line.choices.forEach((choice, index) => {
        const one = element("label", "choice check");
        const radio = forms.control("radio", choice.zh);
        radio.name = control;
        radio.checked = was === choice.zh;
        one.append(radio, element("span", "", text(choice)));
        one.dataset.good = String(index === 0);
        radio.addEventListener("change", () => { judge(); changed(); });
        row.append(one);
      });
      holder.append(name, row, verdict);
      read = () => { const found = row.querySelector(":checked"); return found ? found.value : ""; };
    } else {
      input = forms.control("text", was, { maxLength: line.kind === "number" ? 16 : 200, autocomplete: "off", inputMode: line.kind === "number" ? "decimal" : "text" });
      const label = element("label", "", text(line.name));
      label.htmlFor = input.id;
      name.append(label);
      const told = limits(line);
      if (told) {
        const note = element("small", "", say("limits_are", { limits: `${told} ${line.unit}` }));
        note.id = `${input.id}-limits`;
        input.setAttribute("aria-describedby", note.id);
        name.append(note);
      }
      const row = element("div", "lab-figure");
      row.append(input);
      if (line.unit) { row.append(element("span", "lab-unit", line.unit)); }
      input.addEventListener("input", () => { judge(); changed(); });
      holder.append(name, row, verdict);
      read = () => input.value.trim();
    }
    function judge() {
      const good = judged(line, read());
      const bounded = line.kind === "choice" || limits(line);
      verdict.textContent = good === null || !bounded ? "" : good ? `✓ ${say("within")}` : `✗ ${say("without")}`;
      verdict.dataset.good = good === null ? "" : String(good);
    }
    judge();
    return { line, node: holder, read, good: () => judged(line, read()), focus: () => (input || holder.querySelector("input")).focus() };
  }

  /* sheet: SheetView; was: the draft or null. Answers { node, read, missing, proposed, addStandard }. */
  function form(sheet, was, changed) {
    const known = new Map(((was && was.values) || []).map((one) => [one.reading, one.text]));
    const lines = sheet.readings.map((line) => reading(line, known.get(line.id) || "", changed));
    const values = element("section", "card group");
    values.append(element("h2", "", say("values")));
    if (lines.length) {
      const all = element("div", "lab-readings");
      all.append(...lines.map((one) => one.node));
      values.append(all);
    } else {
      values.append(element("p", "help", say("no_form")));
    }

    const picked = new Map(((was && was.standards) || []).map((one) => [one.code, one]));
    const standards = element("section", "card group");
    const list = element("ul", "lab-standards");
    const select = element("select");
    select.id = "standard-list";
    const label = element("label", "", say("standard_add"));
    label.htmlFor = select.id;
    const field = element("div", "field");
    field.append(label, select);
    standards.append(element("h2", "", say("standards")), element("p", "help", say("standards_help", { count: sheet.least_standards })), list, field);
    select.addEventListener("change", () => {
      const found = sheet.offered.find((one) => one.code === select.value);
      if (found) { picked.set(found.code, found); drawStandards(); changed(); }
    });

    function drawStandards() {
      list.replaceChildren(...[...picked.values()].map((one) => {
        const line = element("li");
        const words = element("span");
        words.append(element("strong", "", `${one.number} ${text(one.name)}`), element("small", "", [
          one.uncertainty, one.certificate, one.until ? say("standard_until", { day: one.until }) : "",
          one.factors ? say("factor_version", { version: one.factors }) : "",
        ].filter(Boolean).join(" · ")));
        line.append(words, v.button("×", () => { picked.delete(one.code); drawStandards(); changed(); }, "small", say("standard_remove", { name: text(one.name) })));
        return line;
      }));
      if (!picked.size) { list.append(element("li", "lab-none", say("standard_none"))); }
      const rest = sheet.offered.filter((one) => !picked.has(one.code));
      select.replaceChildren(...[["", say("choose")], ...rest.map((one) => [one.code, `${one.number} ${text(one.name)}`])].map(([value, name]) => {
        const option = element("option", "", name);
        option.value = value;
        return option;
      }));
      field.hidden = !rest.length;
    }
    drawStandards();

    const of = was || { maker: sheet.maker, model: sheet.model };
    const more = {
      maker: forms.line(say("maker"), of.maker, { maxLength: 64, autocomplete: "off" }),
      model: forms.line(say("model"), of.model, { maxLength: 64, autocomplete: "off" }),
      place: forms.line(say("place"), of.place, { maxLength: 64, autocomplete: "off" }),
      remark: forms.line(say("remark"), of.remark, { maxLength: 200, autocomplete: "off" }),
    };
    const instrument = element("section", "card group");
    const grid = element("div", "who-grid");
    grid.append(...Object.values(more).map((one) => one.node));
    grid.addEventListener("input", changed);
    instrument.append(element("h2", "", say("instrument")), grid);
    let interval = null;
    if (sheet.conclusions.includes("calibrated")) {
      interval = forms.check(say("interval"), of.interval);
      interval.input.addEventListener("change", changed);
      instrument.append(interval.node);
    }

    const node = element("div", "lab-form");
    node.append(values, standards, instrument);
    return {
      node,
      lines,
      proposed: () => (sheet.conclusions.includes("calibrated") ? "calibrated" : lines.some((one) => one.good() === false) ? "unqualified" : "qualified"),
      missing: () => lines.find((one) => one.line.needed && !one.read()) || null,
      standards: () => picked.size,
      addStandard: (one) => {
        if (picked.has(one.code)) { return false; }
        picked.set(one.code, { code: one.code, number: one.number, name: one.name, uncertainty: one.uncertainty, certificate: one.certificate, until: one.until, factors: one.factors.length ? one.factors[0].version : 0 });
        drawStandards();
        changed();
        return true;
      },
      read: () => ({
        values: Object.fromEntries(lines.map((one) => [one.line.id, one.read()]).filter(([, told]) => told)),
        standards: [...picked.keys()],
        maker: more.maker.read(), model: more.model.read(), place: more.place.read(), remark: more.remark.read(),
        interval: Boolean(interval && interval.read()),
      }),
    };
  }

  Liqu.labForm = { form };
})(window.Liqu);
