/* What a piece's status label says now: scanned, and printed anew in colour. */
(function (Liqu) {
  "use strict";
  const { say, element, text } = Liqu;
  const v = Liqu.visits;

  const scan = v.scanner(say("label_scan"), say("label_hint"), async (told) => {
    const code = told.split("?")[0].replace(/\/+$/, "").split("/").pop();
    const one = await Liqu.ask("GET", `${v.base}/status-labels/${encodeURIComponent(code)}`);
    const box = element("section", "label-now");
    box.dataset.state = one.state;
    box.append(element("h2", "", say("label_of", { name: text(one.name) })), element("strong", "", text(one.word)));
    if (one.why) { box.append(element("p", "", text(one.why))); }
    box.append(v.definitions([[say("label_number"), one.number], [say("label_tested"), one.on], [say("label_until"), one.until]]));
    const link = element("a", "button", say("label_print"));
    link.href = `/certificates/${v.facts.hall}/labels/${one.code}.pdf`;
    link.target = "_blank";
    link.rel = "noopener";
    box.append(link, v.copyable(say("label_command"), `liqu-labels --config FILE --status ${one.code}`));
    v.show(box);
  });
  scan.input.setAttribute("data-scan", "");

  v.start(async () => {
    const none = element("div", "card nothing");
    none.append(element("strong", "", say("label_none")), element("p", "", say("label_none_more")));
    return [none];
  }, scan.node);
  scan.input.focus();
})(window.Liqu);
