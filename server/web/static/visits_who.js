/* Who brings the instruments: the customer's part of a form, with faults said at their fields. */
(function (Liqu) {
  "use strict";
  const { say, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const PERSONAL = ["resident"];
  const SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const AT = { phone_bad: "phone", uscc_bad: "uscc", name_needed: "name", company_needed: "company", email_bad: "email", consent_needed: "consent" };

  /* Whether the check character of a 统一社会信用代码 is right (GB 32100-2015); an empty one is. */
  function usccRight(told) {
    const plain = told.replace(/[ -]/g, "").toUpperCase();
    if (!plain) { return true; }
    const values = Array.from(plain, (sign) => SIGNS.indexOf(sign));
    if (values.length !== 18 || values.includes(-1)) { return false; }
    let weight = 1;
    let sum = 0;
    values.slice(0, 17).forEach((value) => { sum += value * weight; weight = (weight * 3) % 31; });
    return (31 - (sum % 31)) % 31 === values[17];
  }

  function field(label, limits, help) {
    const input = forms.control((limits && limits.type) || "text", "", Object.assign({ autocomplete: "off" }, limits));
    const holder = element("div", "field");
    const name = element("label", "", label);
    name.htmlFor = input.id;
    const wrong = element("p", "wrong");
    wrong.id = `${input.id}-told`;
    wrong.hidden = true;
    holder.append(name, input);
    if (help) { holder.append(element("p", "help", help)); }
    holder.append(wrong);
    const told = (sentence) => {
      wrong.hidden = !sentence;
      wrong.textContent = sentence || "";
      if (sentence) { input.setAttribute("aria-describedby", wrong.id); input.setAttribute("aria-invalid", "true"); } else {
        input.removeAttribute("aria-describedby");
        input.removeAttribute("aria-invalid");
      }
    };
    input.addEventListener("input", () => told(""));
    return { node: holder, input, told, read: () => input.value.trim() };
  }

  /* ``consent``: the statement that is read out; ``changed(type)`` is told of another type. */
  function form(consent, changed) {
    const type = forms.choice(say("type"), v.named("type", v.facts.types), v.facts.types.includes("company") ? "company" : v.facts.types[0]);
    const select = type.node.querySelector("select");
    const fields = {
      company: field(say("company"), { maxLength: 64 }),
      uscc: field(say("uscc"), { maxLength: 24, spellcheck: false }, say("uscc_help")),
      name: field(say("contact"), { maxLength: 64 }),
      phone: field(say("phone"), { type: "tel", maxLength: 24 }),
      email: field(say("email"), { type: "email", maxLength: 64 }, say("email_help")),
    };
    const language = v.languages();
    const agreed = forms.check(say("consent_said"), false);
    const wrong = element("p", "wrong");
    wrong.hidden = true;
    agreed.input.addEventListener("change", () => { wrong.hidden = true; });
    const statement = element("details", "statement");
    statement.append(element("summary", "", say("consent_text")), element("p", "lines", text(consent.text)));
    const turn = () => {
      const personal = PERSONAL.includes(select.value);
      fields.company.node.hidden = personal;
      fields.uscc.node.hidden = personal;
      changed(select.value);
    };
    select.addEventListener("change", turn);
    fields.uscc.input.addEventListener("change", () => fields.uscc.told(usccRight(fields.uscc.read()) ? "" : say("uscc_wrong")));
    const grid = element("div", "who-grid");
    grid.append(type.node, ...Object.values(fields).map((one) => one.node), language.node);
    const holder = element("div", "fields");
    holder.append(grid, statement, agreed.node, wrong);
    const personal = () => PERSONAL.includes(select.value);

    /* Says a refusal at its field; answers whether it found one. */
    function tell(refusal) {
      const at = AT[refusal.code];
      if (!at) { return false; }
      if (at === "consent") {
        wrong.textContent = refusal.title;
        wrong.hidden = false;
        agreed.input.focus();
      } else {
        fields[at].told(`${refusal.title}${say("stop")}${refusal.detail}`);
        fields[at].input.focus();
      }
      return true;
    }

    return {
      node: holder, tell, type: () => select.value,
      read: () => ({
        type: select.value, name: fields.name.read(), phone: fields.phone.read(), email: fields.email.read(),
        company: personal() ? "" : fields.company.read(), uscc: personal() ? "" : fields.uscc.read(),
      }),
      language: language.read,
      consent: () => (agreed.read() ? consent.version : ""),
      clear: () => {
        Object.values(fields).forEach((one) => { one.input.value = ""; one.told(""); });
        agreed.input.checked = false;
      },
      focus: () => (personal() ? fields.name : fields.company).input.focus(),
    };
  }

  Liqu.who = { form, usccRight };
})(window.Liqu);
