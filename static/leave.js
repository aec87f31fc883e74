/* Leave this page now: at a press of the link, or of Shift three times.
   After "Exit this page" of the GOV.UK Design System (MIT). Without this script the link still works. */
"use strict";

(() => {
  const FORGET_AFTER = 5000; // milliseconds from one Shift to the next

  const leave = document.querySelector("[data-leave]");
  const links = document.querySelectorAll('a[href="/leave/"]');
  if (!leave) return;

  const status = document.createElement("span");
  status.className = "unseen";
  status.setAttribute("role", "status");
  leave.append(status);

  // Three dots that fill as Shift is pressed; what they show, the status says.
  const dots = document.createElement("span");
  dots.className = "leave__dots";
  dots.setAttribute("aria-hidden", "true");
  dots.append(...[1, 2, 3].map(() => document.createElement("span")));
  leave.querySelector("a").append(dots);

  let pressed = 0;
  let forgetting;
  let quieting;
  let cover;
  let wasModifier = false;

  const show = (words) => {
    status.textContent = words;
    dots.classList.toggle("leave__dots--on", pressed > 0);
    [...dots.children].forEach((dot, place) => dot.classList.toggle("leave__dot--on", place < pressed));
  };

  const forget = () => {
    clearTimeout(forgetting);
    forgetting = undefined;
    pressed = 0;
    show(leave.dataset.noMore);
    quieting = setTimeout(() => show(""), FORGET_AFTER);
  };

  const go = (address) => {
    clearTimeout(forgetting);
    pressed = 0;
    show("");
    document.body.classList.add("leaving");
    cover = document.createElement("div");
    cover.className = "leaving__cover";
    cover.setAttribute("role", "alert");
    document.body.append(cover);
    cover.textContent = leave.dataset.loading;
    // In place of this page, so that "back" does not lead to it.
    window.location.replace(address);
  };

  // A Shift that went with another key (a capital letter) does not count.
  const onKey = (event) => {
    if (event.key === "Shift" && !wasModifier) {
      clearTimeout(forgetting);
      clearTimeout(quieting);
      pressed += 1;
      if (pressed === 3) {
        go("/leave/");
      } else {
        show(pressed === 1 ? leave.dataset.twoMore : leave.dataset.oneMore);
        forgetting = setTimeout(forget, FORGET_AFTER);
      }
    } else if (pressed > 0) {
      forget();
    }
    wasModifier = event.shiftKey;
  };

  // A page that the browser brings back from memory is as it was when it was left: covered.
  const uncover = () => {
    document.body.classList.remove("leaving");
    if (cover) cover.remove();
    clearTimeout(forgetting);
    clearTimeout(quieting);
    pressed = 0;
    wasModifier = false;
    show("");
  };

  links.forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      go(link.href);
    }),
  );
  document.addEventListener("keyup", onKey, true);
  window.addEventListener("pageshow", uncover);
})();
