/* The certificates of the hall: by day, state and number; looking at one, revoking it; what could not be made. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const STATES = ["drafted", "issued", "superseded", "revoked"];
  const TONES = { drafted: "accent", issued: "good", superseded: "warn", revoked: "bad" };
  const WAIT = 300;
  const again = () => v.load();

  const day = v.dated(say("certificate_day"), "", again);
  day.input.required = false;
  day.input.addEventListener("change", () => { if (!day.input.value) { again(); } });
  const state = v.filter(say("state"), STATES.map((one) => [one, say(`state_${one}`)]), again);
  const words = forms.control("search", "", { maxLength: 40, autocomplete: "off", spellcheck: false });
  let timer = 0;
  words.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(again, WAIT); });

  function opening(one) {
    const link = element("a", "small", say("certificate_open"));
    link.href = `/api/v1${v.base}/certificates/${one.id}/pdf`;
    link.target = "_blank";
    link.rel = "noopener";
    link.setAttribute("aria-label", say("certificate_open_of", one));
    return link;
  }

  function revoking(one) {
    const form = element("form", "fields");
    form.noValidate = true;
    const reason = forms.line(say("certificate_reason"), "", { required: true, maxLength: 200 });
    const problem = v.trouble();
    const go = element("button", "button danger", say("certificate_revoke"));
    go.type = "submit";
    const end = element("div", "sheet-end");
    end.append(v.button(say("back"), v.closeDrawer, "button second"), go);
    form.append(element("p", "", say("certificate_revoke_more")), reason.node, problem, end);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!forms.sound(form)) { return; }
      v.once(go, problem, async () => {
        await Liqu.ask("POST", `${v.base}/certificates/${one.id}/revoke`, { reason: reason.read() });
        v.closeDrawer();
        v.done(say("certificate_revoked", one));
        v.load();
      });
    });
    v.openDrawer(say("certificate_revoke_title", one), form);
    form.querySelector("input").focus();
  }

  function failing(list) {
    const box = element("section", "card failures");
    box.append(element("h2", "", say("certificate_failures", { count: list.length })), element("p", "", say("certificate_failures_more")));
    const lines = element("ul");
    list.forEach((one) => {
      const line = element("li");
      line.append(element("strong", "digits", one.number), element("span", "", text(one.fault)));
      if (one.next_at) { line.append(element("small", "", say("certificate_tries", { count: one.tries, when: v.moment(one.next_at) }))); }
      line.append(v.button(say("certificate_retry"), (pressed) => v.once(pressed, id("problem"), async () => {
        await Liqu.ask("POST", `${v.base}/certificates/${one.id}/retry`);
        v.done(say("certificate_retried", one));
        setTimeout(again, 1200);
      }), "small", say("certificate_retry_of", one)));
      lines.append(line);
    });
    box.append(lines);
    return box;
  }

  function standing(one) {
    const made = [v.pill(say(`state_${one.state}`), TONES[one.state])];
    if (one.issued_at && !one.signed) { made.push(" ", v.pill(say("certificate_unsigned"), "bad")); }
    if (one.reason) { made.push(element("small", "", say("certificate_reason_was", one))); }
    if (one.successor) { made.push(element("small", "", say("certificate_successor", { number: one.successor }))); }
    return made;
  }

  function copies(one) {
    if (!one.prints) { return "—"; }
    const count = say("certificate_copies_count", { count: one.prints });
    return one.prints_unknown ? v.two(count, say("certificate_copies_unknown", { count: one.prints_unknown })) : count;
  }

  function acts(one) {
    const made = element("span", "acts-cell");
    if (one.issued_at) { made.append(opening(one)); }
    if (one.state === "issued" && v.facts.manages) {
      made.append(v.button(say("certificate_revoke"), () => revoking(one), "small danger", say("certificate_revoke_of", one)));
    }
    return made;
  }

  async function draw() {
    const wish = new URLSearchParams();
    if (day.read()) { wish.set("day", day.read()); }
    if (state.read()) { wish.set("state", state.read()); }
    if (words.value.trim()) { wish.set("number", words.value.trim()); }
    const view = await Liqu.ask("GET", `${v.base}/certificates?${wish}`);
    const nodes = [];
    if (!view.signing) {
      const told = element("div", "told warn");
      told.append(element("strong", "", say("certificate_no_key")), element("p", "", say("certificate_no_key_more")));
      nodes.push(told);
    }
    if (view.failures.length) { nodes.push(failing(view.failures)); }
    const none = wish.size ? { title: say("certificate_none_found"), detail: say("certificate_none_found_more") } : { title: say("certificate_none"), detail: say("certificate_none_more") };
    nodes.push(v.table([say("certificate_number"), say("instrument"), say("certificate_client"), say("state"), say("certificate_issued"), say("certificate_until"), say("certificate_copies"), say("actions")], view.lines.map((one) => ({
      key: one.id,
      cells: [
        [element("span", "certificate-number", one.number), element("small", "", text(one.kind_name))],
        v.two(text(one.item), one.serial),
        element("span", "digits", one.who || "—"),
        standing(one),
        element("span", "digits", one.issued_at ? v.moment(one.issued_at) : "—"),
        element("span", "digits", one.valid_until || "—"),
        copies(one),
        acts(one),
      ],
    })), none, say("certificate_count", { count: view.lines.length })));
    return nodes;
  }

  v.start(draw, v.inTools(say("certificate_find"), words, "tool-wide"), day.node, state.node);
})(window.Liqu);
