/* Samples change hands: one field for every scan; what it means follows from what was scanned before. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const base = `${v.base}/handovers`;
  const plain = (told) => told.replace(/\s/g, "").toUpperCase();

  let view = null;
  /* Scanned to be given away or shelved; scanned of a hand-over that waits; scanned to be fetched off a shelf. */
  let picked = [];
  let taking = null;
  let fetching = null;
  let careful = false;
  let taker = "";

  const scan = v.scanner(say("custody_scan"), say("custody_scan_hint"), async (code) => {
    const shelf = view.shelves.find((one) => one.code === plain(code));
    if (shelf) { await onShelf(shelf); return; }
    if (plain(code).startsWith("SHELF")) { throw new Liqu.Refused("taker_bad", say("custody_unknown_shelf"), say("custody_unknown_shelf_more")); }
    const piece = await Liqu.ask("POST", `${base}/whose`, { code });
    scanned(piece, code);
  });
  scan.input.dataset.scan = "";
  scan.node.querySelector("button").textContent = say("scan_go");

  function add(list, piece) { return list.some((one) => one.code === piece.code) ? list : [...list, piece]; }

  function scanned(piece) {
    if (fetching) {
      if (piece.holder.id !== `shelf:${fetching.shelf.id}`) { throw notMine(piece); }
      fetching.pieces = add(fetching.pieces, piece);
    } else if (piece.holder.id === view.me) {
      picked = add(picked, piece);
    } else {
      const one = view.handovers.find((other) => !other.mine && other.pieces.some((there) => there.code === piece.code));
      if (!one) { throw notMine(piece); }
      if (!taking || taking.id !== one.id) { taking = { id: one.id, codes: [] }; }
      if (!taking.codes.includes(piece.code)) { taking.codes.push(piece.code); }
    }
    draw();
  }

  function notMine(piece) {
    return new Liqu.Refused("wrong_custodian", say("custody_not_mine", { code: piece.code, name: text(piece.holder.name) }), say("custody_not_offered_more"));
  }

  async function onShelf(shelf) {
    if (!picked.length) {
      fetching = { shelf, pieces: [] };
      draw();
      return;
    }
    const count = picked.length;
    await Liqu.ask("POST", `${base}/shelve`, { shelf: shelf.code, samples: picked.map((one) => one.code), careful });
    await again(say("custody_shelved", { shelf: text(shelf.name), count }));
  }

  async function again(said) {
    picked = [];
    taking = null;
    fetching = null;
    careful = false;
    view = await Liqu.ask("GET", base);
    v.done(said);
    draw();
    scan.input.focus();
  }

  const act = (pressed, box, wish, said) => v.once(pressed, box, async () => { await wish(); await again(said); });

  // Drawing

  function held(piece, ...acts) {
    const row = element("div", "held");
    const words = element("div");
    words.append(element("strong", "", say("piece_named", { item: text(piece.item), piece: piece.index })), element("small", "", `${piece.code} · ${v.spaced(piece.order)}`));
    const end = element("div", "held-acts");
    if (piece.fragile) { end.append(v.pill(say("fragile"), "warn")); }
    end.append(v.pill(text(piece.state_text)), ...acts);
    row.append(words, end);
    return row;
  }

  function tick(pieces) {
    if (!pieces.some((one) => one.fragile)) { return null; }
    const box = forms.check(say("custody_careful"), careful);
    box.input.addEventListener("change", () => { careful = box.input.checked; scan.input.focus(); });
    return box.node;
  }

  function card(title, ...nodes) {
    const made = element("section", "card group");
    made.append(element("h2", "", title), ...nodes.filter(Boolean));
    return made;
  }

  function list(pieces, act) {
    const made = element("div", "picked");
    pieces.forEach((piece) => made.append(held(piece, ...(act ? [act(piece)] : []))));
    return made;
  }

  function giving() {
    if (!picked.length) { return null; }
    const problem = v.trouble();
    const to = forms.choice(say("custody_to"), [["", say("custody_to_choose")], ...view.people.map((one) => [one.user, one.section ? say("handler_of", one) : one.name])], taker);
    const select = to.node.querySelector("select");
    select.required = true;
    select.addEventListener("change", () => { taker = to.read(); go.focus(); });
    const go = v.button(say("custody_give"), () => {
      if (!taker) { select.focus(); return; }
      const name = view.people.find((one) => one.user === taker).name;
      const count = picked.length;
      act(go, problem, () => Liqu.ask("POST", base, { taker, samples: picked.map((one) => one.code), careful }), say("custody_gave", { count, name }));
    }, "button");
    const clear = v.button(say("custody_clear"), () => { picked = []; draw(); scan.input.focus(); });
    const acts = element("div", "held-acts");
    acts.append(go, clear);
    return card(say("custody_picked", { count: picked.length }), list(picked, (piece) => v.button(say("custody_remove"), () => { picked = picked.filter((one) => one !== piece); draw(); }, "small", say("custody_remove_of", { code: piece.code }))),
      tick(picked), to.node, element("p", "help", say("custody_shelf_hint")), problem, acts);
  }

  function fetchCard() {
    if (!fetching) { return null; }
    const problem = v.trouble();
    const name = text(fetching.shelf.name);
    const go = v.button(say("custody_fetch_go", { count: fetching.pieces.length }), () => {
      const count = fetching.pieces.length;
      if (!count) { scan.input.focus(); return; }
      act(go, problem, () => Liqu.ask("POST", `${base}/fetch`, { shelf: fetching.shelf.code, samples: fetching.pieces.map((one) => one.code), careful }), say("custody_fetched", { shelf: name, count }));
    }, "button");
    const acts = element("div", "held-acts");
    acts.append(go, v.button(say("custody_clear"), () => { fetching = null; draw(); scan.input.focus(); }));
    return card(say("custody_fetching", { shelf: name }), list(fetching.pieces), tick(fetching.pieces), problem, acts);
  }

  function waiting(one) {
    const problem = v.trouble();
    const codes = taking && taking.id === one.id ? taking.codes : [];
    const rows = element("div", "picked");
    one.pieces.forEach((piece) => {
      const row = held(piece);
      if (codes.includes(piece.code)) { row.dataset.tone = "good"; }
      rows.append(row);
    });
    const acts = element("div", "held-acts");
    if (codes.length) {
      const go = v.button(say("custody_take", { count: codes.length }), () => act(go, problem, () => Liqu.ask("POST", `${base}/${one.id}/take`, { samples: codes, careful }), say("custody_took", { count: codes.length })), "button");
      acts.append(go);
    }
    const no = v.button(say("custody_decline"), () => act(no, problem, () => Liqu.ask("POST", `${base}/${one.id}/withdraw`, {}), say("custody_withdrawn")), "small danger");
    acts.append(no);
    const made = card(say("custody_take_scan", { name: text(one.giver.name), count: one.pieces.length }),
      element("p", "help", say("custody_scanned_of", { count: codes.length, all: one.pieces.length }) + (codes.length && codes.length < one.pieces.length ? ` · ${say("custody_partial")}` : "")),
      rows, tick(one.pieces.filter((piece) => codes.includes(piece.code))), problem, acts);
    made.classList.add("handover");
    return made;
  }

  function given() {
    const mine = view.handovers.filter((one) => one.mine);
    if (!mine.length) { return null; }
    const rows = element("div", "picked");
    const problem = v.trouble();
    mine.forEach((one) => {
      const row = element("div", "held");
      const words = element("div");
      words.append(element("strong", "", text(one.taker.name)), element("small", "", `${say("pieces_count", { count: one.pieces.length })} · ${v.moment(one.at)}`));
      const back = v.button(say("custody_withdraw"), () => act(back, problem, () => Liqu.ask("POST", `${base}/${one.id}/withdraw`, {}), say("custody_withdrawn")));
      row.append(words, back);
      rows.append(row);
    });
    return card(say("custody_given"), rows, problem);
  }

  function mine() {
    if (!view.held.length) {
      const none = element("div", "card nothing");
      none.append(element("strong", "", say("custody_none")), element("p", "", say("custody_none_more")));
      return none;
    }
    const rest = view.held.filter((one) => !picked.some((other) => other.code === one.code));
    if (!rest.length) { return null; }
    return card(picked.length ? say("custody_held_count", { count: rest.length }) : `${say("custody_held")} · ${rest.length}`, list(rest));
  }

  function shelves() {
    const grid = element("div", "shelf-grid");
    view.shelves.forEach((one) => {
      const made = element("div", "shelf-card");
      made.append(element("strong", "", text(one.name)), element("code", "", one.code), element("small", "", say("shelf_pieces", { count: one.pieces })));
      grid.append(made);
    });
    return view.shelves.length ? card(say("custody_shelf"), grid) : null;
  }

  function draw() {
    const left = element("div", "custody-col");
    const right = element("div", "custody-col");
    const waits = view.handovers.filter((one) => !one.mine).map(waiting);
    left.append(...[fetchCard(), giving(), ...waits, given()].filter(Boolean));
    if (!left.children.length) {
      const hint = element("div", "card nothing");
      hint.append(element("strong", "", say("custody_picked_none")), element("p", "", say("custody_shelf_hint")));
      left.append(hint);
    }
    right.append(...[mine(), shelves()].filter(Boolean));
    const both = element("div", "custody");
    both.append(left, right);
    v.show(both);
  }

  async function load() {
    view = await Liqu.ask("GET", base);
    draw();
    return [...id("panel").children];
  }

  document.addEventListener("keydown", (event) => {
    const typed = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (typed && !event.target.closest("input:not([type=radio]):not([type=checkbox]), textarea")) { scan.input.value = ""; scan.input.focus(); }
  });

  id("tools").append(scan.node);
  v.start(load);
  scan.input.focus();
})(window.Liqu);
