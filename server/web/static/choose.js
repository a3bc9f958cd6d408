/* Choosing a counter: who sits where, live. */
(function (Liqu) {
  "use strict";
  const say = Liqu.say;
  const who = Liqu.data("who");
  const panels = {};
  const problem = Liqu.id("problem");
  const link = Liqu.id("link");
  const holder = Liqu.id("counters");
  let busy = false;
  let linked = true;

  function show(panel) {
    panels[panel.counter] = panel;
    const item = document.querySelector(`[data-counter="${CSS.escape(panel.counter)}"]`);
    if (!item) { return; }
    const mine = who.counter === panel.counter;
    const taken = Boolean(panel.staff) && !mine;
    item.dataset.state = panel.state;
    item.dataset.mine = String(mine);
    item.dataset.taken = String(taken);
    const put = (part, content) => Liqu.put(item.querySelector(`.counter-${part}`), content);
    put("state", say(`state_${panel.state}`, { number: panel.number }));
    put("who", taken ? say("taken", { name: panel.staff.name }) : mine ? who.name : say("free"));
    put("act", say(mine ? "go_on" : taken ? "look" : "sit"));
  }

  function tell(refusal) {
    problem.hidden = !refusal;
    if (refusal) {
      problem.querySelector("strong").textContent = refusal.title;
      problem.querySelector("p").textContent = refusal.detail;
    }
  }

  async function sit(counter, address) {
    if (busy) { return; }
    busy = true;
    tell(null);
    try {
      await Liqu.ask("POST", `/halls/${who.hall}/counters/${encodeURIComponent(counter)}/open`);
      location.assign(address);
    } catch (refusal) {
      if (!(refusal instanceof Liqu.Refused)) { throw refusal; }
      tell(refusal);
    } finally {
      busy = false;
    }
  }

  /* Without the link nothing leads on: the next page would not come either. */
  function linkIs(whether) {
    linked = whether;
    holder.querySelectorAll(".counter-card").forEach((card) => card.setAttribute("aria-disabled", String(!whether)));
    link.textContent = say("link_lost");
    link.hidden = whether;
  }

  holder.addEventListener("click", (event) => {
    const card = event.target.closest(".counter-card");
    if (card && !linked) { event.preventDefault(); return; }
    if (!card || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    const panel = panels[card.parentElement.dataset.counter];
    if (panel.staff) { return; }
    event.preventDefault();
    sit(panel.counter, card.href);
  });

  Liqu.data("panels").forEach(show);
  if (Object.keys(panels).length) {
    Liqu.live({
      topics: Object.keys(panels).map((counter) => `counter:${who.hall}:${counter}`),
      view: (topic, panel) => { show(panel); Liqu.alert(panel.hall.emergency); },
      lost: () => linkIs(false),
      back: () => linkIs(true),
    });
  }
})(window.Liqu);
