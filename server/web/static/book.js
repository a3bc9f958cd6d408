/* Makes the booking form easier to use; it works without. Phones' in-app browsers may be old: ES5 only. */
(function () {
  "use strict";
  var Liqu = window.Liqu, say = Liqu.say, id = Liqu.id;
  var root = document.documentElement;
  root.className += " js";

  function each(list, act) { Array.prototype.forEach.call(list, act); }
  function number(input) { return /^\d{1,4}$/.test(input.value.trim()) ? Number(input.value) : 0; }

  /* What is wrong comes into view, and to the ears. */
  var trouble = id("trouble");
  if (trouble) { trouble.focus(); }

  /* Going back or reloading shows the step anew, never the browser's question whether to send again. */
  var here = id("main").getAttribute("data-here");
  if (here && window.history.replaceState) { window.history.replaceState(null, "", here); }

  /* Once it is booked, a form that the browser kept for going back is emptied. */
  var DONE = "liqu-booked";
  try {
    if (document.querySelector(".said")) { window.sessionStorage.setItem(DONE, "1"); }
    window.addEventListener("pageshow", function (event) {
      if (window.sessionStorage.getItem(DONE) && id("name")) {
        if (event.persisted) {
          each(["name", "phone", "company", "uscc", "email"], function (field) { if (id(field)) { id(field).value = ""; } });
        }
        window.sessionStorage.removeItem(DONE);
      }
    });
  } catch (closed) { /* This browser keeps nothing for a page: there is nothing to empty. */ }

  /* Step 1: one more, one less, how much is chosen, and finding by name. */
  var counts = document.querySelectorAll("[data-count]");
  var summary = id("chosen");

  function sum() {
    var kinds = 0, pieces = 0;
    each(counts, function (holder) {
      var many = number(holder.querySelector("input"));
      if (many) { kinds += 1; pieces += many; }
      var item = holder.parentNode;
      if (many) { item.classList.add("chosen"); } else { item.classList.remove("chosen"); }
    });
    if (summary) { Liqu.put(summary, kinds ? say("chosen", { kinds: kinds, pieces: pieces }) : ""); }
  }

  each(counts, function (holder) {
    var input = holder.querySelector("input");
    var name = holder.getAttribute("data-label");
    var most = Number(holder.getAttribute("data-most"));

    function button(sign, key, by) {
      var made = Liqu.element("button", "", sign);
      made.type = "button";
      made.setAttribute("aria-label", say(key, { name: name }));
      made.addEventListener("click", function () {
        var many = Math.min(most, Math.max(0, number(input) + by));
        input.value = many ? String(many) : "";
        sum();
      });
      return made;
    }

    holder.insertBefore(button("−", "less", -1), input);
    holder.insertBefore(button("+", "more", 1), input.nextSibling);
    var unit = holder.querySelector(".unit");
    if (unit) { unit.parentNode.removeChild(unit); }
    input.addEventListener("input", sum);
  });
  if (counts.length) {
    document.querySelector(".onward").className += " stick";
    sum();
  }

  /* Whom an instrument is for is said only where it is not for who was chosen. */
  function fitting() {
    var chosen = document.querySelector('[name="as"]:checked');
    each(document.querySelectorAll("[data-for]"), function (line) {
      var fits = chosen && line.getAttribute("data-for").split(" ").indexOf(chosen.value) >= 0;
      Liqu.show(line, !fits);
    });
  }
  each(document.querySelectorAll('[name="as"]'), function (choice) { choice.addEventListener("change", fitting); });
  if (counts.length) { fitting(); }

  var find = id("find");
  var groups = document.querySelectorAll("[data-group]");
  if (find && counts.length > 8) {
    var opened = Array.prototype.map.call(groups, function (group) { return group.open; });
    Liqu.show(find, true);
    id("find-text").addEventListener("input", function () {
      var wanted = this.value.trim().toLowerCase(), any = false;
      each(groups, function (group, at) {
        var some = false;
        each(group.querySelectorAll("[data-item]"), function (item) {
          var fits = item.getAttribute("data-name").toLowerCase().indexOf(wanted) >= 0;
          Liqu.show(item, fits);
          some = some || fits;
        });
        Liqu.show(group, some);
        group.open = wanted ? some : opened[at];
        any = any || some;
      });
      Liqu.put(id("find-none"), any ? "" : say("found_none"));
    });
    id("find-text").addEventListener("keydown", function (event) {
      if (event.key === "Enter") { event.preventDefault(); }
    });
  }

  /* What is done once is sent once: the second press of a slow connection does nothing. */
  each(document.querySelectorAll("form[data-once]"), function (form) {
    var gone = false;
    form.addEventListener("submit", function (event) {
      if (gone) { event.preventDefault(); return; }
      gone = true;
      if (id("sending")) { Liqu.put(id("sending"), say("sending")); }
    });
    window.addEventListener("pageshow", function () {
      gone = false;
      if (id("sending")) { Liqu.put(id("sending"), ""); }
    });
  });

  /* A note that was opened by its word: Escape closes it, focus goes in and comes back. */
  var asked = null;
  each(document.querySelectorAll(".term"), function (word) {
    word.addEventListener("click", function () { asked = word; });
  });
  window.addEventListener("hashchange", function () {
    var open = document.querySelector(".note:target");
    if (open) {
      open.querySelector(".button").focus();
    } else if (asked) {
      asked.focus();
      asked = null;
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && document.querySelector(".note:target")) { window.location.hash = "back"; }
  });
})();
