/* Where I am signed in, and my password. */
(function (Liqu) {
  "use strict";
  const { say, id, element, forms } = Liqu;
  const form = id("password");

  function refuse(box, refusal) {
    if (!(refusal instanceof Liqu.Refused)) { throw refusal; }
    told(box, refusal.title, refusal.detail);
  }

  function told(box, title, more) {
    box.hidden = false;
    box.querySelector("strong").textContent = title;
    box.querySelector("p").textContent = more || "";
  }

  function done(sentence) {
    id("problem").hidden = true;
    id("said").textContent = sentence;
  }

  function sure(question, more) {
    id("ask-title").textContent = question;
    id("ask-more").textContent = more;
    const dialog = id("ask");
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((answer) => {
      dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
    });
  }

  function show(node) {
    id("panel").replaceChildren(node);
    id("panel").setAttribute("aria-busy", "false");
  }

  async function list() {
    try {
      const lines = await Liqu.ask("GET", "/sessions");
      id("end-others").hidden = lines.length < 2;
      show(Liqu.signIns(lines, (line, client) => end(`/sessions/${line.name}`, say("sign_in_end_sure", line), say("sign_in_end_more", { client }), "sign_in_ended")));
    } catch (refusal) {
      refuse(id("problem"), refusal);
      const again = element("button", "button second", say("again"));
      again.type = "button";
      again.addEventListener("click", list);
      const holder = element("p", "empty");
      holder.append(again);
      show(holder);
    }
  }

  async function end(path, question, more, said) {
    if (!await sure(question, more)) { return; }
    try {
      await Liqu.ask("DELETE", path);
      done(say(said));
      await list();
    } catch (refusal) { refuse(id("problem"), refusal); }
  }

  id("end-others").addEventListener("click", () => end("/sessions/others", say("end_others_sure"), say("end_others_more"), "others_ended"));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = id("password-problem");
    problem.hidden = true;
    const short = id("new").value.length < id("new").minLength;
    id("new").setCustomValidity(id("new").value && short ? say("password_short") : "");
    id("repeated").setCustomValidity(id("repeated").value && id("repeated").value !== id("new").value ? say("password_differs") : "");
    if (!forms.sound(form)) { return; }
    try {
      await Liqu.ask("POST", "/staff/self/password", { old: id("old").value, new: id("new").value });
      form.reset();
      done(say("password_changed"));
      await list();
      id("said").scrollIntoView({ block: "center" });
    } catch (refusal) { refuse(problem, refusal); }
  });
  form.addEventListener("input", () => { ["new", "repeated"].forEach((name) => id(name).setCustomValidity("")); }, true);

  document.addEventListener("DOMContentLoaded", list);
})(window.Liqu);
