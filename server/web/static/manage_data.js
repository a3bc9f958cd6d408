/* The manager's page about data: exports with their purpose, one person's data, retention, seals. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms, manage: M } = Liqu;
  const today = Liqu.data("part").today;
  const { base } = M;

  const KINDS = ["tickets", "appointments", "orders", "certificates", "customers", "journal", "upkeep"];
  const PERSONS = { appointments: "persons", orders: "persons", customers: "persons", certificates: "client" };
  const SHOWN = 31;

  /* A day and time of the hall: 2026-11-21 09:03. The server says them on the hall's clock. */
  function at(moment) { return `${moment.slice(0, 10)} ${moment.slice(11, 16)}`; }
  function who(actor) { return actor.replace(/^staff:/, ""); }
  function short(sum) {
    const made = element("code", "sum", `${sum.slice(0, 12)}…`);
    made.title = sum;
    return made;
  }

  function section(name, title, help, ...nodes) {
    const made = M.group(title, help, ...nodes);
    made.classList.add("data-part");
    made.dataset.part = name;
    return made;
  }

  function list(title, none, heads, rows) {
    const made = element("div", "data-list");
    made.append(element("h3", "", title));
    if (!rows.length) {
      made.append(element("p", "help", none));
    } else {
      const table = M.table(heads, rows);
      table.classList.remove("card");
      table.tabIndex = 0;
      table.setAttribute("role", "group");
      table.setAttribute("aria-label", title);
      made.append(table);
    }
    return made;
  }

  function action(label, act, kind) {
    const made = element("button", kind || "button", label);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  }

  /* Hands a file over to the browser. */
  function keep(file) {
    const link = element("a");
    link.href = URL.createObjectURL(file.blob);
    link.download = file.name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  /* Does it once at a time, and says what stood against it where people look. */
  async function attempt(button, act) {
    if (button.getAttribute("aria-disabled") === "true") { return; }
    button.setAttribute("aria-disabled", "true");
    M.done("");
    try {
      await act();
    } catch (refusal) {
      M.refuse(id("problem"), refusal);
      id("problem").scrollIntoView({ block: "center" });
    } finally {
      button.removeAttribute("aria-disabled");
    }
  }

  // Exports

  function exporting(past) {
    const fields = {
      kind: forms.choice(say("export_kind"), KINDS.map((kind) => [kind, say(`kind_${kind}`)]), "tickets"),
      from: forms.line(say("export_from"), `${today.slice(0, 8)}01`, { type: "date", required: true, min: "2000-01-01", max: "2199-12-31" }),
      to: forms.line(say("export_to"), today, { type: "date", required: true, min: "2000-01-01", max: "2199-12-31" }),
      format: forms.choice(say("export_format"), ["csv", "xlsx"].map((one) => [one, say(`export_${one}`)]), "csv"),
    };
    const purpose = forms.line(say("export_purpose"), "", { required: true, pattern: ".{4,200}", maxLength: 200 }, say("export_purpose_help"));
    const form = element("form", "fields");
    form.noValidate = true;
    const go = element("button", "button", say("export_do"));
    go.type = "submit";
    const end = element("div", "data-end");
    const told = element("span");
    const tell = () => {
      const persons = PERSONS[fields.kind.read()];
      told.replaceChildren(M.pill(say(`export_${persons || "plain"}`), persons ? "warn" : "good"));
    };
    fields.kind.node.querySelector("select").addEventListener("change", tell);
    tell();
    end.append(go, told);
    form.append(M.cells(fields), purpose.node, end);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      attempt(go, async () => {
        const body = Object.assign(M.read(fields), { purpose: purpose.read() });
        keep(await Liqu.file("POST", `${base}/exports`, body));
        await data();
        M.done(say("export_done", { count: say(`kind_${body.kind}`) }));
      });
    });
    return section("export", say("export"), say("export_help"), form, list(say("export_past"), say("export_none"),
      [say("when"), say("what"), say("purpose"), say("by"), say("lines"), say("sum")],
      past.map((one) => [
        at(one.at),
        [element("span", "", say(`kind_${one.kind}`)), element("small", "", `${one.first} – ${one.last}`)],
        one.purpose, who(one.by), one.count.toLocaleString(), short(one.sha256),
      ])));
  }

  // One person

  function said(value) {
    const plain = value.trim();
    return /^(\+?86[ -]?)?1[3-9][0-9 -]{9,12}$|^0\d{2,3}[ -]?\d{7,8}$/.test(plain) ? { phone: plain } : { code: plain };
  }

  function person(past) {
    const form = element("form", "fields");
    form.noValidate = true;
    const field = forms.line(say("person_ask"), "", { required: true, maxLength: 64, autocomplete: "off" });
    const go = element("button", "button", say("person_find"));
    go.type = "submit";
    const result = element("div", "data-found");
    result.setAttribute("aria-live", "polite");
    const row = element("div", "data-ask");
    row.append(field.node, go);
    form.append(row);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      result.replaceChildren();
      if (!forms.sound(form)) { return; }
      attempt(go, async () => {
        const asked = said(field.read());
        found(result, asked, await Liqu.ask("POST", `${base}/persons/find`, asked));
      });
    });
    return section("person", say("person"), say("person_help"), form, result, list(say("erasures"), say("erasures_none"),
      [say("when"), say("reason"), say("by"), say("erased")],
      past.map((one) => [
        at(one.at), one.reason, who(one.by), counts(one.erased).join(say("comma")),
      ])));
  }

  function counts(erased) {
    const told = Object.keys(erased).filter((what) => erased[what]).map((what) => say(`erased_${what}`, { count: erased[what] }));
    return told.length ? told : [say("erased_nothing")];
  }

  function found(holder, asked, view) {
    const card = element("div", "leaf");
    const name = element("p", "data-who", [view.who, view.phone].filter(Boolean).join(" · "));
    const facts = Object.assign({}, view, { last: view.last || say("person_never") });
    card.append(name, element("p", "help", say("person_count", facts)), element("p", "help", say("person_more", facts)));
    const acts = element("div", "sheet-acts");
    acts.append(action(say("person_copy"), () => copy(asked), "button second"));
    if (view.open.length) {
      const open = element("div", "data-open");
      open.append(element("p", "", say("person_open")));
      const matters = element("ul");
      view.open.forEach((one) => matters.append(element("li", "", `${one.number} — ${text(one.who_acts)}`)));
      open.append(matters);
      card.append(open);
    } else {
      acts.append(action(say("person_erase"), () => erase(holder, asked), "button danger"));
    }
    card.append(acts);
    holder.replaceChildren(card);
  }

  function why(label, help) {
    return forms.line(label, "", { required: true, pattern: ".{4,200}", maxLength: 200, autocomplete: "off" }, help);
  }

  function copy(asked) {
    const purpose = why(say("export_purpose"), say("person_reason_help"));
    M.open(say("person_copy_title"), [purpose], async () => {
      keep(await Liqu.file("POST", `${base}/persons/copy`, Object.assign({ purpose: purpose.read() }, asked)));
      M.done(say("person_copy_done"));
    });
  }

  function erase(holder, asked) {
    const reason = why(say("person_reason"), say("person_reason_help"));
    const note = { node: element("p", "once", say("person_erase_more")) };
    M.open(say("person_erase_title"), [note, reason], async () => {
      const made = await Liqu.ask("POST", `${base}/erasures`, Object.assign({ reason: reason.read() }, asked));
      await data();
      const place = M.panel.querySelector('[data-part="person"] .data-found');
      place.replaceChildren(confirmation(made));
      place.scrollIntoView({ block: "center" });
      M.done(say("erased"));
    });
    warned(say("person_erase"));
  }

  /* A dialog whose button says what it does, and that there is no way back. */
  function warned(label) {
    const save = id("sheet-save");
    const was = save.textContent;
    save.textContent = label;
    save.classList.add("danger");
    id("sheet").addEventListener("close", () => {
      save.textContent = was;
      save.classList.remove("danger");
    }, { once: true });
  }

  /* The sheet that the customer is given. */
  function confirmation(made) {
    const sheet = element("div", "leaf data-sheet");
    sheet.append(element("h3", "", say("erased_title")), element("p", "help", say("erased_at", { time: at(made.at), id: made.id.slice(0, 8) })));
    const gone = element("ul");
    counts(made.erased).forEach((line) => gone.append(element("li", "", line)));
    const kept = element("dl");
    made.kept.forEach((one) => {
      kept.append(element("dt", "", text(one.what)), element("dd", "", text(one.why)));
    });
    sheet.append(element("h4", "", say("erased_what")), gone, element("h4", "", say("erased_kept")), kept,
      action(say("erased_print"), () => window.print(), "button second"));
    return sheet;
  }

  // Retention

  function retention(was) {
    const fields = {
      contact_days: forms.line(say("contact_days"), was.contact_days, { type: "number", min: 30, max: 3650, required: true }, say("contact_days_help")),
      photo_days: forms.line(say("photo_days"), was.photo_days, { type: "number", min: 30, max: 3650, required: true }, say("photo_days_help")),
    };
    const form = element("form", "fields");
    form.noValidate = true;
    const save = element("button", "button", say("save"));
    save.type = "submit";
    const end = element("div", "data-end");
    end.append(save);
    const cells = element("div", "pair");
    cells.append(fields.contact_days.node, fields.photo_days.node);
    form.append(cells, end);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      attempt(save, async () => {
        await Liqu.ask("PUT", `${base}/retention`, M.read(fields));
        M.done(say("saved"));
        id("said").scrollIntoView({ block: "center" });
      });
    });
    return section("retention", say("retention"), say("retention_help"), form, list(say("cleared_past"), say("cleared_none"),
      [say("when"), say("erased")], was.cleared.map((one) => [at(one.at), counts(one.counts).join(say("comma"))])));
  }

  // Seals

  function download(label, spoken, path) {
    const link = element("a", "small", label);
    link.href = `/api/v1${base}/${path}`;
    link.setAttribute("download", "");
    link.setAttribute("aria-label", spoken);
    return link;
  }

  function seals(view) {
    const all = download(say("seals_all"), say("seals_all"), "seals.json");
    all.className = "button";
    const end = element("div", "data-end");
    end.append(all);
    const key = element("div", "data-key");
    key.append(element("p", "", say("seals_key")), element("code", "", view.public.replace(/(.{8})(?=.)/g, "$1 ")), element("p", "help", say("seals_check")));
    return section("seals", say("seals"), say("seals_help"), key, ...(view.seals.length ? [end] : []), list(say("seals_days"), say("seals_none"),
      [say("seal_day"), say("seal_lines"), say("seal_seq"), say("seal_sum"), say("seal_file")],
      view.seals.slice(0, SHOWN).map((one) => [
        one.day, one.lines === null ? say("seal_before") : one.lines.toLocaleString(), one.seq.toLocaleString(),
        short(one.digest), download(say("seal_download"), say("seal_download_of", { name: one.day }), `seals/${one.day}`),
      ])));
  }

  async function data() {
    const [exports, erasures, kept, sealed] = await Promise.all(
      ["exports", "erasures", "retention", "seals"].map((part) => Liqu.ask("GET", `${base}/${part}`)));
    const holder = element("div", "data");
    holder.append(exporting(exports), person(erasures), retention(kept), seals(sealed));
    M.show(holder);
  }

  M.PARTS.data = data;
})(window.Liqu);
