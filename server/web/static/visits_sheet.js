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

  /* ``check(file)`` and ``take(file)`` ask; ``told(report)`` are the nodes of a good check; ``taken(report)`` after. */
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

    input.addEventListener("change", async () => {
      const file = input.files[0];
      box.hidden = true;
      if (!file) { result.replaceChildren(); return; }
      result.replaceChildren(element("p", "help", say("checking")));
      try {
        const report = await check(file);
        if (input.files[0] !== file) { return; }
        if (report.faults.length) { result.replaceChildren(...faults(report), anew()); return; }
        const go = v.button(say("import_now"), () => v.once(go, box, async () => {
          const made = await take(file);
          input.value = "";
          result.replaceChildren();
          taken(made);
        }), "button");
        result.replaceChildren(...told(report, go));
        go.focus();
      } catch (refusal) {
        result.replaceChildren(anew());
        v.refuse(box, refusal);
      }
    });

    /* The same file, mended on the disk, is only read again when it is chosen again. */
    function anew() {
      return v.button(say("file_again"), () => { input.value = ""; input.click(); }, "small");
    }

    return { node: holder, clear: () => { input.value = ""; result.replaceChildren(); box.hidden = true; } };
  }

  Liqu.sheets = { template, upload };
})(window.Liqu);
