/* Commands to the JSON API, for pages of people who are signed in. */
(function (Liqu) {
  "use strict";
  const csrf = () => document.querySelector('meta[name="csrf"]').content;

  /* A UUID, also where the page came over plain http from another machine (no crypto.randomUUID there). */
  function uuid() {
    if (window.crypto.randomUUID) { return window.crypto.randomUUID(); }
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  class Refused extends Error {
    constructor(code, title, detail) {
      super(title);
      this.code = code;
      this.title = title;
      this.detail = detail;
    }
  }

  /* The answer's JSON, or null for an empty answer; where ``asFile`` is said {blob, name}. Throws Refused with a
     sentence for people. */
  async function ask(method, path, body, asFile) {
    const headers = { "Accept-Language": Liqu.lang, "Accept": "application/json" };
    if (method !== "GET") {
      headers["X-CSRF-Token"] = csrf();
      headers["Idempotency-Key"] = uuid();
      headers["Content-Type"] = "application/json";
    }
    const request = { method, headers, credentials: "same-origin", cache: "no-store" };
    if (body instanceof Blob) {
      headers["Content-Type"] = "application/octet-stream";
      request.body = body;
      request.limit = UPLOAD;
    } else if (method !== "GET" && method !== "DELETE") {
      request.body = JSON.stringify(body === undefined ? {} : body);
    }
    if (asFile) { request.limit = UPLOAD; }
    let answer;
    try {
      answer = await send(path, request);
    } catch (error) {
      throw new Refused("no_link", Liqu.say("no_link"), Liqu.say("no_link_more"));
    }
    if (answer.ok && asFile) {
      const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") || "");
      return { blob: await answer.blob(), name: named ? named[1] : "file" };
    }
    if (answer.ok) {
      const text = await answer.text();
      return text ? JSON.parse(text) : null;
    }
    let problem = {};
    try { problem = await answer.json(); } catch (error) { /* not from the core: said below */ }
    if (answer.status === 401) {
      throw new Refused("not_signed_in", problem.title || Liqu.say("signed_out"), problem.detail || Liqu.say("signed_out_more"));
    }
    throw new Refused(problem.code || "unavailable", problem.title || Liqu.say("no_link"), problem.detail || Liqu.say("no_link_more"));
  }

  /* Sent with a limit of time; a lost answer is asked for again with the same key, which is safe. */
  const WAITS = [300, 900];
  const UPLOAD = 60000;

  async function send(path, request) {
    for (let tries = 0; ; tries += 1) {
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), request.limit || 8000);
      try {
        return await fetch(path, Object.assign({ signal: limit.signal }, request));
      } catch (error) {
        if (tries === WAITS.length) { throw error; }
      } finally {
        clearTimeout(timer);
      }
      await new Promise((done) => setTimeout(done, WAITS[tries]));
    }
  }

  const api = "/api/v1";
  Liqu.ask = (method, path, body) => ask(method, api + path, body);
  /* A file as it is, which may take its time. */
  Liqu.upload = (path, file) => ask("POST", api + path, file);
  /* A file that is made for us. */
  Liqu.file = (method, path, body) => ask(method, api + path, body, true);
  Liqu.Refused = Refused;
})(window.Liqu);
