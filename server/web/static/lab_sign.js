/* Results that wait for my signature. */
(function (Liqu) {
  "use strict";
  const { say, id, text } = Liqu;
  const v = Liqu.visits;
  const lab = Liqu.lab;

  async function list() {
    const rows = await Liqu.ask("GET", `${lab.base}/signing`);
    return [v.table([say("item"), say("conclusion"), say("state"), say("tester"), say("due"), say("section")], rows.map((one) => ({
      key: one.result,
      open: () => location.assign(lab.sampleAt(one.sample)),
      cells: [
        [lab.link(text(one.item), lab.sampleAt(one.sample), "open"), ...v.two("", say("case_is", { number: v.spaced(one.order) })).slice(1)],
        v.pill(say(`conclusion_${one.conclusion}`), one.conclusion === "unqualified" ? "bad" : "good"),
        v.pill(say(one.state === "tested" ? "next_review" : "next_approve"), "accent"),
        v.two(one.tested_by, v.moment(one.at)),
        lab.duePill(one),
        one.section,
      ],
    })), { title: say("sign_none"), detail: say("sign_none_more") }, document.title)];
  }

  const scan = v.scanner(say("scan_any"), say("scan_any_hint"), async (told) => lab.follow(told));
  scan.node.querySelector("button").textContent = say("open");
  id("tools").append(scan.node);
  v.start(list);
  lab.catches(scan.input);
  lab.every(20, v.load);
})(window.Liqu);
