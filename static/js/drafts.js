/* Words once typed are never lost: form[data-draft="key"] is kept in this browser, under the person's id, one second
   after the last key; put back when the form is seen again; dropped when it was saved, at sign-out, after 14 days. */
(function () {
  "use strict";
  var words = document.getElementById("words").dataset;
  if (!words.user) { try { sessionStorage.removeItem("sent"); } catch (none) { /* no storage */ } return; }
  var mine = "draft:" + words.user + ":";
  var LIFE = 14 * 24 * 3600 * 1000;
  var WORDS = "textarea, input:not([type=hidden], [type=password], [type=file], [type=submit], [type=checkbox], [type=radio])";
  var waiting = new WeakMap();
  var keyOf = function (form) { return mine + form.dataset.draft; };
  var fieldsOf = function (form) { return Array.from(form.elements).filter(function (e) { return e.name && e.matches(WORDS); }); };
  var drafting = function (root) { return Array.from(root.querySelectorAll("form[data-draft]")); };
  var dirty = function (form) { return "dirty" in form.dataset; };

  function store(key, value) { try { value ? localStorage.setItem(key, JSON.stringify(value)) : localStorage.removeItem(key); } catch (full) { /* no room: no draft */ } }
  function stored(key) { try { return JSON.parse(localStorage.getItem(key)); } catch (broken) { return null; } }
  function forget(which) { try { Object.keys(localStorage).filter(which).forEach(function (key) { localStorage.removeItem(key); }); } catch (none) { /* no storage */ } }

  /* What was typed, and beside it what the server had said, to notice later that somebody else changed it. */
  function keep(form) {
    var base = (stored(keyOf(form)) || { base: {} }).base, draft = { at: Date.now(), typed: {}, base: {} };
    fieldsOf(form).forEach(function (field) {
      if (field.value === field.defaultValue && !(field.name in base)) return;
      draft.typed[field.name] = field.value;
      draft.base[field.name] = field.name in base ? base[field.name] : field.defaultValue;
    });
    store(keyOf(form), Object.keys(draft.typed).length ? draft : null);
  }
  function drop(form) {
    delete form.dataset.dirty;
    clearTimeout(waiting.get(form));
    store(keyOf(form), null);
  }
  function restore(form) {
    var draft = stored(keyOf(form));
    if (!draft || form.querySelector(".draft-line")) return;
    var changed = fieldsOf(form).filter(function (field) { return field.name in draft.typed && draft.typed[field.name] !== field.value; });
    if (!changed.length) return;
    var line = document.createElement("p"), text = document.createElement("span");
    line.className = "draft-line";
    line.setAttribute("role", "status");
    line.append(text);
    function button(label, action) {
      var made = document.createElement("button");
      made.type = "button";
      made.className = "linklike";
      made.textContent = label;
      made.addEventListener("click", action);
      line.append(made);
      return made;
    }
    function fill() {
      changed.forEach(function (field) { field.value = draft.typed[field.name]; field.dispatchEvent(new Event("input", { bubbles: true })); });
      text.textContent = words.restored;
    }
    form.prepend(line);
    if (changed.every(function (field) { return field.value === "" || field.value === draft.base[field.name]; })) fill();
    else {
      text.textContent = words.otherdraft;
      var use = button(words.restore, function () { fill(); use.remove(); });
    }
    button(words.discard, function () {
      changed.forEach(function (field) { field.value = field.defaultValue; });
      drop(form);
      line.remove();
    });
  }
  /* A form sent without htmx: the next page tells whether it was saved. On the sign-in page nothing is decided. */
  function settle() {
    var key = sessionStorage.getItem("sent");
    if (!key) return;
    sessionStorage.removeItem("sent");
    var refused = drafting(document).some(function (form) { return keyOf(form) === key && form.querySelector(".error, .callout-bad, .conflict"); });
    if (!refused) store(key, null);
  }

  document.addEventListener("input", function (event) {
    var form = event.target.form;
    if (!form || !form.dataset.draft) return;
    clearTimeout(waiting.get(form));
    waiting.set(form, setTimeout(function () { if (form.isConnected && dirty(form)) keep(form); }, 1000));
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if ("signout" in form.dataset) forget(function (key) { return key.startsWith(mine); });
    else if (form.dataset.draft && dirty(form)) {
      keep(form);
      if (!form.matches("[hx-post]")) sessionStorage.setItem("sent", keyOf(form));
    }
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    var form = event.detail.requestConfig.elt.closest("form[data-draft]");
    if (form && event.detail.successful && event.detail.requestConfig.verb !== "get") drop(form);
  });
  document.addEventListener("keep-drafts", function (event) { drafting(event.target).filter(dirty).forEach(keep); });
  document.addEventListener("reset", function (event) { if (event.target.dataset.draft) drop(event.target); });
  window.addEventListener("pagehide", function () { drafting(document).filter(dirty).forEach(keep); });

  settle();
  forget(function (key) { var draft = key.startsWith("draft:") && stored(key); return draft && Date.now() - draft.at > LIFE; });
  drafting(document).forEach(restore);
  document.addEventListener("htmx:load", function (event) {
    var root = event.detail.elt;
    (root.matches("form[data-draft]") ? [root] : drafting(root)).forEach(restore);
  });
})();
