// A page for which there is no room: asks now and then whether there is, and opens as soon as there is.

const EVERY = 5000;
const SPREAD = 3000;  // so that those who wait do not all ask at the same moment
const room = document.body.dataset.room;
const status = document.getElementById("waiting");
let timer = 0;

async function ask() {
  clearTimeout(timer);
  let said = "Waiting for a place…";
  try {
    const answer = await fetch(room, { cache: "no-store" });
    if (answer.status === 204) return location.reload();
    if (![429, 503].includes(answer.status)) said = "The server could not say whether there is room. This page keeps asking.";
  } catch {
    said = "No connection at the moment. This page keeps trying.";
  }
  if (status.textContent !== said) status.textContent = said;
  timer = setTimeout(ask, EVERY + Math.random() * SPREAD);
}

timer = setTimeout(ask, EVERY + Math.random() * SPREAD);
addEventListener("online", ask);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
// An empty link would lose what stands behind the address's # in some browsers; a reload keeps it.
document.querySelector(".message .button").addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
