"use strict";
// Draws the planes of each operator's case, and tells the numbers of the element under the pointer. The numbers stand in
// the page as JSON, written by CasePictures.cs; those that JSON lacks are the words "nan", "inf" and "-inf".

const cases = JSON.parse(document.getElementById("data").textContent);
const words = { "nan": NaN, "inf": Infinity, "-inf": -Infinity };
const decode = value => typeof value === "string" ? words[value] : value;

// The largest cells have room for their number.
const largestCell = 48;
const cellWithNumber = 34;
const tallestPicture = 300;
const margin = 3;

/** The pictures of one operator's case. */
class CaseView {
    constructor(box) {
        this.box = box;
        const data = cases[box.dataset.operator];
        this.data = data;
        const output = data.output;
        // A float32 in JSON is the shortest text that gives it back; its value is that text rounded to float32.
        this.input = data.input.value.map(decode);
        this.exact = output.exact.map(decode);
        this.got = output.got.map(decode);
        this.bound = output.bound.map(decode);
        this.share = output.share.map(decode);
        this.difference = this.got.map((value, i) => Math.fround(value) - this.exact[i]);
        this.wrongIndices = new Map(data.wrongIndices.map(index =>
            [(index.at[2] - output.top) * output.width + index.at[3] - output.left, index]));
        this.inputRange = rangeOf(this.input);
        this.outputRange = rangeOf([...this.exact, ...this.got]);

        const [, , row, column] = data.element;
        this.worst = { row: row - output.top, column: column - output.left };
        this.place = { on: "output", ...this.worst };
        this.figures = [...box.querySelectorAll("figure")];
        for (const figure of this.figures)
            this.listen(figure);
        // Also called when the box is first shown.
        new ResizeObserver(() => this.draw()).observe(box);
        this.tell();
    }

    /** The part of the input or the output that a picture shows. */
    planeOf(figure) {
        return figure.dataset.picture === "input" ? this.data.input : this.data.output;
    }

    listen(figure) {
        const canvas = figure.querySelector("canvas");
        const plane = this.planeOf(figure);
        const on = plane === this.data.input ? "input" : "output";
        const point = event => {
            const cell = Number(canvas.dataset.cell);
            const column = Math.floor((event.offsetX - margin) / cell);
            const row = Math.floor((event.offsetY - margin) / cell);
            if (row >= 0 && row < plane.height && column >= 0 && column < plane.width)
                this.moveTo({ on, row, column });
        };
        canvas.addEventListener("pointermove", point);
        canvas.addEventListener("pointerdown", point);
        canvas.addEventListener("keydown", event => {
            const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
            if (!step)
                return;
            event.preventDefault();
            const from = this.place.on === on ? this.place : on === "output" ? this.worst : { row: 0, column: 0 };
            this.moveTo({
                on,
                row: Math.min(Math.max(from.row + step[0], 0), plane.height - 1),
                column: Math.min(Math.max(from.column + step[1], 0), plane.width - 1),
            });
        });
    }

    moveTo(place) {
        if (place.on === this.place.on && place.row === this.place.row && place.column === this.place.column)
            return;
        this.place = place;
        this.draw();
        this.tell();
    }

    /** Writes the numbers of the element under the pointer. */
    tell() {
        const { on, row, column } = this.place;
        const plane = this.data[on];
        const i = row * plane.width + column;
        const at = `[${plane.plane[0]}, ${plane.plane[1]}, ${plane.top + row}, ${plane.left + column}]`;
        const entries = on === "input"
            ? [["input", at], ["value", show(this.input[i])]]
            : [
                ["output", at], ["exact", show(this.exact[i])], ["got", show(this.got[i])],
                ["difference", round(this.difference[i], 4)], ["bound", show(this.bound[i])],
                ["of its bound", showShare(this.share[i]), this.share[i] > 1],
            ];
        const index = on === "output" && this.wrongIndices.get(i);
        if (index)
            entries.push(["index", `${index.got}, right is ${index.exact}`, true]);
        this.box.querySelector(".readout").replaceChildren(...entries.map(([name, text, isWrong]) => {
            const entry = document.createElement("div");
            entry.className = isWrong ? "wrong" : "";
            entry.append(Object.assign(document.createElement("dt"), { textContent: name }));
            entry.append(Object.assign(document.createElement("dd"), { textContent: text }));
            return entry;
        }));
    }

    draw() {
        if (this.box.clientWidth === 0)
            return;
        const theme = readTheme();
        this.marks = new Map();
        for (const figure of this.figures)
            this.drawFigure(figure, theme);
        this.box.querySelector(".marks").replaceChildren(...[...this.marks].map(([name, paint]) => {
            const canvas = document.createElement("canvas");
            const scale = window.devicePixelRatio;
            canvas.width = canvas.height = Math.round(14 * scale);
            canvas.style.width = canvas.style.height = "14px";
            paint(canvas.getContext("2d"), 0, 0, canvas.width);
            const entry = document.createElement("span");
            entry.append(canvas, name);
            return entry;
        }));
    }

