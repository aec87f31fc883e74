/* What is typed is kept: a draft is saved as one types, files show how far they are, and a form is not sent into a
   connection that is gone. Nothing is stored in the browser. Without this script the buttons do the same. */
"use strict";

(() => {
  const AFTER = 2000; // milliseconds of rest before a draft is saved,
  const EVERY = 15000; // and from one saving to the next: each is a version that is recorded
  const PATIENCE = 8000; // for the site to answer that it is there

  const box = document.querySelector("[data-keep]");
  const form = box && box.closest("form");
  if (!form) return;

  const status = box.querySelector("[role=status]");
  const choice = box.querySelector("input[type=checkbox]");
  const bar = box.querySelector("progress");
  const address = form.getAttribute("action") || window.location.pathname;

  let dirty = false;
  let waiting;
  let saving = Promise.resolve();
  let savedAt = 0;
  let sure = false;

  const say = (words) => {
    status.textContent = box.dataset[words];
  };
  const pageOf = (text) => new DOMParser().parseFromString(text, "text/html");

  // --- Drafts ---

  const save = async () => {
    const body = new URLSearchParams(new FormData(form));
    body.set("save", "yes");
    dirty = false;
    say("saving");
    try {
      const answer = await fetch(address, { method: "POST", body });
      const version = pageOf(await answer.text()).querySelector('main form input[name="version"]');
      if (answer.ok && version) {
        form.elements.version.value = version.value;
        say("saved");
      } else {
        // Locked, filed or saved by another window: the button leads to the page that says so, with every word.
        choice.checked = false;
        say("stopped");
      }
    } catch {
      dirty = true;
      say("lost");
      plan();
    }
    savedAt = Date.now();
  };

  const saveNow = () => {
    if (dirty && choice.checked) saving = saving.then(save);
  };

  const plan = () => {
    clearTimeout(waiting);
    waiting = setTimeout(saveNow, Math.max(AFTER, savedAt + EVERY - Date.now()));
  };

  if (choice) {
    form.addEventListener("input", (event) => {
      if (event.target === choice) return say(choice.checked ? "on" : "off");
      dirty = true;
      if (choice.checked) plan();
    });
    document.addEventListener("visibilitychange", () => document.hidden && saveNow());
  }

  // --- Sending ---

  const isThere = async () => {
    try {
      await fetch("/safety/", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      return true;
    } catch {
      return false;
    }
  };

  // The page that answers takes the place of this one, with what it has to say.
  const show = (request) => {
    const answered = pageOf(request.responseText).querySelector("main");
    if (!answered) return window.location.reload();
    document.querySelector("main").replaceWith(document.adoptNode(answered));
    (answered.querySelector("[autofocus], [role=status], [role=alert]") || answered).focus();
    answered.scrollIntoView();
  };

  const upload = (body) => {
    const request = new XMLHttpRequest();
    bar.hidden = false;
    say("sending");
    request.upload.addEventListener("progress", (event) => {
      bar.max = event.total;
      bar.value = event.loaded;
      if (event.loaded === event.total) say("sealing");
    });
    request.addEventListener("load", () => show(request));
    request.addEventListener("error", () => {
      bar.hidden = true;
      say("lost");
    });
    request.open("POST", address);
    request.send(body);
  };

  form.addEventListener("submit", async (event) => {
    if (sure) return;
    event.preventDefault();
    const by = event.submitter;
    clearTimeout(waiting);
    await saving;
    if (!(await isThere())) return say("lost");
    dirty = false;
    if (bar) return upload(new FormData(form, by));
    sure = true;
    form.requestSubmit(by);
  });

  window.addEventListener("pageshow", () => {
    sure = false;
  });
  box.classList.add("keep--on");
})();
