/* What the pages do beyond links and forms. Everything here is an addition: without it the product still works.
   A form with unsaved words carries data-dirty; drafts.js keeps those words. */
(function () {
  "use strict";
  var $ = function (selector, root) { return (root || document).querySelector(selector); };
  var $$ = function (selector, root) { return Array.from((root || document).querySelectorAll(selector)); };
  var words = $("#words").dataset;
  var on = function (name, handler) { document.addEventListener(name, handler); };

  /* ---- toasts ---- */
  function toast(text, level) {
    var box = document.createElement("div");
    box.className = "toast" + (level === "error" ? " toast-error" : "");
    var line = document.createElement("p");
    line.textContent = text;
    var close = document.createElement("button");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", words.close);
    close.addEventListener("click", function () { box.remove(); });
    box.append(line, close);
    $("#toasts").append(box);
    if (level !== "error") setTimeout(function () { box.remove(); }, 6000);
    return box;
  }
  on("toast", function (event) { toast(event.detail.text || event.detail.value, event.detail.level); });

  /* ---- requests: token, polling with ETag, errors ---- */
  var token = function () { return $('meta[name="csrf-token"]').content; };
  var isPoll = function (detail) { return detail.elt.hasAttribute("data-etag") && (detail.requestConfig || detail).verb === "get"; };
  var pollTrouble = null;

  function busyInside(element) {
    var focus = document.activeElement;
    return (element.contains(focus) && focus.matches("input:not([type=checkbox]), textarea, select")) || $$("form", element).some(isDirty);
  }
  on("htmx:configRequest", function (event) {
    var detail = event.detail;
    if (detail.verb !== "get") detail.headers["X-CSRFToken"] = token();
    else if (isPoll(detail) && detail.elt.dataset.etag) detail.headers["If-None-Match"] = detail.elt.dataset.etag;
  });
  on("htmx:beforeRequest", function (event) {
    var detail = event.detail;
    if (isPoll(detail) && (document.hidden || busyInside(detail.elt))) return event.preventDefault();
    if (detail.elt.matches("form")) hold(detail.elt);
  });
  on("htmx:afterRequest", function (event) {
    var detail = event.detail, sender = detail.requestConfig.elt, form = sender.closest("form");  /* detail.elt is another one when the sender was swapped away */
    if (sender.matches("form")) release(sender);
    if (isPoll(detail) && detail.xhr.status === 200) detail.elt.dataset.etag = detail.xhr.getResponseHeader("ETag") || "";
    if (pollTrouble && detail.xhr.status && detail.xhr.status < 400) { pollTrouble.remove(); pollTrouble = null; }
    if (form && detail.successful && detail.requestConfig.verb !== "get") delete form.dataset.dirty;
  });
  on("htmx:responseError", function (event) {
    var detail = event.detail, status = detail.xhr.status;
    if (status === 401) return isPoll(detail) ? troubleWithPoll(words.ended) : signInAgain(detail);
    var text = { 403: words.forbidden, 404: words.gone, 413: words.large, 429: words.many }[status] || words.failed;
    if (status === 403 && /^text\/plain/.test(detail.xhr.getResponseHeader("Content-Type"))) text = detail.xhr.responseText;  /* the server says which 403 it is */
    return isPoll(detail) ? troubleWithPoll(text) : toast(text, "error");
  });
  on("htmx:sendError", function (event) { isPoll(event.detail) ? troubleWithPoll(words.offline) : toast(words.offline, "error"); });
  on("htmx:timeout", function () { toast(words.offline, "error"); });
  function troubleWithPoll(text) { if (!pollTrouble || !pollTrouble.isConnected) pollTrouble = toast(text, "error"); }

  /* ---- the session ended: sign in on the spot, then send again what was interrupted ---- */
  var interrupted = [];
  function signInAgain(detail) {
    interrupted.push({ element: detail.elt, config: detail.requestConfig });
    var dialog = $("#session-dialog");
    if (dialog && !dialog.open) { dialog.showModal(); $("#session-password").focus(); }
  }
  function newToken(value) {
    $('meta[name="csrf-token"]').content = value;
    $$('input[name="csrfmiddlewaretoken"]').forEach(function (input) { input.value = value; });
  }
  function sendAgain() {
    interrupted.splice(0).forEach(function (one) {
      var values = one.config.formData;
      if (values.has("csrfmiddlewaretoken")) values.set("csrfmiddlewaretoken", token());
      htmx.ajax(one.config.verb, one.config.path, { source: one.element, target: one.config.target, values: values });
    });
  }
  async function signIn(form) {
    var headers = { Accept: "application/json" }, problem = $("[data-session-error]", form);
    problem.textContent = "";
    try {
      var first = await fetch(form.action + "?dialog=1", { headers: headers });
      var body = new URLSearchParams(new FormData(form));
      var fresh = (await first.json()).csrfToken;
      body.set("csrfmiddlewaretoken", fresh);
      var answer = await fetch(form.action, { method: "POST", headers: Object.assign({ "X-CSRFToken": fresh }, headers), body: body });
      var result = await answer.json();
      if (!answer.ok) throw new Error(result.error || words.badlogin);
      newToken(result.csrfToken);
      form.elements.password.value = "";
      form.closest("dialog").close();
      sendAgain();
    } catch (error) {
      var line = document.createElement("p");
      line.className = "error";
      line.textContent = error instanceof TypeError || error instanceof SyntaxError ? words.offline : error.message;
      problem.replaceChildren(line);
      form.elements.password.select();
    }
  }

  /* ---- forms: one submit at a time, a guard against leaving (drafts.js keeps the words) ---- */
  var leaving = false;
  function hold(form) { buttonsOf(form).forEach(function (button) { if (!button.disabled) { button.disabled = true; button.dataset.held = ""; } }); }
  function release(form) { buttonsOf(form).forEach(function (button) { if ("held" in button.dataset) { button.disabled = false; delete button.dataset.held; } }); }
  function buttonsOf(form) { return Array.from(form.elements).filter(function (e) { return e.matches("button:not([type=button]), input[type=submit]"); }); }
  function isDirty(form) { return "dirty" in form.dataset; }

  document.addEventListener("submit", function (event) {
    var form = event.target;
    if ("sessionLogin" in form.dataset) { event.preventDefault(); signIn(form); return; }
    if (event.defaultPrevented || form.matches("[hx-post], [hx-get], [hx-put], [hx-delete], [data-hx-post]") || form.method !== "post") return;
    if (form.dataset.sending) { event.preventDefault(); return; }
    form.dataset.sending = "1";
    leaving = true;
    setTimeout(function () { hold(form); });
  });
  window.addEventListener("pageshow", function () {
    leaving = false;
    $$("form[data-sending]").forEach(function (form) { delete form.dataset.sending; release(form); });
  });
  window.addEventListener("beforeunload", function (event) {
    if (!leaving && $$("form[data-guard]").some(isDirty)) { event.preventDefault(); event.returnValue = ""; }
  });

  function grow(field) {
    if (field.matches("textarea")) while (field.scrollHeight > field.clientHeight && field.clientHeight && field.rows < 24) field.rows += 1;
  }
  on("input", function (event) {
    var field = event.target, form = field.form;
    grow(field);
    if (!form) return;
    if (form.matches("[data-guard], [data-draft], .mini-form")) form.dataset.dirty = "";
    if (field.matches("input[data-live-filter]") && !event.isComposing) filterSoon(field);
  });
  on("reset", function (event) { delete event.target.dataset.dirty; });

  /* ---- filters that follow typing, but never in the middle of a syllable ---- */
  var waiting = new WeakMap();
  function filterSoon(field) {
    clearTimeout(waiting.get(field));
    waiting.set(field, setTimeout(function () {
      var now = new URLSearchParams(new FormData(field.form)).toString();
      if (field.form.dataset.asked === now || !field.form.matches("[hx-get]")) return;
      field.form.dataset.asked = now;
      field.form.requestSubmit();
    }, 300));
  }
  on("compositionend", function (event) { if (event.target.matches("input[data-live-filter]")) filterSoon(event.target); });
  on("change", function (event) { if (event.target.matches("[data-live-filter]")) filterSoon(event.target); });

  /* ---- drawer, dialogs, menus ---- */
  var drawer = $("#drawer"), opener = null;
  function closeDrawer() {
    if (drawer.hidden) return;
    drawer.hidden = true;
    drawer.dispatchEvent(new CustomEvent("keep-drafts", { bubbles: true }));
    $("#drawer-body").replaceChildren();
    var back = opener && (opener.isConnected ? opener : opener.id && document.getElementById(opener.id));
    $$('[aria-current="true"].taskcard').forEach(function (card) { card.removeAttribute("aria-current"); });
    if (back) back.focus();
  }
  on("close-drawer", closeDrawer);
  on("htmx:beforeRequest", function (event) {
    var detail = event.detail;
    if (detail.target && detail.target.id === "drawer-body" && !drawer.contains(detail.elt)) opener = detail.elt;
  });
  on("htmx:afterSwap", function (event) {
    var target = event.detail.target;
    if (target.id !== "drawer-body") return;
    var opening = drawer.hidden || !drawer.contains(document.activeElement);
    drawer.hidden = false;
    if (opening) ($("h2[tabindex]", target) || drawer).focus();
  });
  on("htmx:afterSettle", function (event) {
    if (event.detail.xhr && [409, 422].includes(event.detail.xhr.status)) {
      var wrong = $('[aria-invalid="true"], .conflict, .callout-bad', event.detail.elt);
      if (wrong) { if (!wrong.matches("input, select, textarea")) wrong.tabIndex = -1; wrong.focus(); }
    }
  });
  on("click", function (event) {
    if (event.target.closest("[data-close-drawer]")) closeDrawer();
    if (event.target.closest("[data-close-dialog]")) { interrupted.length = 0; event.target.closest("dialog").close(); }
    $$("details.menu[open]").forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
    if (event.target.closest("[data-print]")) window.print();
  });
  on("keydown", function (event) {
    if (event.key !== "Escape" || event.isComposing) return;
    var menu = $("details.menu[open]");
    if (menu) { menu.open = false; $("summary", menu).focus(); }
    else if (!$("dialog[open]")) closeDrawer();
  });

  var growAll = function (root) { $$("textarea", root).forEach(grow); };
  growAll(document);
  on("htmx:load", function (event) { growAll(event.detail.elt); });
})();
