/* What the staff's pages around visits share: lists, filters, the drawer, saying what went wrong. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const facts = Liqu.data("facts");
  const base = `/halls/${facts.hall}`;
  const panel = id("panel");
  const drawer = id("drawer");

  // Saying what became of it

  /* Says a refusal in its box; who is signed out gets a way back that loses nothing of this page. */
  function refuse(box, refusal) {
    if (!(refusal instanceof Liqu.Refused)) { throw refusal; }
    box.querySelector("strong").textContent = refusal.title;
    box.querySelector("p").textContent = refusal.detail;
    const act = box.querySelector(".problem-act");
    act.replaceChildren();
    if (refusal.code === "not_signed_in" || refusal.code === "csrf_failed") {
      const link = element("a", "", say("sign_in"));
      link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
      link.target = "_blank";
      act.append(link);
      window.addEventListener("focus", signedInAgain, { once: true });
    }
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
  }

  /* Who has signed in again in another tab goes on here: this page takes over the new session's token. */
  async function signedInAgain() {
    try {
      const answer = await fetch(location.pathname, { credentials: "same-origin", cache: "no-store" });
      const there = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector('meta[name="csrf"]');
      if (there) { document.querySelector('meta[name="csrf"]').content = there.content; }
    } catch (error) { /* the next wish says what is wrong */ }
  }

  function done(sentence) {
    id("problem").hidden = true;
    id("said").textContent = sentence;
  }

  /* A box for refusals within a form. */
  function trouble() {
    const box = element("div", "problem");
    box.setAttribute("role", "alert");
    box.hidden = true;
    const words = element("div");
    words.append(element("strong"), element("p"), element("p", "problem-act"));
    box.append(words);
    return box;
  }

  /* Does it once, however often the button is pressed; a refusal is said in the box. Answers whether it went well. */
  async function once(pressed, box, act) {
    if (pressed.getAttribute("aria-disabled") === "true") { return false; }
    pressed.setAttribute("aria-disabled", "true");
    box.hidden = true;
    try {
      await act();
      return true;
    } catch (refusal) {
      refuse(box, refusal);
      return false;
    } finally {
      pressed.removeAttribute("aria-disabled");
    }
  }

  // Drawing

  function button(label, act, kind, spoken) {
    const made = element("button", kind || "small", label);
    made.type = "button";
    if (spoken) { made.setAttribute("aria-label", spoken); }
    made.addEventListener("click", () => act(made));
    return made;
  }

  function pill(label, tone) {
    const made = element("span", "pill", label);
    if (tone) { made.dataset.tone = tone; }
    return made;
  }

  function two(first, second) {
    return second ? [element("span", "", first), element("small", "", second)] : [element("span", "", first)];
  }

  /* rows: { cells, open, key }; ``open`` makes the row clickable by mouse, and its first cell's button by keyboard. */
  function table(heads, rows, none, caption) {
    if (!rows.length) {
      const holder = element("div", "card nothing");
      holder.append(element("strong", "", none.title), element("p", "", none.detail || ""));
      return holder;
    }
    const holder = element("div", "card list");
    holder.tabIndex = 0;
    holder.setAttribute("role", "region");
    holder.setAttribute("aria-label", caption);
    const made = element("table");
    made.append(element("caption", "unseen", caption));
    const top = element("thead");
    const head = element("tr");
    heads.forEach((name) => {
      const cell = element("th", "", name);
      cell.scope = "col";
      head.append(cell);
    });
    top.append(head);
    const body = element("tbody");
    rows.forEach((one) => {
      const row = element("tr", one.open ? "opens" : "");
      one.cells.forEach((cell, index) => {
        const made = element(index === 0 ? "th" : "td");
        if (index === 0) { made.scope = "row"; }
        made.append(...[].concat(cell));
        row.append(made);
      });
      if (one.key) { row.dataset.key = one.key; }
      if (one.open) {
        row.addEventListener("click", (event) => { if (!event.target.closest("button, a, input")) { one.open(); } });
      }
      body.append(row);
    });
    made.append(top, body);
    holder.append(made);
    return holder;
  }

  function definitions(pairs) {
    const list = element("dl", "facts");
    pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined).forEach(([name, value]) => {
      const line = element("div");
      const detail = element("dd");
      detail.append(...[].concat(value));
      line.append(element("dt", "", name), detail);
      list.append(line);
    });
    return list;
  }

  function show(...nodes) {
    panel.replaceChildren(...nodes);
    panel.setAttribute("aria-busy", "false");
  }

  // Filters and scans

  let count = 0;
  function inTools(label, control, kind) {
    const holder = element("div", `tool ${kind || ""}`);
    control.id = control.id || `tool-${count += 1}`;
    const name = element("label", "", label);
    name.htmlFor = control.id;
    holder.append(name, control);
    return holder;
  }

  function filter(label, choices, act) {
    const made = element("select");
    [["", say("all")], ...choices].forEach(([value, name]) => {
      const option = element("option", "", name);
      option.value = value;
      made.append(option);
    });
    made.addEventListener("change", act);
    return { node: inTools(label, made), read: () => made.value };
  }

  function dated(label, value, act) {
    const made = forms.control("date", value, { required: true, min: "2000-01-01", max: "2099-12-31" });
    made.addEventListener("change", () => { if (made.value && made.validity.valid) { act(); } });
    return { node: inTools(label, made, "tool-date"), input: made, read: () => made.value };
  }

  /* A day with its neighbours and today. */
  function dayChooser(act) {
    const chosen = dated(say("day"), facts.today, act);
    const step = (by) => {
      const at = new Date(`${chosen.input.value || facts.today}T00:00:00Z`);
      at.setUTCDate(at.getUTCDate() + by);
      chosen.input.value = at.toISOString().slice(0, 10);
      act();
    };
    const before = button("‹", () => step(-1), "small day-step", say("day_before"));
    const after = button("›", () => step(1), "small day-step", say("day_after"));
    const today = button(say("today"), () => { chosen.input.value = facts.today; act(); });
    const row = element("div", "tool-days");
    chosen.node.append(row);
    row.append(before, chosen.input, after, today);
    return chosen;
  }

  /* A field for a wedge scanner or fingers: what comes with Enter is handed to act; then it is free for the next. */
  function scanner(label, hint, act) {
    const form = element("form", "scan");
    const input = forms.control("text", "", { maxLength: 256, autocomplete: "off", spellcheck: false, placeholder: hint });
    input.setAttribute("autocapitalize", "off");
    const go = element("button", "button", say("look_up"));
    go.type = "submit";
    const holder = inTools(label, input, "tool-wide");
    const row = element("div", "scan-row");
    row.append(input, go);
    const box = trouble();
    holder.append(row, box);
    form.append(holder);
    // One after another: a scanner is quicker than an answer, and none of its scans may be lost.
    let before = Promise.resolve();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const told = input.value.trim();
      if (!told) { input.focus(); return; }
      input.value = "";
      before = before.then(async () => {
        const good = await once(go, box, () => act(told));
        if (!good && !input.value) { input.value = told; input.select(); }
      });
    });
    return { node: form, input };
  }

  // The drawer

  let after = null;
  let row = "";
  function openDrawer(title, ...nodes) {
    id("drawer-title").textContent = title;
    id("drawer-problem").hidden = true;
    id("drawer-body").replaceChildren(...nodes);
    if (!drawer.open) {
      after = document.activeElement;
      row = (after.closest("tr") || after).dataset.key || "";
      drawer.showModal();
    }
    drawer.scrollTop = 0;
    (id("drawer-body").querySelector("[data-first]") || id("drawer-title")).focus();
  }
  id("drawer-close").addEventListener("click", () => drawer.close());
  drawer.addEventListener("close", () => {
    if (document.activeElement.hasAttribute("data-scan")) { return; }
    const again = row && document.querySelector(`tr[data-key="${row}"] button`);
    const back = again || document.querySelector("[data-scan]") || after;
    if (back.isConnected) { back.focus(); }
  });

  // Words

  const spaced = (number) => number.replace(/(.{4})(?=.)/g, "$1 ");
  const locale = Liqu.lang === "en" ? "en-GB" : "zh-CN";
  const ofYear = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric", timeZone: "UTC" });
  const ofWeek = new Intl.DateTimeFormat(locale, { weekday: "short", timeZone: "UTC" });

  /* A day as people say it: 11月20日 周五, Fri 20 Nov. */
  function dayText(day) {
    if (!day) { return ""; }
    const at = new Date(`${day}T00:00:00Z`);
    const parts = [ofYear.format(at), ofWeek.format(at)];
    return (Liqu.lang === "en" ? parts.reverse() : parts).join(" ");
  }

  const named = (kind, values) => values.map((value) => [value, say(`${kind}_${value}`)]);
  const linesText = (lines) => lines.map((line) => say("pieces_of", { item: text(line.name), count: line.pieces })).join(say("comma"));
  const moment = (at) => {
    const there = Liqu.hallTime(Date.parse(at));
    return `${dayText(there.toISOString().slice(0, 10))} ${Liqu.clock(at)}`;
  };

  const languages = () => forms.choice(say("language"), [["zh", "中文"], ["en", "English"]], "zh");

  /* A text to take along, such as a command, with a button that copies it. */
  function copyable(label, told) {
    const holder = element("div", "command");
    const code = element("code", "", told);
    code.translate = false;
    const copy = button(say("copy"), () => {
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      if (document.execCommand("copy")) { copy.textContent = say("copied"); }
    });
    const row = element("div", "command-row");
    row.append(code, copy);
    holder.append(element("p", "help", label), row);
    return holder;
  }

  const labelCommand = (number) => copyable(say("labels_by"), `liqu-labels --config FILE --order ${number}`);

  // Beginning

  let draw = null;
  let turn = 0;

  /* Draws the part anew. What comes back for an older wish is dropped, so the list is always of the filters shown. */
  async function load() {
    const mine = turn += 1;
    panel.setAttribute("aria-busy", "true");
    try {
      const nodes = await draw();
      if (mine !== turn) { return; }
      id("problem").hidden = true;
      show(...nodes);
    } catch (refusal) {
      if (mine !== turn) { return; }
      refuse(id("problem"), refusal);
      const holder = element("p", "empty");
      holder.append(button(say("again"), load, "button second"));
      show(holder);
    }
  }

  function start(drawing, ...tools) {
    draw = drawing;
    const row = element("div", "tools");
    row.append(...tools);
    if (tools.length) { id("tools").append(row); }
    load();
  }

  window.addEventListener("offline", () => { id("link").textContent = say("offline"); id("link").hidden = false; });
  window.addEventListener("online", () => {
    id("link").hidden = true;
    if (draw && !id("problem").hidden) { load(); }
  });

  Liqu.visits = {
    facts, base, refuse, done, trouble, once, button, pill, two, table, definitions, show, inTools, filter, dated, dayChooser, scanner,
    openDrawer, closeDrawer: () => drawer.close(), drawer, spaced, dayText, named, linesText, moment, copyable, labelCommand, languages, load, start,
  };
})(window.Liqu);
