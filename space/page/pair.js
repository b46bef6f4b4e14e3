// Two versions that write at once.
const pairs = {};

imprint.both = (writer, ...values) => {
    const room = imprint.room(writer, "compare");
    const names = { left: values[Object.keys(imprint.known()[writer].inputs).length], right: values.at(-1) };
    clearInterval(pairs[writer]?.clock);
    const pair = { began: performance.now(), open: new Set(["left", "right"]), texts: {} };
    pairs[writer] = pair;
    pair.clock = setInterval(() => pair.open.forEach((side) => imprint.sideShow(writer, side)), 100);
    for (const [side, version] of Object.entries(names)) {
        room.querySelector(`.${side} [data-version]`).textContent = version === "base" ? "The base" : version;
    }
    room.dataset.state = "writing";
    room.querySelector("[data-differences]").textContent = "";
    ["left", "right"].forEach((side) => window.CSS?.highlights?.delete(`imprint-${side}`));
    imprint.announce("Writing two texts.");
    imprint.focus(room, "stop");
    imprint.bring(room.querySelector(".sheets"));
};

imprint.sideFollow = (writer, side, text) => {
    if (pairs[writer]) pairs[writer].texts[side] = text ?? "";
};

imprint.sideShow = (writer, side) => {
    const pair = pairs[writer];
    const count = imprint.words(pair.texts[side]).length;
    const time = `${((performance.now() - pair.began) / 1000).toFixed(1)} s`;
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
    const buttons = imprint.sideEnd(writer, side) ?? [undefined, undefined];
    return [...buttons, pairs[writer]?.stopped ? undefined : imprint.BROKEN];
};

imprint.bothEnd = (writer) => {
    const pair = pairs[writer];
    const room = imprint.room(writer, "compare");
    clearInterval(pair.clock);
    pair.stopped = pair.open.size > 0;
    pair.open.clear();
    room.dataset.state = "written";
    // The last words are on their way to the page when the last event ends.
    setTimeout(() => {
        imprint.mark(room, room.querySelector("[data-act=differences]").checked);
        imprint.reachable(room);
    }, 100);
    imprint.announce(pair.stopped ? "Stopped." : "Both texts are finished.");
    imprint.focus(room, "write");
    return [imprint.visible(true), imprint.visible(false)];
};
