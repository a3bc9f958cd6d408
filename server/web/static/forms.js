/* Small forms from a description: each field knows how to show itself and what it says. */
(function (Liqu) {
  "use strict";
  const { say, element } = Liqu;
  let count = 0;

  function control(kind, value, limits) {
    const made = element(kind === "long" ? "textarea" : "input");
    if (kind !== "long") { made.type = kind; }
    made.value = value === undefined || value === null ? "" : String(value);
    Object.keys(limits || {}).forEach((name) => { made[name] = limits[name]; });
    made.id = `field-${count += 1}`;
    return made;
  }

  function labelled(label, input, help) {
    const holder = element("div", "field");
    const name = element("label", "", label);
    name.htmlFor = input.id;
    holder.append(name, input);
    explain(holder, input, help);
    return holder;
  }

  function explain(holder, input, help) {
    if (!help) { return; }
    const note = element("p", "help", help);
    note.id = `${input.id}-help`;
    input.setAttribute("aria-describedby", note.id);
    holder.append(note);
  }

  function grouped(label, help) {
    const holder = element("fieldset", "field");
    holder.append(element("legend", "", label));
    if (help) { holder.append(element("p", "help", help)); }
    return holder;
  }

  function inside(label, input) {
    const holder = element("label");
    holder.append(element("span", "", label), input);
    return holder;
  }

  /* One line. limits: what the browser checks, such as required, pattern, min, max. */
  function line(label, value, limits, help) {
    const kind = (limits && limits.type) || "text";
    const input = control(kind, value, limits);
    return { node: labelled(label, input, help), read: () => (kind === "number" ? Number(input.value) : input.value.trim()) };
  }

  /* The same words in both languages; the English ones may stay empty. */
  function both(label, value, options) {
    const { required = false, long = false, help = "" } = options || {};
    const holder = grouped(label, help);
    const most = long ? 200 : 32;
    const zh = control(long ? "long" : "text", value && value.zh, { required, maxLength: most, lang: "zh-CN" });
    const en = control(long ? "long" : "text", value && value.en, { maxLength: long ? 200 : 64, lang: "en", placeholder: "" });
    const pair = element("div", "pair");
    pair.append(inside(say("zh"), zh), inside(say("en"), en));
    holder.append(pair);
    return { node: holder, read: () => ({ zh: one(zh.value), en: one(en.value) }) };
  }

  /* What is shown on one line is kept on one line. */
  function one(text) { return text.replace(/\s+/g, " ").trim(); }

  function check(label, value) {
    const input = control("checkbox");
    input.checked = Boolean(value);
    const holder = element("label", "check");
    holder.append(input, element("span", "", label));
    return { node: holder, input, read: () => input.checked };
  }

  /* Any of several; read: the chosen values. */
  function several(label, choices, chosen, help) {
    const holder = grouped(label, help);
    const boxes = choices.map(([value, name]) => [value, check(name, chosen.includes(value))]);
    const row = element("div");
    boxes.forEach(([, box]) => row.append(box.node));
    holder.append(row);
    return { node: holder, read: () => boxes.filter(([, box]) => box.read()).map(([value]) => value) };
  }

  function choice(label, choices, chosen) {
    const input = element("select");
    input.id = `field-${count += 1}`;
    choices.forEach(([value, name]) => {
      const option = element("option", "", name);
      option.value = value;
      input.append(option);
    });
    input.value = String(chosen);
    return { node: labelled(label, input), cell: () => inside(label, input), read: () => input.value };
  }

  /* What is wrong with a field, as a sentence. */
  function fault(input) {
    const found = input.validity;
    if (found.valueMissing && !found.badInput) { return say("wrong_missing"); }
    if (found.patternMismatch) { return say("wrong_pattern"); }
    if (found.rangeUnderflow || found.rangeOverflow || found.badInput) { return say("wrong_range", input); }
    if (found.stepMismatch) { return say("wrong_step", input); }
    return input.validationMessage;
  }

  /* Says at the field what is wrong with it, or takes that back. */
  function mark(input) {
    const bad = !input.validity.valid;
    const id = `${input.id}-wrong`;
    const was = document.getElementById(id);
    input.setAttribute("aria-invalid", String(bad));
    const others = (input.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
    if (bad) {
      const note = was || element("span", "wrong");
      note.id = id;
      note.textContent = fault(input);
      if (!was) { input.after(note); }
      others.unshift(id);
    } else if (was) {
      was.remove();
    }
    if (others.length) { input.setAttribute("aria-describedby", others.join(" ")); } else { input.removeAttribute("aria-describedby"); }
    return bad;
  }

  /* Marks what is wrong, goes to the first of it, and answers whether all is well. */
  function sound(form) {
    const wrong = [...form.querySelectorAll("input, textarea, select")].filter(mark);
    if (wrong.length) { wrong[0].focus(); }
    return wrong.length === 0;
  }

  /* A field that was put right says so at once. */
  document.addEventListener("input", (event) => {
    if (event.target.getAttribute("aria-invalid") === "true") { mark(event.target); }
  });

  Liqu.forms = { line, both, check, several, choice, grouped, inside, control, sound };
})(window.Liqu);
