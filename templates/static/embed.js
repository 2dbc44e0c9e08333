/* The player in a frame of another site: the browser's own controls, and times that play from there. */
(() => {
  "use strict";

  const audio = document.getElementById("audio");

  const secondsOf = (hash) => {
    const match = /^#t=(\d+(?:\.\d+)?)$/.exec(hash);
    return match ? Number(match[1]) : null;
  };
  const play = (seconds) => {
    // Before anything is loaded this is where it will begin.
    audio.currentTime = seconds;
    audio.play().catch(() => {});
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.time");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const seconds = secondsOf(link.hash);
    if (seconds === null) return;
    event.preventDefault();
    play(seconds);
  });
  document.addEventListener("podcast:seek", (event) => play(event.detail));

  // A site that trusts nobody lets the frame lead nowhere but to itself: then links stay in it.
  if (origin === "null") {
    for (const link of document.querySelectorAll("a[target=_top]")) link.removeAttribute("target");
  }

  const begin = secondsOf(location.hash);
  if (begin !== null) audio.currentTime = begin;
})();
