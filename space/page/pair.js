// Two versions that write at once.
const pairs = {};
const sides = {}; // the two versions whose names stand over the sheets

imprint.both = (writer, ...values) => {
    const room = imprint.room(writer, "compare");
    const order = { ...imprint.orderOf(writer, values), right: values.at(-1) };
    imprint.forgetLink(writer);
    clearInterval(pairs[writer]?.clock);
    const pair = { order, began: performance.now(), open: new Set(SIDES), texts: {}, seconds: {}, cut: new Set() };
    pairs[writer] = pair;
    pair.clock = setInterval(() => pair.open.forEach((side) => timed(writer, side)), 100);
    sides[writer] = [order.version, order.right];
    imprint.nameSides(writer);
    room.dataset.state = "writing";
    room.querySelector("[data-differences]").textContent = "";
    imprint.unmark();
    imprint.announce("Writing two texts.");
    imprint.focus(room, "stop");
    imprint.bring(room.querySelector(".sheets"));
};

// A tab's content comes to be when it is first looked at, and asks for its names then, and for what was compared before.
imprint.nameSides = (writer) => {
    const versions = sides[writer] ?? [imprint.known()[writer].version, "base"];
    imprint.room(writer, "compare")?.querySelectorAll("[data-version]").forEach((name, side) => {
        name.textContent = versions[side] === "base" ? "The base" : versions[side];
    });
    if (pairs[writer]?.ended) settleBoth(writer, pairs[writer]);
};

// What is written already keeps the names of those who wrote it.
imprint.chosenSides = (writer, ...versions) => {
    if (pairs[writer]) return;
    sides[writer] = versions;
    imprint.nameSides(writer);
};

imprint.sideFollow = (writer, side, text) => {
    const pair = pairs[writer];
    if (!pair) return;
    pair.texts[side] = text ?? "";
    if (pair.ended && text) settleBoth(writer, pair); // after a reload, or once stopped
};

const timed = (writer, side) => {
    pairs[writer].seconds[side] = (performance.now() - pairs[writer].began) / 1000;
    sideShow(writer, side);
};

const sideShow = (writer, side) => {
    const { texts, seconds } = pairs[writer];
    const facts = imprint.measured(texts[side], `${seconds[side].toFixed(1)} s`);
    imprint.room(writer, "compare").querySelector(`.${side} [data-count]`).textContent = facts;
};

imprint.sideEnd = (writer, side) => {
    const pair = pairs[writer];
    if (!pair?.open.has(side)) return undefined;
    timed(writer, side);
    pair.open.delete(side);
    return pair.open.size ? undefined : imprint.bothEnd(writer);
};

imprint.sideFailed = (writer, side) => {
    imprint.hush();
    if (pairs[writer]?.open.has(side)) pairs[writer].cut.add(side);
    const buttons = imprint.sideEnd(writer, side) ?? [undefined, undefined];
    return [...buttons, pairs[writer]?.stopped ? undefined : imprint.BROKEN];
};

imprint.bothEnd = (writer) => {
    const pair = pairs[writer];
    if (pair.ended) return imprint.resting();
    clearInterval(pair.clock);
    for (const side of pair.open) {
        pair.cut.add(side);
        timed(writer, side);
    }
    Object.assign(pair, { ended: true, stopped: pair.open.size > 0, open: new Set() });
    settleBoth(writer, pair);
    imprint.announce(pair.stopped ? "Stopped." : "Both texts are finished.");
    imprint.focus(imprint.room(writer, "compare"), "write");
    imprint.callBack();
    return imprint.resting();
};

const settleBoth = (writer, pair) => {
    const room = imprint.room(writer, "compare");
    room.dataset.state = "written";
    // The last words are on their way to the page when the last event ends.
    setTimeout(() => {
        if (pairs[writer] !== pair) return;
        keepBoth(writer, pair);
        SIDES.forEach((side) => sideShow(writer, side));
        imprint.mark(room, room.querySelector("[data-act=differences]").checked);
        imprint.reachable(room);
    }, 100);
};

// Both are kept as if each had been written alone, the left one on top.
const keepBoth = (writer, pair) => {
    if (pair.kept) return;
    const { order: { right, ...order }, texts, seconds, cut } = pair;
    pair.kept = true;
    for (const [side, version] of [["right", right], ["left", order.version]]) {
        const written = { order: { ...order, version }, text: texts[side], seconds: seconds[side], stopped: cut.has(side) };
        imprint.note(`${writer}.${side}`, texts[side] ? imprint.keep(writer, written) : "");
    }
};

// After a reload, if `wanted`: what this tab of the browser compared last.
imprint.bothBefore = (writer, wanted) => {
    const [left, right] = SIDES.map((side) => imprint.entryOf(`${writer}.${side}`));
    if (!wanted || !left || !right) return { order: { writer }, texts: [undefined, undefined] };
    const order = { ...left.order, right: right.order.version };
    const [texts, seconds] = ["text", "seconds"].map((fact) => ({ left: left[fact], right: right[fact] }));
    pairs[writer] = { order, texts, seconds, open: new Set(), ended: true, kept: true };
    sides[writer] = [order.version, order.right];
    return { order, texts: [left.text, right.text] };
};

// Who reloads or leaves stops both.
window.addEventListener("pagehide", () => {
    for (const [writer, pair] of Object.entries(pairs)) {
        pair.open.forEach((side) => pair.cut.add(side));
        keepBoth(writer, pair);
    }
});
