// Two versions that write at once.
const pairs = {};
const sides = {}; // the two versions whose names stand over the sheets

imprint.both = (writer, ...values) => {
    const room = imprint.room(writer, "compare");
    const order = { ...imprint.orderOf(writer, values), right: values.at(-1) };
    imprint.forgetLink(writer);
    clearInterval(pairs[writer]?.clock);
    const pair = { order, began: performance.now(), open: new Set(["left", "right"]), texts: {}, seconds: {}, cut: new Set() };
    pairs[writer] = pair;
    pair.clock = setInterval(() => pair.open.forEach((side) => imprint.sideShow(writer, side)), 100);
    sides[writer] = [order.version, order.right];
    imprint.nameSides(writer);
    room.dataset.state = "writing";
    room.querySelector("[data-differences]").textContent = "";
    ["left", "right"].forEach((side) => window.CSS?.highlights?.delete(`imprint-${side}`));
    imprint.announce("Writing two texts.");
    imprint.focus(room, "stop");
    imprint.bring(room.querySelector(".sheets"));
};

// A tab's content comes to be when it is first looked at, and asks for its names then.
imprint.nameSides = (writer) => {
    const versions = sides[writer] ?? [imprint.known()[writer].version, "base"];
    imprint.room(writer, "compare")?.querySelectorAll("[data-version]").forEach((name, side) => {
        name.textContent = versions[side] === "base" ? "The base" : versions[side];
    });
};

// What is written already keeps the names of those who wrote it.
imprint.chosenSides = (writer, ...versions) => {
    if (pairs[writer]) return;
    sides[writer] = versions;
    imprint.nameSides(writer);
};

imprint.sideFollow = (writer, side, text) => {
    if (pairs[writer]) pairs[writer].texts[side] = text ?? "";
};

imprint.sideShow = (writer, side) => {
    const pair = pairs[writer];
    const count = imprint.count(pair.texts[side]);
    pair.seconds[side] = (performance.now() - pair.began) / 1000;
    const time = `${pair.seconds[side].toFixed(1)} s`;
    const facts = [count ? imprint.counting(count, "word") : "", time].filter(Boolean).join(" · ");
    imprint.room(writer, "compare").querySelector(`.${side} [data-count]`).textContent = facts;
};

imprint.sideEnd = (writer, side) => {
    const pair = pairs[writer];
    if (!pair?.open.has(side)) return undefined;
    imprint.sideShow(writer, side);
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
    const room = imprint.room(writer, "compare");
    if (pair.ended) return [imprint.visible(true), imprint.visible(false)];
    clearInterval(pair.clock);
    pair.open.forEach((side) => pair.cut.add(side));
    Object.assign(pair, { ended: true, stopped: pair.open.size > 0, open: new Set() });
    room.dataset.state = "written";
    // The last words are on their way to the page when the last event ends.
    setTimeout(() => {
        keepBoth(writer, pair);
        imprint.mark(room, room.querySelector("[data-act=differences]").checked);
        imprint.reachable(room);
    }, 100);
    imprint.announce(pair.stopped ? "Stopped." : "Both texts are finished.");
    imprint.focus(room, "write");
    imprint.callBack();
    return [imprint.visible(true), imprint.visible(false)];
};

// Both are kept as if each had been written alone, the left one on top.
const keepBoth = (writer, pair) => {
    const { order: { right, ...order }, texts, seconds, cut, kept } = pair;
    pair.kept = true;
    for (const [side, version] of [["right", right], ["left", order.version]]) {
        if (texts[side] && !kept) imprint.keep(writer, { order: { ...order, version }, text: texts[side], seconds: seconds[side], stopped: cut.has(side) });
    }
};

// Who reloads or leaves stops both.
window.addEventListener("pagehide", () => {
    for (const [writer, pair] of Object.entries(pairs)) {
        pair.open.forEach((side) => pair.cut.add(side));
        keepBoth(writer, pair);
    }
});
