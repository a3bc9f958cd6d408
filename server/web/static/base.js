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
    if (range.high === 0) { return say("wait_none"); }
    if (range.low === range.high) { return say("wait_one", range); }
    return say(range.low === 0 ? "wait_within" : "wait_range", range);
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

  /* A moment as the hall's clock shows it, to be read with the getUTC… functions. */
  function hallTime(milliseconds) {
    return new Date(milliseconds + Number(document.documentElement.getAttribute("data-offset")) * 60000);
  }

  /* A moment, or the text of one, as HH:MM in the hall. */
  function clock(at) {
    var time = hallTime(typeof at === "string" ? Date.parse(at) : at);
    return two(time.getUTCHours()) + ":" + two(time.getUTCMinutes());
  }

  return {
    lang: lang, data: data, say: say, text: text, wait: wait, element: element, id: id, put: put,
    show: show, empty: empty, hallTime: hallTime, clock: clock
  };
})();
