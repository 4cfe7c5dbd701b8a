// Copyright: Palisade contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// The time that a reservation has left, second by second; without this the page says until when, and htmx asks again.
function showTimeLeft() {
  for (const place of document.querySelectorAll("time[data-left]")) {
    const seconds = Math.max(0, Math.round((Date.parse(place.dateTime) - Date.now()) / 1000));
    place.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}
document.addEventListener("DOMContentLoaded", showTimeLeft);
document.addEventListener("htmx:afterSwap", showTimeLeft);
setInterval(showTimeLeft, 1000);
