/* Who may sign what until when, who was trained in what, and what lapses soon. */
(function (Liqu) {
  "use strict";
  const { say, id, element, text, forms } = Liqu;
  const v = Liqu.visits;
  const lab = Liqu.lab;
  const TONES = { valid: "good", soon: "warn", lapsed: "bad", later: "" };
  const KINDS = ["verifier", "reviewer", "approver", "training"];
  let people = [];
  let items = [];

  async function draw() {
    const [view, catalogue] = await Promise.all([Liqu.ask("GET", `${lab.base}/people`), Liqu.ask("GET", `${v.base}/catalogue`)]);
    people = view.people;
    items = catalogue.items;
    const names = new Map(items.map((one) => [one.id, text(one.name)]));
    const heads = [say("person"), say("kind"), say("credential_title"), say("credential_items"), say("until"), say("status")];
    if (v.facts.manages) { heads.push(say("actions")); }
    return [lapsing(view.due), element("h2", "part-title", say("credentials")), v.table(heads, view.credentials.map((one) => ({
      key: one.id,
      cells: [
        one.name,
        v.pill(say(`kind_${one.kind}`), one.kind === "training" ? "" : "accent"),
        v.two(one.title || "—", one.number),
        one.items.length ? one.items.map((each) => names.get(each) || each).join(say("comma")) : say("items_all"),
        element("span", "digits", one.until),
        v.pill(say(`valid_${one.state}`), TONES[one.state]),
        ...(v.facts.manages ? [[
          v.button(say("credential_edit"), () => edit(one), "small", `${say("credential_edit")} ${one.name} ${say(`kind_${one.kind}`)}`),
          v.button(say("credential_remove"), () => remove(one), "small danger", `${say("credential_remove")} ${one.name} ${say(`kind_${one.kind}`)}`),
        ]] : []),
      ],
    })), { title: say("people_none"), detail: say("people_none_more") }, say("credentials"))];
  }

  function lapsing(due) {
    const card = element("section", "card group lab-due");
    card.append(element("h2", "", say("lapsing")));
    if (!due.length) {
      card.append(element("p", "help", say("lapsing_none")));
      return card;
    }
    const list = element("ul", "lab-lapses");
    due.forEach((one) => {
      const line = element("li");
      const words = element("span");
      words.append(element("strong", "", `${one.who} · ${text(one.name)}`), element("small", "", one.detail));
      line.append(v.pill(say(`what_${one.what}`)), words, element("span", "digits", one.until), v.pill(say(one.lapsed ? "lapsed" : "lapses"), one.lapsed ? "bad" : "warn"));
      list.append(line);
    });
    card.append(list);
    return card;
  }

  function edit(one) {
    const was = one || { user: people.length ? people[0].user : "", kind: "verifier", items: [], since: "", until: "" };
    const fields = {
      user: forms.choice(say("person"), people.map((each) => [each.user, each.name || each.user]), was.user),
      kind: forms.choice(say("kind"), KINDS.map((kind) => [kind, say(`kind_${kind}`)]), was.kind),
      title: forms.line(say("credential_title"), was.title, { maxLength: 128 }),
      number: forms.line(say("credential_number"), was.number, { maxLength: 64 }),
      since: forms.line(say("since"), was.since, { type: "date", required: true, min: "2000-01-01", max: "2099-12-31" }),
      until: forms.line(say("until"), was.until, { type: "date", required: true, min: "2000-01-01", max: "2099-12-31" }),
      items: forms.several(say("credential_items"), items.map((each) => [each.id, text(each.name)]), was.items, say("credential_items_help")),
    };
    lab.dialog(say(one ? "credential_edit" : "credential_add"), Object.values(fields).map((field) => field.node), say("save_now"), async () => {
      const body = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.read()]));
      await (one ? Liqu.ask("PUT", `${lab.base}/credentials/${one.id}`, body) : Liqu.ask("POST", `${lab.base}/credentials`, body));
      v.done(say("credential_saved"));
      await v.load();
    });
  }

  function remove(one) {
    lab.dialog(say("credential_remove"), [element("p", "", `${say("credential_remove_sure")} ${one.name} · ${say(`kind_${one.kind}`)} · ${one.number}`)], say("credential_remove"), async () => {
      await Liqu.ask("DELETE", `${lab.base}/credentials/${one.id}`);
      v.done(say("credential_removed"));
      await v.load();
    }, "danger");
  }

  if (v.facts.manages) { id("head-acts").append(v.button(say("credential_add"), () => edit(null), "button")); }
  v.start(draw);
})(window.Liqu);
