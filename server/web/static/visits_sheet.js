/* A sheet handed in: a template to begin with, the file, what it would do line by line, then taking it in. */
(function (Liqu) {
  "use strict";
  const { say, element, text, forms } = Liqu;
  const v = Liqu.visits;

  /* A CSV with only its headings, for Excel and WPS alike. */
  function template(label, name, heads) {
    const link = element("a", "button second", label);
    link.href = URL.createObjectURL(new Blob([`\ufeff${heads}\r\n`], { type: "text/csv" }));
    link.download = name;
    return link;
  }

  async function held(chosen) {
    try {
      return new Blob([await chosen.arrayBuffer()]);
    } catch (error) {
      throw new Liqu.Refused("sheet_bad", say("file_unreadable"), say("file_unreadable_more"));
    }
  }

  function faults(report) {
    const all = report.faults.length + report.more_faults;
    const told = v.trouble();
    told.hidden = false;
    told.querySelector("strong").textContent = say("faults", { count: all });
    told.querySelector("p").textContent = say("faults_help");
    const rows = report.faults.map((fault) => ({
      cells: [fault.row ? String(fault.row) : say("fault_file"), fault.column || "—", text(fault.wrong), text(fault.write)],
    }));
    const nodes = [told, v.table([say("fault_row"), say("fault_column"), say("fault_wrong"), say("fault_write")], rows, {}, say("faults", { count: all }))];
    nodes[1].classList.add("faults");
    if (report.more_faults) { nodes.push(element("p", "help", say("fault_more", { count: report.more_faults }))); }
    return nodes;
  }

  /* ``check(file)`` and ``take(file, name)`` ask; ``told(report)`` are the nodes of a good check; ``taken(report)`` after. */
  function upload({ check, take, told, taken, label }) {
    const holder = element("div", "upload");
    const input = forms.control("file", "", { accept: ".csv,.xlsx" });
    const box = v.trouble();
    const result = element("div", "upload-told");
    const name = element("label", "", label);
    name.htmlFor = input.id;
    const field = element("div", "field");
    field.append(name, input);
    holder.append(field, box, result);

    // The same file, mended on the disk, is news too.
    input.addEventListener("click", () => { input.value = ""; });

    let turn = 0;
    input.addEventListener("change", async () => {
      const mine = turn += 1;
      const chosen = input.files[0];
      box.hidden = true;
      if (!chosen) { result.replaceChildren(); return; }
      result.replaceChildren(element("p", "help", say("checking")));
      try {
        // Held as it is now, so that what is taken in is what was checked.
        const file = await held(chosen);
        const report = await check(file);
        if (mine !== turn) { return; }
        if (report.faults.length) { result.replaceChildren(...faults(report), anew()); return; }
        const go = v.button(say("import_now"), () => v.once(go, box, async () => {
          const made = await take(file, chosen.name);
          input.value = "";
          result.replaceChildren();
          taken(made);
        }), "button");
        result.replaceChildren(...told(report, go));
        go.focus();
      } catch (refusal) {
        if (mine !== turn) { return; }
        result.replaceChildren(anew());
        v.refuse(box, refusal);
      }
    });

    const anew = () => v.button(say("file_again"), () => input.click(), "small");

    return { node: holder, clear: () => { turn += 1; input.value = ""; result.replaceChildren(); box.hidden = true; } };
  }

  Liqu.sheets = { template, upload };
})(window.Liqu);
