/** The page's only script: shows one item at a time and steps through them. Without it all items are shown. */
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
`;
