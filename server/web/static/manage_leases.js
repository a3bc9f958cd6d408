/* Who holds which numbers for the time without the server. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, clock } = Liqu;
  const { PARTS, base, refuse, done, sure, button } = Liqu.manage;

  async function takeBack(name) {
    if (!await sure(say("lease_back_sure", { name }), say("lease_back_more"), true)) { return; }
    try {
      await Liqu.ask("POST", `${base}/leases/return`, { device: name });
      done(say("leases_back"));
      await PARTS.devices();
    } catch (refusal) { refuse(id("problem"), refusal); }
  }

  /* A block: its numbers, what they are for, and how many came back on tickets. */
  function block(line) {
    const { lease } = line;
    const written = (n) => lease.prefix + String(n).padStart(3, "0");
    const made = element("li", line.returned_at ? "off" : "");
    const used = say("lease_of", { used: line.handed_in, all: lease.last - lease.first + 1 });
    made.append(
      element("strong", "", `${written(lease.first)}–${written(lease.last)}`),
      element("span", "", text(line.service_name)),
      element("small", "", used),
    );
    if (line.returned_at) { made.append(element("small", "", say("lease_gone", { time: clock(line.returned_at) }))); }
    return made;
  }

  function kiosk(name, lines) {
    const made = element("section", "card lease");
    const head = element("div", "lease-head");
    head.append(element("h3", "", name));
    if (lines.some((line) => !line.returned_at)) {
      head.append(button(say("lease_back"), say("lease_back_of", { name }), () => takeBack(name), true));
    }
    const list = element("ul", "lease-blocks");
    // What it holds comes first, what was taken back last.
    list.append(...[...lines].sort((a, b) => Boolean(a.returned_at) - Boolean(b.returned_at)).map(block));
    made.append(head, list);
    return made;
  }

  /* The cards below the list of devices. */
  Liqu.manage.leases = async function () {
    const lines = await Liqu.ask("GET", `${base}/leases`);
    const made = element("section", "leases");
    made.append(element("h2", "", say("leases")), element("p", "help", say("leases_help")));
    const names = [...new Set(lines.map((line) => line.device))];
    made.append(...names.map((name) => kiosk(name, lines.filter((line) => line.device === name))));
    if (!names.length) { made.append(element("p", "card empty", say("leases_none"))); }
    return made;
  };
})(window.Liqu);
