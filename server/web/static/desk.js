/* One counter's desk. The view says what is; this file draws it and turns buttons and keys into commands. */
(function (Liqu) {
  "use strict";
  const { say, text, put, id, element } = Liqu;
  const me = Liqu.data("me");
  const main = id("main");
  const problem = id("problem");
  const said = id("said");
  const keysButton = id("keys");
  let view = Liqu.data("view");
  let linked = true;
  let busy = false;
  let doing = "";
  let doneFrom = "";
  let wanted = "";
  let lastWhy = null;
  let awaited = null;
  let keysOn = localStorage.getItem("liqu-keys") !== "off";
  let spokenUndo = null;

  const TONES = { closed: "", open: "good", paused: "warn", called: "accent", serving: "good" };

  /* What can be done now; the core has the last word and says why not. */
  function possible() {
    const mine = view.staff_user === me.user;
    const state = mine ? view.state : "";
    const ticket = mine ? view.ticket : null;
    return {
      open: !view.staff_user && view.state === "closed",
      call: state === "open",
      doneCall: state === "serving",
      start: state === "called",
      recall: state === "called",
      miss: state === "called",
      done: state === "serving",
      park: state === "serving",
      transfer: state === "serving",
      pause: state === "open" || state === "paused",
      close: mine && !ticket,
      again: state === "open",
      line: mine,
      undo: mine && view.undoable.length > 0,
    };
  }

  /* The large button: the one step that usually comes now. */
  function primary() {
    if (view.staff_user === null) { return ["open", "open", "↵"]; }
    if (view.state === "paused") { return ["pause", "resume", "G"]; }
    if (view.state === "called") { return ["start", "start", "S"]; }
    if (view.state === "serving") { return ["doneCall", "done_call", "F2"]; }
    return ["call", "call", "F2"];
  }

  function allowed(act) {
    return linked && !busy && Boolean(possible()[act]);
  }

  // Drawing

  function tag(content, kind) {
    const made = element("span", "tag", content);
    if (kind) { made.dataset.kind = kind; }
    return made;
  }

  function tags(line) {
    const made = [];
    if (line.priority !== "ordinary") {
      made.push(tag(say(`priority_${line.priority}`), line.priority === "green" ? "green" : "priority"));
    }
    if (line.language === "en") { made.push(tag(say("english"))); }
    if (line.offline) { made.push(tag(say("given_offline"))); }
    if (line.hold) { made.push(tag(say(`hold_${line.hold}`))); }
    if (line.returns) { made.push(tag(say("returned", { count: line.returns }))); }
    return made;
  }

  function waited(line) {
    const minutes = Math.max(line.waited, Math.floor((Liqu.now() - Date.parse(line.since)) / 60000));
    return minutes < 1 ? say("now") : say("waited_short", { minutes });
  }

  function serviceName(service) {
    const found = view.services.find((one) => one.id === service);
    return found ? text(found.name) : service;
  }

  function drawCurrent() {
    const holder = id("current");
    const mine = view.staff_user === me.user;
    const ticket = view.ticket;
    const made = [];
    if (view.staff_user && !mine) {
      made.push(idle(say("taken_at", { name: view.staff ? view.staff.name : view.staff_user }), say("taken_at_more"), true));
    } else if (ticket) {
      made.push(element("p", "big-number", ticket.number));
      const facts = element("div", "current-facts");
      facts.append(element("p", "current-service", text(ticket.service_name)));
      const row = element("p", "tags");
      row.append(tag(say(`state_${view.state}`), view.state === "called" ? "next" : "green"), ...tags(ticket));
      if (ticket.recalls) { row.append(tag(say("recall_count", { count: ticket.recalls }))); }
      facts.append(row);
      if (ticket.later.length) {
        facts.append(element("p", "idle-say", say("later", { names: ticket.later.map(serviceName).join(" → ") })));
      }
      if (view.state === "called") { facts.append(element("p", "idle-say", say("called_hint", ticket))); }
      made.push(facts);
      const step = view.history[view.history.length - 1];
      if (step) {
        const timer = element("p", "timer");
        timer.append(element("span", "", say(`since_${view.state}`)), element("b", "", ""));
        timer.lastChild.dataset.since = String(Date.parse(step.at));
        made.push(timer);
      }
    } else {
      const key = view.state === "paused" ? "paused_at" : view.state === "closed" ? "closed_at" : "nobody_at";
      made.push(idle(say(key), say(`${key}_more`), view.state === "closed"));
    }
    replace(holder, made);
    drawTimer();
  }

  /* How long the customer has been called or served, as minutes and seconds. */
  function drawTimer() {
    const timer = document.querySelector(".timer b");
    if (!timer) { return; }
    const seconds = Math.max(0, Math.floor((Liqu.now() - Number(timer.dataset.since)) / 1000));
    put(timer, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  }

  function idle(title, more, leave) {
    const made = element("div", "idle");
    made.append(element("p", "idle-title", title), element("p", "idle-say", more));
    if (leave) {
      const way = element("a", "", say("other_counter"));
      way.href = "/desk";
      made.lastChild.append(document.createElement("br"), way);
    }
    return made;
  }

  /* Puts new children in place, keeping the keyboard's place on the same button. */
  function replace(holder, children) {
    const held = holder.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const top = holder.scrollTop;
    holder.replaceChildren(...children);
    holder.scrollTop = top;
    if (held) {
      const again = holder.querySelector(`[data-key="${CSS.escape(held)}"]`);
      (again || holder).focus();
    }
  }

  function lineButton(key, act, line, kind, possibleAct) {
    const made = element("button", `small-act ${kind}`, say(key));
    made.type = "button";
    made.dataset.line = act;
    made.dataset.ticket = line.id;
    made.dataset.key = `${act}:${line.id}`;
    made.setAttribute("aria-label", say(`${key === "call_this" ? "call" : key}_of`, line));
    able(made, possibleAct);
    return made;
  }

  function lineOf(line, index, kind) {
    const made = element("li", "line");
    made.append(element("span", "line-number", line.number));
    const facts = element("span", "line-facts");
    if (kind === "waiting" && index === 0) {
      made.dataset.next = "true";
      facts.append(tag(say("next"), "next"));
    }
    if (kind === "waiting") { facts.append(element("span", "line-service", text(line.service_name))); }
    facts.append(...tags(line));
    made.append(facts);
    if (kind === "waiting") {
      made.append(element("span", "line-wait", waited(line)), lineButton("cancel", "cancel", line, "", allowed("line")));
      return made;
    }
    const acts = element("span", "line-acts");
    if (kind === "missed") {
      acts.append(lineButton("call_again", "again", line, "call", allowed("again")));
    } else {
      acts.append(
        lineButton("call_this", "again", line, "call", allowed("again")),
        lineButton("back_to_queue", "resume", line, "", allowed("line")),
      );
    }
    made.append(acts);
    return made;
  }

  function drawList(name, lines, kind, emptyKey) {
    const made = lines.map((line, index) => lineOf(line, index, kind));
    if (!lines.length && emptyKey) { made.push(element("li", "empty", say(emptyKey))); }
    replace(id(name), made);
  }

  function able(button, whether) {
    button.setAttribute("aria-disabled", String(!whether));
  }

  function drawActs() {
    const [act, label, key] = primary();
    put(id("primary-label"), say(label));
    put(id("primary-key"), key);
    id("primary").dataset.does = act;
    able(id("primary"), allowed(act));
    document.querySelectorAll(".act").forEach((button) => able(button, allowed(button.dataset.act)));
    const pausing = document.querySelector('.act[data-act="pause"] .act-label');
    put(pausing, say(view.state === "paused" ? "resume" : "pause"));
    document.body.classList.toggle("busy", busy);
  }

  function drawWhy() {
    const title = document.querySelector("#why-title span");
    const first = view.waiting[0];
    if (view.ticket && lastWhy && lastWhy.ticket === view.ticket.id) {
      put(title, say("why_last"));
      put(id("why"), lastWhy.why);
    } else {
      put(title, first ? say("why_next", first) : say("why_nobody"));
      put(id("why"), text(view.next_why));
    }
  }

  function drawHistory() {
    replace(id("history"), view.history.map((step) => {
      const made = element("li");
      made.append(element("time", "", Liqu.clock(step.at)), element("span", "", text(step.text)));
      return made;
    }));
    Liqu.show(id("history-card"), view.history.length > 0);
    const end = id("history");
    end.scrollTop = end.scrollHeight;
  }

  function drawStats() {
    replace(id("stats"), view.services.map((service) => {
      const made = element("li");
      made.append(
        element("span", "stat-name", text(service.name)),
        element("b", "", say("waiting_count", { count: service.waiting })),
        element("span", "stat-wait", service.waiting ? Liqu.wait(service.wait) : ""),
      );
      return made;
    }));
    drawMachines(view.machines || []);
    id("posts").replaceChildren(...view.counters.map((post) => {
      const made = element("li");
      made.dataset.tone = TONES[post.state];
      made.append(element("b", "", post.counter), element("span", "", post.number || say(`state_${post.state}`)));
      if (post.counter === view.counter) { made.dataset.here = "true"; }
      return made;
    }));
  }

  /* What wants somebody, such as a printer without paper: two are named, of more it is said that there are. */
  function drawMachines(all) {
    const named = all.slice(0, 2).map((one) => text(one)).join(say("machines_between"));
    Liqu.show(id("machines"), all.length > 0);
    put(id("machines").querySelector("span"), all.length > 2 ? say("machines_more", { named, count: all.length }) : named);
  }

  function drawUndo() {
    const line = view.undoable[0];
    const ends = line ? Date.parse(line.undo_until) : 0;
    const left = Math.ceil((ends - Liqu.now()) / 1000);
    const on = Boolean(line) && left > 0 && view.staff_user === me.user;
    if (!on && id("undo").contains(document.activeElement)) { id("primary").focus(); }
    Liqu.show(id("undo"), on);
    said.classList.toggle("unseen", on);
    if (!on) { spokenUndo = null; return; }
    const sentence = say(`undo_${line.undo}`, line);
    put(id("undo-say"), sentence);
    put(id("undo-left"), say("undo_left", { seconds: left }));
    id("undo-bar").style.transform = `scaleX(${Math.min(1, Math.max(0, (ends - Liqu.now()) / 10000))})`;
    able(id("undo-button"), allowed("undo"));
    if (spokenUndo !== `${line.id}${line.undo_until}`) {
      spokenUndo = `${line.id}${line.undo_until}`;
      said.textContent = say("undo_can", { sentence });
    }
  }

  function draw() {
    main.dataset.state = view.state;
    const pill = id("state");
    put(pill, say(`state_${view.state}`));
    pill.dataset.tone = TONES[view.state];
    put(id("linked-say"), say(linked ? "linked" : "unlinked"));
    document.body.classList.toggle("lost", !linked);
    const emergency = id("emergency");
    Liqu.show(emergency, Boolean(view.hall.emergency));
    put(emergency, text(view.hall.emergency));
    drawCurrent();
    drawList("queue", view.waiting, "waiting", null);
    put(id("queue-count"), say("waiting_count", { count: view.waiting_total }));
    const more = view.waiting_total - view.waiting.length;
    Liqu.show(id("queue-more"), more > 0);
    put(id("queue-more"), say("queue_more", { count: more }));
    const none = id("queue-empty");
    Liqu.show(none, view.waiting.length === 0);
    put(none.querySelector("strong"), say("queue_empty"));
    put(none.querySelector("p"), say("queue_empty_more"));
    drawList("missed", view.missed, "missed", "missed_empty");
    drawList("parked", view.parked, "parked", "parked_empty");
    put(id("missed-count"), view.missed.length ? String(view.missed.length) : "");
    put(id("parked-count"), view.parked.length ? String(view.parked.length) : "");
    drawActs();
    drawWhy();
    drawHistory();
    drawStats();
    drawUndo();
  }

  function drawKeys() {
    keysButton.setAttribute("aria-pressed", String(keysOn));
    put(id("keys-say"), say(keysOn ? "keys_on" : "keys_off"));
    document.body.classList.toggle("keys-off", !keysOn);
  }

  // Doing

  function tell(sentence) {
    problem.hidden = true;
    said.textContent = sentence;
  }

  function refuse(refusal) {
    said.textContent = "";
    problem.hidden = false;
    problem.querySelector("strong").textContent = refusal.title;
    const more = problem.querySelector("p");
    more.textContent = refusal.detail;
    if (refusal.code === "not_signed_in") {
      const way = element("a", "", say("sign_in"));
      way.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
      more.append(" ", way);
    }
  }

  /* Runs one command at a time; whatever is refused is said beside the buttons. */
  async function run(work) {
    if (busy || !linked) {
      if (!linked) { tell(say("actions_off")); }
      return;
    }
    busy = true;
    drawActs();
    try {
      const sentence = await work();
      tell(sentence || "");
    } catch (refusal) {
      if (!(refusal instanceof Liqu.Refused)) { throw refusal; }
      refuse(refusal);
    } finally {
      const then = wanted;
      busy = false;
      doing = wanted = "";
      draw();
      if (then) { act(then); }
    }
  }

  const here = `/halls/${view.hall.id}/counters/${encodeURIComponent(view.counter)}`;
  const counterDo = (what, body) => Liqu.ask("POST", `${here}/${what}`, body);
  const ticketDo = (ticket, what, body) => Liqu.ask("POST", `/tickets/${encodeURIComponent(ticket)}/${what}`, body);

  async function callNext() {
    const answer = await counterDo("call-next");
    return heardCall(answer);
  }

  function heardCall(answer) {
    if (!answer.ticket) {
      lastWhy = null;
      return answer.why || say("said_nobody");
    }
    lastWhy = { ticket: answer.ticket.id, why: answer.why };
    awaited = { ticket: answer.ticket.id, until: Date.now() + VIEW_LATE };
    unseen();
    return say("said_called", answer.ticket);
  }

  const ACTS = {
    open: () => run(async () => { await counterDo("open"); return say("said_opened"); }),
    call: () => run(callNext),
    doneCall: () => run(async () => { await ticketDo(view.ticket.id, "done"); return callNext(); }),
    start: () => run(async () => say("said_started", await ticketDo(view.ticket.id, "start"))),
    recall: () => run(async () => say("said_recalled", await ticketDo(view.ticket.id, "recall"))),
    miss: () => run(async () => { await ticketDo(view.ticket.id, "miss"); }),
    done: () => run(async () => { await ticketDo(view.ticket.id, "done"); }),
    park: () => id("park-dialog").showModal(),
    transfer: () => offerTransfer(),
    pause: () => run(async () => {
      const resuming = view.state === "paused";
      await counterDo(resuming ? "resume" : "pause");
      return say(resuming ? "said_resumed" : "said_paused");
    }),
    close: () => run(async () => { await counterDo("close"); return say("said_closed"); }),
    undo: () => run(async () => say("said_undone", await ticketDo(view.undoable[0].id, "undo"))),
  };

  const LINES = {
    cancel: (ticket) => run(async () => { await ticketDo(ticket, "cancel"); }),
    again: (ticket) => run(async () => heardCall(await counterDo("call", { ticket }))),
    resume: (ticket) => run(async () => say("said_returned", await ticketDo(ticket, "resume"))),
  };

  /* Steps that call somebody: nobody is called by the second half of a double press. */
  const CALLS = ["call", "doneCall"];
  /* The answer may be here before the view is: until the one who was called is seen, for at most this long (ms),
     nobody else is called. */
  const VIEW_LATE = 2000;

  function unseen() {
    if (awaited && (view.ticket && view.ticket.id === awaited.ticket || Date.now() > awaited.until)) { awaited = null; }
    return awaited !== null;
  }

  function act(name) {
    const does = name === "primary" ? id("primary").dataset.does : name;
    if (!linked) { tell(say("actions_off")); return; }
    /* The new view may be here before the answer is: what is pressed then is done next. The same step again is
       a finger that pressed twice. */
    if (busy) {
      const again = CALLS.includes(does) ? CALLS.includes(doing) : does === doing && view.state === doneFrom;
      if (!again) { wanted = does; }
      return;
    }
    if (!allowed(does) || CALLS.includes(does) && unseen()) { return; }
    doneFrom = view.state;
    ACTS[does]();
    doing = busy ? does : "";
  }

  /* F2 and the space bar: the next customer, whether or not one is still being served. */
  function next() {
    if (view.state === "serving") { act("doneCall"); return; }
    if (view.state === "called" && view.ticket) { tell(say("called_hint", view.ticket)); return; }
    act("call");
  }

  function offerTransfer() {
    const options = view.services.filter((service) => service.id !== view.ticket.service).map((service, index) => {
      const made = element("button", "option");
      made.type = "button";
      made.dataset.service = service.id;
      const words = element("span");
      words.append(
        element("strong", "", text(service.name)),
        element("small", "", `${say("waiting_count", { count: service.waiting })} · ${Liqu.wait(service.wait)}`),
      );
      made.append(element("kbd", "", String(index + 1)), words);
      return made;
    });
    id("transfer-options").replaceChildren(...options);
    id("transfer-dialog").showModal();
  }

  function choose(dialog, option) {
    dialog.close();
    const ticket = view.ticket;
    if (!ticket) { return; }
    if (option.dataset.hold) {
      run(async () => { await ticketDo(ticket.id, "park", { hold: option.dataset.hold }); });
    } else {
      run(async () => {
        const moved = await ticketDo(ticket.id, "transfer", { service: option.dataset.service });
        return say("said_transferred", { number: moved.number, service: serviceName(option.dataset.service) });
      });
    }
  }

  document.querySelectorAll("dialog.choice").forEach((dialog) => {
    dialog.addEventListener("click", (event) => {
      const option = event.target.closest(".option");
      if (option) { choose(dialog, option); }
    });
    dialog.addEventListener("keydown", (event) => {
      const option = dialog.querySelectorAll(".option")[Number(event.key) - 1];
      if (/^[1-9]$/.test(event.key) && option) { event.preventDefault(); choose(dialog, option); }
    });
  });

  main.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) { return; }
    /* By the second half of a double click the button may mean the next step: it is not meant for that. */
    if (event.detail > 1) { return; }
    if (button.dataset.act) { act(button.dataset.act); }
    if (button.dataset.line && button.getAttribute("aria-disabled") !== "true") {
      LINES[button.dataset.line](button.dataset.ticket);
    }
  });

  /* A mouse leaves the keyboard's place alone, so that the space bar goes on calling the next. */
  main.addEventListener("mousedown", (event) => {
    if (event.target.closest("button")) { event.preventDefault(); }
  });

  keysButton.addEventListener("click", () => {
    keysOn = !keysOn;
    localStorage.setItem("liqu-keys", keysOn ? "on" : "off");
    drawKeys();
  });

  const KEYS = { r: "recall", s: "start", d: "done", m: "miss", p: "park", t: "transfer", g: "pause", x: "close", z: "undo" };

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const typing = at.closest("input, textarea, select, [contenteditable]");
    if (event.repeat || event.altKey || typing || event.isComposing || document.querySelector("dialog[open]")) { return; }
    if (event.key === "F2" && !event.ctrlKey && !event.metaKey) { event.preventDefault(); next(); return; }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") { event.preventDefault(); act("undo"); return; }
    if (!keysOn || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    const pressable = at.closest("button, a, summary");
    if (event.key === " " && !pressable) { event.preventDefault(); next(); return; }
    if (event.key === "Enter" && !pressable && possible().open) { event.preventDefault(); act("open"); return; }
    const name = KEYS[event.key.toLowerCase()];
    if (name) { event.preventDefault(); act(name); }
  });

  Liqu.live({
    topics: [me.topic],
    view: (topic, newer) => {
      view = newer;
      main.dataset.live = "yes";
      unseen();
      draw();
    },
    lost: () => {
      linked = false;
      const note = id("link");
      note.hidden = false;
      put(note, say("desk_lost"));
      draw();
    },
    back: () => {
      linked = true;
      id("link").hidden = true;
      tell(say("link_back"));
      draw();
    },
    refused: (code) => {
      if (code === 4401) {
        refuse({ code: "not_signed_in", title: say("signed_out"), detail: say("signed_out_more") });
      }
    },
  });

  function tick() {
    put(id("clock"), Liqu.wall());
    drawTimer();
    drawUndo();
  }

  setInterval(tick, 250);
  setInterval(draw, 30000);
  tick();
  drawKeys();
  draw();
})(window.Liqu);
