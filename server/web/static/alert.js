/* An emergency of the hall, on whatever page is open. In-app browsers of old phones run this too: ES5 only.

   It takes room of its own at the top and stays in view; the rest of the page, dialogs too, moves below it, and
   what is being typed into stays in sight. The focus is left where it is. A page with a live link of its own
   calls Liqu.alert(text or null); for the others (data-topic) it opens one here. */
(function (Liqu) {
  "use strict";
  var bar = Liqu.id("alert");
  var root = document.documentElement;
  var topic = bar.getAttribute("data-topic");

  /* Behind an open dialog the page is silent for screen readers: there it is said within. */
  var within = [].map.call(document.querySelectorAll("dialog"), function (dialog) {
    var line = dialog.appendChild(Liqu.element("p", "unseen"));
    line.setAttribute("role", "alert");
    return line;
  });

  function fit() {
    var height = bar.hidden ? 0 : Math.ceil(bar.getBoundingClientRect().height);
    root.style.setProperty("--alert", height + "px");
    if (bar.scrollHeight > bar.clientHeight) { bar.tabIndex = 0; } else { bar.removeAttribute("tabindex"); }
    return height;
  }

  Liqu.alert = function (words) {
    var text = Liqu.text(words);
    Liqu.put(Liqu.id("alert-text"), text);
    Liqu.show(bar, Boolean(text));
    within.forEach(function (line) { Liqu.put(line, text); });
    var height = fit();
    var at = document.activeElement;
    if (!text || !at || at === document.body || bar.contains(at) || (at.closest && at.closest("dialog"))) { return; }
    var hidden = height - at.getBoundingClientRect().top;
    if (hidden > 0) { window.scrollBy(0, -hidden - 16); }
  };

  bar.classList.add("stays");
  fit();
  if (window.ResizeObserver) { new ResizeObserver(fit).observe(bar); } else { window.addEventListener("resize", fit); }
  if (topic) {
    Liqu.live({
      topics: [topic],
      view: function (name, head) { Liqu.alert(head.emergency); },
      lost: function () { /* What stood there stands; each wish of the page says that there is no link. */ },
      back: function () { /* Its first view has said it. */ }
    });
  }
})(window.Liqu);
