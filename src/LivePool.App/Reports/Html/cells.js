"use strict";
// The colours, numbers and cells that pictures are made of.

// The errors' colours run over powers of two, as the histogram does.
const smallestPower = -13;

// Cividis (Nunez, Anderton and Renslow, 2018): even for the eye, and the same for people who see fewer colours.
const cividis = ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838"]
    .map(hex => [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16)));

/** A colour between those of a list; position 0 is the first, 1 the last. */
function mix(colours, position) {
    const scaled = Math.min(Math.max(position, 0), 1) * (colours.length - 1);
    const i = Math.min(Math.floor(scaled), colours.length - 2);
    return colours[i].map((from, k) => Math.round(from + (colours[i + 1][k] - from) * (scaled - i)));
}

const css = colour => `rgb(${colour.join(",")})`;
const isLight = colour => 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] > 140;
const gradient = colours => `linear-gradient(to right, ${colours.map(css).join(", ")})`;

/** The colours of the style sheet as they are now, light or dark. */
function readTheme() {
    const probe = document.body.appendChild(document.createElement("i"));
    const read = name => {
        probe.style.color = `var(--${name})`;
        return getComputedStyle(probe).color.match(/[\d.]+/g).slice(0, 3).map(Number);
    };
    const theme = {
        equal: read("equal"),
        within: [read("least"), read("half"), read("most")],
        beyond: read("beyond"),
    };
    probe.remove();
    return theme;
}

/** All digits of a number. */
const show = value => Object.is(value, -0) ? "-0" : String(value);

/** So many digits of a number, without zeros at the end. */
const round = (value, digits) => Number.isFinite(value) ? show(Number(value.toPrecision(digits))) : show(value);

/** A share of a bound in the words of Numbers.cs. */
const showShare = share =>
    share === 0 ? "equal"
    : share === Infinity ? "beyond"
    : share < 0.0005 ? "<0.1%"
    : share < 100 ? `${(100 * share).toFixed(1)}%`
    : `${round(share, 3)} times`;

/** What a value's colour spans: all finite values, or most of them where a few would leave the rest one colour. */
function rangeOf(values) {
    const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
    if (sorted.length === 0)
        return null;
    const at = share => sorted[Math.round(share * (sorted.length - 1))];
    const [low, high] = [sorted[0], sorted[sorted.length - 1]];
    const isWild = high - low > 100 * (at(0.9) - at(0.1)) && at(0.9) > at(0.1);
    return isWild ? { low: at(0.1), high: at(0.9), isClipped: true } : { low, high, isClipped: false };
}

function fill(context, colour, x, y, cell) {
    context.fillStyle = css(colour);
    context.fillRect(x, y, cell, cell);
}

/** Writes a number into a cell with as many digits as fit. */
function write(context, text, colour, x, y, cell, scale) {
    context.font = `${11 * scale}px system-ui, sans-serif`;
    context.fillStyle = isLight(colour) ? "#111" : "#fff";
    context.textAlign = "center";
    context.textBaseline = "middle";
    const fitting = [3, 2, 1].map(text).find(candidate => context.measureText(candidate).width <= cell - 4 * scale);
    if (fitting)
        context.fillText(fitting, x + cell / 2, y + cell / 2);
}

/** Black and white, which no scale has side by side: a chequered cell is NaN. */
function paintNaN(context, x, y, cell) {
    context.fillStyle = "#fff";
    context.fillRect(x, y, cell, cell);
    context.fillStyle = "#000";
    const half = Math.ceil(cell / 2);
    context.fillRect(x, y, half, half);
    context.fillRect(x + half, y + half, cell - half, cell - half);
}

function triangle(context, x, y, cell, tip, base, paper, ink) {
    context.fillStyle = paper;
    context.fillRect(x, y, cell, cell);
    context.fillStyle = ink;
    context.beginPath();
    context.moveTo(x + cell / 2, y + tip * cell);
    context.lineTo(x + 0.9 * cell, y + base * cell);
    context.lineTo(x + 0.1 * cell, y + base * cell);
    context.fill();
}

const paintInfinity = (context, x, y, cell) => triangle(context, x, y, cell, 0.15, 0.8, "#fff", "#000");
const paintMinusInfinity = (context, x, y, cell) => triangle(context, x, y, cell, 0.85, 0.2, "#000", "#fff");

/** Marks a cell beyond its bound for those who cannot tell by its colour: its corners are cut. */
function corners(context, x, y, cell) {
    context.fillStyle = "#000";
    const size = Math.max(1, cell * 0.25);
    for (const [cornerX, cornerY, towardsX, towardsY] of [[x, y, 1, 1], [x + cell, y + cell, -1, -1]]) {
        context.beginPath();
        context.moveTo(cornerX, cornerY);
        context.lineTo(cornerX + towardsX * size, cornerY);
        context.lineTo(cornerX, cornerY + towardsY * size);
        context.fill();
    }
}

/** Marks a cell whose index is wrong. */
function dot(context, x, y, cell) {
    context.fillStyle = "#000";
    context.beginPath();
    context.arc(x + cell / 2, y + cell / 2, Math.max(0.7, cell * 0.16), 0, 2 * Math.PI);
    context.fill();
}