    drawFigure(figure, theme) {
        const canvas = figure.querySelector("canvas");
        const plane = this.planeOf(figure);
        const kind = figure.dataset.picture;
        // Whole device pixels, so that all cells are equal.
        const scale = window.devicePixelRatio;
        const room = Math.min((figure.clientWidth - 2 * margin) / plane.width, tallestPicture / plane.height, largestCell);
        const cell = Math.max(1, Math.floor(room * scale));
        const border = Math.round(margin * scale);
        canvas.width = plane.width * cell + 2 * border;
        canvas.height = plane.height * cell + 2 * border;
        canvas.style.width = `${canvas.width / scale}px`;
        canvas.dataset.cell = cell / scale;
        const context = canvas.getContext("2d");
        for (let row = 0; row < plane.height; row++) {
            for (let column = 0; column < plane.width; column++) {
                const [x, y] = [border + column * cell, border + row * cell];
                const { colour, text } = this.paint(context, kind, row * plane.width + column, theme, x, y, cell);
                if (colour && cell >= cellWithNumber * scale)
                    write(context, text, colour, x, y, cell, scale);
            }
        }
        const outline = (top, left, height, width, isDashed) => {
            // White within black is seen on every colour.
            for (const [colour, thickness, dashes] of [["#000", 3, []], ["#fff", 1.25, isDashed ? [3 * scale, 2 * scale] : []]]) {
                context.strokeStyle = colour;
                context.lineWidth = thickness * scale;
                context.setLineDash(dashes);
                context.strokeRect(border + left * cell, border + top * cell, width * cell, height * cell);
            }
        };
        this.outlines(kind, outline);
        this.drawScale(figure.querySelector(".scale"), kind, theme);
    }

    /** Paints one cell; its colour and text come back where there is a colour to write on. */
    paint(context, kind, i, theme, x, y, cell) {
        if (kind === "difference") {
            const share = this.share[i];
            const isWrong = share > 1 || this.wrongIndices.has(i);
            const colour = isWrong ? theme.beyond
                : share === 0 ? theme.equal
                : mix(theme.within, 1 - Math.log2(share) / smallestPower);
            fill(context, colour, x, y, cell);
            if (share === 0 && !isWrong)
                this.marks.set("equal", (c, left, top, size) => fill(c, theme.equal, left, top, size));
            if (!isWrong)
                return { colour, text: digits => round(this.difference[i], digits) };
            const name = share > 1 ? "beyond its bound" : "equal, but its index is wrong";
            const mark = share > 1 ? corners : dot;
            mark(context, x, y, cell);
            this.marks.set(name, (c, left, top, size) => { fill(c, theme.beyond, left, top, size); mark(c, left, top, size); });
            return { colour, text: digits => share > 1 ? round(this.difference[i], digits) : "" };
        }
        const value = this[kind][i];
        const special = Number.isNaN(value) ? ["NaN", paintNaN]
            : value === Infinity ? ["+infinity", paintInfinity]
            : value === -Infinity ? ["−infinity", paintMinusInfinity]
            : null;
        if (special) {
            special[1](context, x, y, cell);
            this.marks.set(...special);
            return {};
        }
        const range = kind === "input" ? this.inputRange : this.outputRange;
        const colour = mix(cividis, range.high > range.low ? (value - range.low) / (range.high - range.low) : 0.5);
        fill(context, colour, x, y, cell);
        return { colour, text: digits => round(value, digits) };
    }

    /** The worst element, the one under the pointer, and the input that it is made of. */
    outlines(kind, outline) {
        const { on, row, column } = this.place;
        const { input, rows, columns } = this.data;
        if (kind !== "input") {
            outline(this.worst.row, this.worst.column, 1, 1, false);
            if (on === "output" && (row !== this.worst.row || column !== this.worst.column))
                outline(row, column, 1, 1, true);
            return;
        }
        if (on === "input") {
            outline(row, column, 1, 1, true);
        } else if (rows) {
            const [top, bottom] = rows[row].map(end => Math.min(Math.max(end - input.top, 0), input.height));
            const [left, right] = columns[column].map(end => Math.min(Math.max(end - input.left, 0), input.width));
            if (bottom > top && right > left)
                outline(top, left, bottom - top, right - left, row !== this.worst.row || column !== this.worst.column);
        }
    }

    drawScale(scale, kind, theme) {
        const bar = colours => {
            const element = document.createElement("i");
            element.style.background = gradient(colours);
            return element;
        };
        const text = content => Object.assign(document.createElement("span"), { textContent: content });
        if (kind === "difference") {
            scale.replaceChildren(text("0.01%"), bar(theme.within), text("100%"));
            return;
        }
        const range = kind === "input" ? this.inputRange : this.outputRange;
        const clipped = sign => range.isClipped ? sign : "";
        if (!range)
            scale.replaceChildren();
        else if (range.low === range.high)
            scale.replaceChildren(text(`all ${round(range.low, 4)}`));
        else
            scale.replaceChildren(text(clipped("≤ ") + round(range.low, 3)), bar(cividis), text(clipped("≥ ") + round(range.high, 3)));
    }
}
