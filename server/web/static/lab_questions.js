/* Questions to customers that are open: those due first. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text } = Liqu;
  const v = Liqu.visits;
  const lab = Liqu.lab;

  async function list() {
    const all = await Liqu.ask("GET", `${lab.base}/negotiations`);
    if (!all.length) {
      const holder = element("div", "card nothing");
      holder.append(element("strong", "", say("questions_none")), element("p", "", say("questions_none_more")));
      return [holder];
    }
    return all.map((one) => {
      const card = Liqu.labQuestion.card(one, v.load, id("problem"));
      const head = card.querySelector("h2");
      head.replaceChildren(lab.link(text(one.item), lab.sampleAt(one.sample)));
      head.after(element("span", "digits", say("case_is", { number: v.spaced(one.order) })));
      return card;
    });
  }

  const scan = v.scanner(say("scan_any"), say("scan_any_hint"), async (told) => lab.follow(told));
  scan.node.querySelector("button").textContent = say("open");
  id("tools").append(scan.node);
  v.start(list);
  lab.catches(scan.input);
  lab.every(30, v.load);
})(window.Liqu);
