/**
 * The page's only script: shows one item at a time and steps through them (without it all items are shown), and lifts
 * the blur from a reply when its button, or the blurred text itself, is pressed.
 */
export const SCRIPT = `
for (const cycle of document.querySelectorAll(".cycle")) {
  const items = [...cycle.querySelectorAll(".item")];
  const controls = cycle.querySelector(".controls");
  let current = 0;
  const show = () => {
    items.forEach((item, index) => { item.hidden = index !== current; });
    controls.querySelector("span").textContent = "question " + (current + 1) + " of " + items.length;
  };
  if (items.length > 1) {
    controls.hidden = false;
    controls.querySelector("button").addEventListener("click", () => { current = (current + 1) % items.length; show(); });
    show();
  }
}
for (const veil of document.querySelectorAll(".veil")) {
  const text = veil.querySelector(".veiled");
  const button = veil.querySelector("button");
  const lift = () => {
    if (veil.classList.contains("lifted")) return;
    veil.classList.add("lifted");
    text.removeAttribute("aria-hidden");
    text.tabIndex = -1;
    text.focus();
    button.hidden = true;
  };
  button.addEventListener("click", lift);
  text.addEventListener("click", lift);
}
`;
