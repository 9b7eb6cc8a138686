"use strict";
// The page around the pictures: light and dark, open and closed, screen and paper.

const views = [...document.querySelectorAll(".pictures")].map(box => new CaseView(box));
const redraw = () => views.forEach(view => view.draw());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

// The switch. A page from a file may have no storage; then the choice lasts as long as the page.
const root = document.documentElement;
const storage = "livepool-theme";
const recall = () => { try { return localStorage.getItem(storage); } catch { return null; } };
const remember = theme => { try { localStorage.setItem(storage, theme); } catch { /* nothing to do */ } };

function setTheme(theme) {
    if (theme === "system")
        delete root.dataset.theme;
    else
        root.dataset.theme = theme;
    redraw();
}

const theme = document.querySelector(".theme");
theme.hidden = false;
for (const radio of theme.querySelectorAll("input")) {
    radio.addEventListener("change", () => { setTheme(radio.value); remember(radio.value); });
    if (radio.value === recall()) {
        radio.checked = true;
        setTheme(radio.value);
    }
}

// A link to an operator opens it.
function openOperator(hash) {
    const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
    if (target instanceof HTMLDetailsElement)
        target.open = true;
}
document.addEventListener("click", event => openOperator(event.target.closest("a")?.hash ?? ""));
openOperator(location.hash);

// One button for all operators that can be closed.
const all = document.getElementById("all");
const operators = [...document.querySelectorAll("details")];
const isAnyClosed = () => operators.some(details => !details.open);
const nameButton = () => { all.textContent = isAnyClosed() ? "Open all" : "Close all"; };
all.hidden = operators.length === 0;
all.addEventListener("click", () => {
    const open = isAnyClosed();
    operators.forEach(details => { details.open = open; });
});
operators.forEach(details => details.addEventListener("toggle", nameButton));
nameButton();

// Paper is white and has no room to click on.
let closed = [];
let themeOnScreen;
addEventListener("beforeprint", () => {
    themeOnScreen = root.dataset.theme;
    root.dataset.theme = "light";
    closed = operators.filter(details => !details.open);
    closed.forEach(details => { details.open = true; });
    redraw();
});
addEventListener("afterprint", () => {
    closed.forEach(details => { details.open = false; });
    setTheme(themeOnScreen ?? "system");
});
