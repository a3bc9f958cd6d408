/* Handing out by scanner alone: the customer's code, each piece, the code again. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, put, show } = Liqu;
  const base = `/halls/${Liqu.data("facts").hall}`;
  const main = id("main");
  const field = id("code");
  let code = "";
  let view = null;
  let scanned = new Map();
  let busy = Promise.resolve();

  const spaced = (number) => number.replace(/(....)(?=.)/g, "$1 ");
  const same = (one, other) => one.replace(/[\s-]/g, "").toUpperCase() === other.replace(/[\s-]/g, "").toUpperCase();

  function tell(tone, title, more) {
    id("verdict").dataset.tone = tone;
    // Emptied first: the same words twice are said twice.
    id("verdict-title").textContent = "";
    id("verdict-title").textContent = title;
    id("verdict-more").textContent = more || "";
  }

  function refuse(refusal) {
    if (!(refusal instanceof Liqu.Refused)) { throw refusal; }
    tell("bad", refusal.title, refusal.detail);
    if (refusal.code === "not_signed_in" || refusal.code === "csrf_failed") {
      location.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
    }
  }

  function ask(prompt, hint) {
    put(id("scan-label"), prompt);
    put(id("scan-hint"), hint);
    // What stands in the field stays: the scanner may be in the middle of the next code.
    field.focus();
  }

  function draw() {
    main.dataset.state = view ? "order" : "waiting";
    show(id("order"), Boolean(view));
    const count = scanned.size;
    show(id("release"), count > 0);
    id("release").querySelector("span").textContent = say("release", { count });
    show(id("over"), Boolean(view));
    if (!view) { return; }
    put(id("order-number"), spaced(view.number));
    put(id("order-who"), view.who);
    put(id("order-ready"), say("ready_of", { ready: view.ready, count: view.pieces.length ? view.pieces[0].count : 0 }));
    put(id("order-note"), view.ready && !view.complete ? say("not_all") : "");
    id("pieces").replaceChildren(...view.pieces.map((piece) => {
      const has = scanned.has(piece.index);
      const row = element("li", has ? "is-scanned" : piece.ready ? "is-ready" : "is-off");
      const name = element("span", "name", text(piece.item));
      const more = [piece.conclusion_text && text(piece.conclusion_text), piece.certificate,
        piece.ready && piece.where && say("where", { where: text(piece.where) }),
        !piece.ready && piece.due && piece.state !== "released" && say("due", { day: piece.due })].filter(Boolean);
      if (more.length) { name.append(element("small", "", more.join(" · "))); }
      row.append(element("span", "index", piece.index), name,
        element("span", "end", has ? say("checked") : piece.ready ? say("to_scan") : text(piece.state_text)));
      return row;
    }));
  }

  function over() {
    field.value = "";
    code = "";
    view = null;
    scanned = new Map();
    show(id("slip"), false);
    put(id("over"), say("start_over"));
    draw();
    tell("calm", say("waiting"), say("waiting_more"));
    ask(say("scan_code"), say("scan_code_hint"));
  }

  async function begin(told) {
    const seen = await Liqu.ask("POST", `${base}/pickups`, { code: told });
    code = told;
    view = seen;
    scanned = new Map();
    show(id("slip"), false);
    put(id("over"), say("start_over"));
    draw();
    if (!seen.ready) {
      tell("bad", say("none_ready"), seen.why ? text(seen.why) : "");
      code = "";
      ask(say("scan_code"), say("scan_code_hint"));
      return;
    }
    tell("calm", say("scan_piece"), say("scan_piece_hint"));
    ask(say("scan_piece"), say("scan_piece_hint"));
  }

  async function piece(told) {
    const one = await Liqu.ask("GET", `/samples/${encodeURIComponent(told)}`);
    const known = view.pieces.find((other) => other.index === one.index);
    if (one.order !== view.number || !known) {
      tell("bad", say("wrong_order"), say("wrong_order_more", { number: spaced(one.order) }));
    } else if (scanned.has(one.index)) {
      tell("bad", say("twice", one), say("twice_more"));
    } else if (!known.ready) {
      tell("bad", say("not_ready", one), say("not_ready_more", { state: text(known.state_text) }));
    } else {
      scanned.set(one.index, told);
      const left = view.ready - scanned.size;
      tell("good", say("right", { index: one.index, item: text(known.item) }),
        left ? say("right_more", { done: scanned.size, left }) : say("right_all"));
      draw();
    }
    ask(say("scan_piece"), say("scan_piece_hint"));
  }

  async function release() {
    if (!view || !code) { return; }
    if (!scanned.size) {
      tell("bad", say("nothing_scanned"), say("nothing_scanned_more"));
      field.select();
      return;
    }
    const count = scanned.size;
    const after = await Liqu.ask("POST", `${base}/releases`, { code, samples: Array.from(scanned.values()) });
    view = after;
    scanned = new Map();
    code = "";
    draw();
    put(id("over"), say("next"));
    const left = after.pieces.filter((one) => !["released", "refused_at_intake", "returned_untested"].includes(one.state)).length;
    tell("good", say("done", { count }), after.next_number ? say("done_part", { count: left }) : say("done_all"));
    slip(after);
    ask(say("scan_code"), say("scan_code_hint"));
  }

  function slip(of) {
    show(id("slip"), Boolean(of.next_number));
    put(id("slip-number"), of.next_number ? spaced(of.next_number) : "");
    put(id("slip-order"), `${say("order")} ${spaced(of.number)} · ${of.who}`);
  }

  /* One after another: a scanner is quicker than an answer, and none of its scans may be lost. */
  function queue(act) {
    busy = busy.then(act).catch((refusal) => { refuse(refusal); field.focus(); });
    return busy;
  }

  id("scan").addEventListener("submit", (event) => {
    event.preventDefault();
    const told = field.value.trim();
    field.value = "";
    if (!told) { return; }
    queue(() => {
      if (!code) { return begin(told); }
      return same(told, code) ? release() : piece(told);
    });
  });
  id("release").addEventListener("click", () => queue(release));
  id("over").addEventListener("click", over);
  id("print").addEventListener("click", () => window.print());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); queue(release); }
    if (event.key === "Escape") { over(); }
  });

  id("reissue-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const order = id("reissue-order").value.trim();
    if (!order) { id("reissue-order").focus(); return; }
    const proof = event.target.querySelector('input[name="proof"]:checked').value;
    queue(async () => {
      const made = await Liqu.ask("POST", `${base}/pickups/reissue`, { order, proof, remark: id("reissue-remark").value.trim() });
      view = made;
      code = "";
      scanned = new Map();
      draw();
      put(id("over"), say("next"));
      id("reissue").open = false;
      event.target.reset();
      tell("good", say("reissued"), "");
      slip(made);
      ask(say("scan_code"), say("scan_code_hint"));
    });
  });

  over();
})(window.Liqu);
