/* The voice of a board page: chime and sentence twice, put together from the clips of the voice pack.
   Television browsers run this: ES5 only. No sound is made until the browser allows it. */
(function (Liqu) {
  "use strict";
  var DIGITS = {
    zh: ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"],
    en: ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
  };
  var TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"];
  var TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

  /* Sign by sign: a ticket's number is read as it is written. */
  function spelled(number, language) {
    return number.replace(/[^0-9A-Za-z]/g, "").split("").map(function (sign) {
      return /\d/.test(sign) ? DIGITS[language][Number(sign)] : sign.toUpperCase();
    });
  }

  /* As one counts: window 12 is twelve; a window with letters in its name is read sign by sign. */
  function counted(counter, language) {
    if (!/^[1-9]\d{0,2}$/.test(counter)) { return spelled(counter, language); }
    var digits = DIGITS[language];
    var hundred = Math.floor(counter / 100);
    var ten = Math.floor(counter / 10) % 10;
    var one = counter % 10;
    if (language === "zh") {
      return (hundred ? [digits[hundred], "百"] : []).concat(
        ten > 1 || (ten && hundred) ? [digits[ten]] : [],
        ten ? ["十"] : hundred && one ? ["零"] : [],
        one ? [digits[one]] : []
      );
    }
    return (hundred ? [digits[hundred], "hundred"] : []).concat(
      ten === 1 ? [TEENS[one]] : (ten ? [TENS[ten]] : []).concat(one ? [digits[one]] : [])
    );
  }

  function words(call) {
    var number = spelled(call.number, call.language);
    var counter = counted(call.counter, call.language);
    return call.language === "en" ?
      ["ticket"].concat(number, ["please proceed to counter"], counter) :
      ["请"].concat(number, ["号到"], counter, ["号窗口办理"]);
  }

  function get(address, kind, done, failed) {
    var request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = kind;
    request.onload = function () { if (request.status === 200) { done(request.response); } else { failed(); } };
    request.onerror = failed;
    request.send();
  }

  /* on.blocked(whether): the browser waits for a touch before it plays; on.ended(id): said, or given up. */
  Liqu.announcer = function (on) {
    var Context = window.AudioContext || window.webkitAudioContext;
    var context = null;
    var manifest = null;
    var kept = {};
    var playing = [];
    var turn = 0;

    function blocked() { return !context || context.state === "suspended"; }

    function tellBlocked() { on.blocked(Boolean(manifest) && blocked()); }

    function clip(name, done) {
      if (kept.hasOwnProperty(name)) { done(kept[name]); return; }
      get("/static/voice/" + name, "arraybuffer", function (bytes) {
        context.decodeAudioData(bytes, function (sound) { kept[name] = sound; done(sound); }, function () { done(null); });
      }, function () { done(null); });
    }

    function gather(names, done) {
      var sounds = [];
      var left = names.length;
      names.forEach(function (name, index) {
        clip(name, function (sound) {
          sounds[index] = sound;
          left -= 1;
          if (!left) { done(sounds); }
        });
      });
    }

    function play(sounds, gaps) {
      var at = context.currentTime + 0.05;
      sounds.forEach(function (sound, index) {
        if (sound) {
          var source = context.createBufferSource();
          source.buffer = sound;
          source.connect(context.destination);
          source.start(at);
          playing.push(source);
          at += sound.duration;
        }
        at += gaps[index];
      });
      return (at - context.currentTime) * 1000;
    }

    function hush() {
      turn += 1;
      playing.forEach(function (source) { try { source.stop(); } catch (error) { /* had ended */ } });
      playing = [];
    }

    function say(call) {
      hush();
      var mine = turn;
      var clips = manifest && manifest.clips[call.language];
      var spoken = words(call);
      var whole = clips && spoken.every(function (word) { return clips.hasOwnProperty(word); });
      if (blocked() || !whole) { on.ended(call.id); return; }
      var names = spoken.map(function (word) { return clips[word]; });
      var gap = (manifest.gap && manifest.gap[call.language]) || 0.04;
      var gaps = names.map(function () { return gap; });
      if (call.language === "en") { gaps[call.number.length] = 0.18; }
      gaps[gaps.length - 1] = manifest.between || 0.8;
      var all = names.concat(names);
      var pauses = gaps.concat(gaps);
      if (manifest.chime) { all = [manifest.chime].concat(all); pauses = [0.15].concat(pauses); }
      gather(all, function (sounds) {
        if (mine !== turn) { return; }
        setTimeout(function () { if (mine === turn) { on.ended(call.id); } }, play(sounds, pauses));
      });
    }

    function allow() {
      if (context && context.resume) { context.resume().then(tellBlocked, tellBlocked); }
    }

    if (Context) {
      context = new Context();
      context.onstatechange = tellBlocked;
      get("/static/voice/manifest.json", "text", function (text) { manifest = JSON.parse(text); tellBlocked(); }, function () {});
      ["click", "touchend", "keydown"].forEach(function (kind) { document.addEventListener(kind, allow); });
    }
    return { say: say, hush: hush };
  };

  Liqu.announcerWords = words;
})(window.Liqu);
