/* A new device becomes the hall's: what its screen shows is typed here. */
(function (Liqu) {
  "use strict";
  const { say, id, element, forms } = Liqu;
  const { PARTS, base, refuse, done, sure, group } = Liqu.manage;
  let made = null;

  function build(names) {
    const code = forms.line(say("pair_code"), "", { required: true, pattern: "\\s*([0-9]\\s*){8}", maxLength: 12, inputMode: "numeric", autocomplete: "off" }, say("pair_code_help"));
    const name = forms.line(say("device_name"), "", { required: true, pattern: "[a-z0-9][a-z0-9\\-]{0,31}", autocapitalize: "none", autocomplete: "off" }, say("pair_name_help"));
    const cells = element("div", "pair");
    cells.append(code.node, name.node);
    const go = element("button", "button", say("pair_do"));
    go.type = "submit";
    const end = element("div");
    end.append(go);
    const form = element("form");
    form.noValidate = true;
    const card = group(say("pair"), say("pair_help"), cells, end);
    card.classList.add("pairing");
    form.append(card);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!forms.sound(form) || go.getAttribute("aria-disabled") === "true") { return; }
      const body = { code: code.read().replace(/\s/g, ""), name: name.read() };
      if (made.names.has(body.name) && !await sure(say("pair_exchange", body), say("pair_exchange_more"), true)) { return; }
      go.setAttribute("aria-disabled", "true");
      try {
        const device = await Liqu.ask("POST", `${base}/pairings`, body);
        form.reset();
        done(say("paired", device));
        await PARTS.devices();
      } catch (refusal) {
        refuse(id("problem"), refusal);
      } finally {
        go.removeAttribute("aria-disabled");
      }
    });
    return { form, names };
  }

  /* The same form for as long as the page is open: the list below it is drawn anew while somebody types. */
  Liqu.manage.pairing = function (devices) {
    const names = new Set(devices.map((one) => one.name));
    if (made === null) { made = build(names); }
    made.names = names;
    return made.form;
  };
})(window.Liqu);
