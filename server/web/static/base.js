/* What every page's script shares: sentences, texts in the page's language, elements.
   Television browsers run this too: ES5 only. */
window.Liqu = (function () {
  "use strict";
  var lang = document.documentElement.lang === "en" ? "en" : "zh";

  function data(id) {
    var holder = document.getElementById(id);
    return holder ? JSON.parse(holder.textContent) : null;
  }

  var sentences = data("sentences") || {};

  /* A sentence with its places filled. */
  function say(key, places) {
    var sentence = sentences.hasOwnProperty(key) ? sentences[key] : key;
    return sentence.replace(/\{([a-z_]+)\}/g, function (whole, name) {
      return places && places[name] !== undefined && places[name] !== null ? String(places[name]) : "";
    });
  }

  /* A text that travels in both languages; Chinese where the English one was left empty. */
  function text(of, wanted) {
    if (!of) { return ""; }
    return (wanted || lang) === "zh" || !of.en ? of.zh : of.en;
  }

  function wait(range) {
    var key = range.high === 0 ? "wait_none" : range.low === range.high ? "wait_one" : "wait_range";
    return say(key, range);
  }

  function element(tag, kind, content) {
    var made = document.createElement(tag);
    if (kind) { made.className = kind; }
    if (content !== undefined && content !== null) { made.textContent = content; }
    return made;
  }

  function id(name) { return document.getElementById(name); }

  /* Sets the text only where it differs, so that screen readers and animations are left in peace. */
  function put(node, content) {
    if (node && node.textContent !== content) { node.textContent = content; }
  }

  function show(node, whether) {
    if (node && node.hidden === whether) { node.hidden = !whether; }
  }

  function empty(node) {
    while (node.firstChild) { node.removeChild(node.firstChild); }
  }

  function two(number) { return (number < 10 ? "0" : "") + number; }

  /* The hall's own clock, from a server time such as 2026-11-21T09:03:11.402+08:00. */
  function hallTime(at, milliseconds) {
    var zone = /([+-])(\d\d):(\d\d)$/.exec(at || "");
    var minutes = zone ? (zone[1] === "-" ? -1 : 1) * (Number(zone[2]) * 60 + Number(zone[3])) : 0;
    var when = milliseconds === undefined ? Date.parse(at) : milliseconds;
    return new Date(when + minutes * 60000);
  }

  function clock(at, milliseconds) {
    var time = hallTime(at, milliseconds);
    return two(time.getUTCHours()) + ":" + two(time.getUTCMinutes());
  }

  return {
    lang: lang, data: data, say: say, text: text, wait: wait, element: element, id: id, put: put,
    show: show, empty: empty, hallTime: hallTime, clock: clock
  };
})();
