// One text after another: what is being written at each writer's desk, and what was written last.
const desks = {};

imprint.orderOf = (writer, values) => {
    const { inputs, settings } = imprint.known()[writer];
    const names = [...Object.keys(inputs), "version", ...settings];
    return { writer, ...Object.fromEntries(names.map((name, index) => [name, values[index]])) };
};

imprint.valuesOf = (order) => {
    const { inputs, settings } = imprint.known()[order.writer];
    return [...Object.keys(inputs), "version", ...settings].map((name) => order[name]);
};

// From one tab's form to the other's; an empty one gives nothing.
imprint.carried = (writer, values) => {
    const { inputs, message } = imprint.known()[writer];
    return values.map((value) => (values[Object.keys(inputs).indexOf(message)]?.trim() ? value : undefined));
};

imprint.begin = (writer, values) => {
    imprint.forgetLink(writer);
    const desk = { order: imprint.orderOf(writer, values), text: "", began: performance.now(), open: true };
    desks[writer] = desk;
    desk.clock = setInterval(() => imprint.show(writer), 100);
    imprint.room(writer).dataset.state = "writing";
    imprint.announce("Writing.");
    imprint.focus(imprint.room(writer), "stop");
    imprint.bring(imprint.room(writer).querySelector(".result"));
    return values;
};

// Who reloads or leaves stops the text: what is there by then is kept, and the tab that was looked at.
window.addEventListener("pagehide", () => {
    imprint.note("room", imprint.seen()?.id);
    Object.keys(desks).forEach((writer) => imprint.end(writer, desks[writer].text, true));
});

imprint.follow = (writer, text) => {
    const desk = (desks[writer] ??= { order: null, text: "", open: false });
    if (desk.open && !desk.text && text) imprint.bring(imprint.room(writer).querySelector(".result"));
    const late = desk.stopped && text?.length > desk.text.length && text.startsWith(desk.text);
    desk.text = text ?? "";
    imprint.show(writer);
    if (late) settled(writer, desk); // words that were on their way to the page when it was stopped
};

imprint.show = (writer) => {
    const desk = desks[writer];
    const room = imprint.room(writer);
    const seconds = desk.seconds ?? (desk.began ? (performance.now() - desk.began) / 1000 : 0);
    const time = seconds && (desk.text || desk.open) ? `${seconds.toFixed(1)} s` : "";
    room.querySelector("[data-count]").textContent = imprint.measured(desk.text, time, desk.stopped ? "stopped" : "");
    const source = room.querySelector("[data-source]");
    if (source && source.textContent !== desk.text) source.textContent = desk.text;
};

imprint.end = (writer, text, stopped = false) => {
    const desk = desks[writer];
    if (!desk?.open) return imprint.resting();
    clearInterval(desk.clock);
    Object.assign(desk, { open: false, text: text ?? "", stopped });
    desk.seconds = (performance.now() - desk.began) / 1000;
    settled(writer, desk);
    if (desk.text || stopped) imprint.announce(stopped ? "Stopped." : `Finished: ${imprint.measured(desk.text)}.`);
    imprint.focus(imprint.room(writer), "write");
    imprint.callBack();
    return imprint.resting();
};

const settled = (writer, desk) => {
    imprint.settle(writer);
    if (desk.text) imprint.keep(writer, desk);
};

imprint.settle = (writer) => {
    const desk = desks[writer];
    imprint.room(writer).dataset.state = desk.text ? "written" : "empty";
    imprint.show(writer);
    setTimeout(() => imprint.reachable(imprint.room(writer)), 100); // once the last words are on the page
    if (imprint.known()[writer].rewrites && desk.order) imprint.showChanges(writer, desk);
};

imprint.shown = (writer) => desks[writer] && !desks[writer].open && imprint.settle(writer);

imprint.BROKEN =
    "<p>The text could not be finished: too many ask at once, or the connection broke. "
    + "Your request is kept in the form.</p><button type=\"button\" data-act=\"write\">Try again</button>";

// A note says it in its place; gradio says it once more, in red and over the page.
imprint.hush = () => setTimeout(() => document.querySelectorAll(".toast-close").forEach((each) => each.click()));

// What a visitor stopped ends as a failure too, and there is nothing to say about it.
imprint.failed = (writer, text) => {
    imprint.hush();
    const buttons = imprint.end(writer, text);
    return [...buttons, desks[writer]?.stopped ? undefined : imprint.BROKEN];
};

const ACTS = {
    write: (_, room) => room.querySelector(".write").click(),
    reload: () => location.reload(),
    copy: (desk, room, button) => imprint.copied(desk.text, button),
    link: (work, room, button) => imprint.copied(imprint.linkTo(work.order), button),
    download: (desk) => imprint.download(desk),
    differences: (desk, room, box) => imprint.mark(room, box.checked),
};

document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-act]");
    if (!button) return;
    const room = button.closest(".desk, .pair");
    const { writer, way } = imprint.where(room);
    ACTS[button.dataset.act]((way === "compare" ? pairs : desks)[writer], room, button);
});

// Stop stands where Write stood: the second half of a double click is meant for neither.
document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest?.(".write, .stop")) event.stopImmediatePropagation();
}, true);

// Esc stops; Ctrl and Enter, or Command and Enter, write from within a text of many lines too.
document.addEventListener("keydown", (event) => {
    const writes = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest?.(".asks");
    if (event.key !== "Escape" && !writes) return;
    const buttons = [...document.querySelectorAll(writes ? ".write" : ".stop")];
    buttons.find((button) => button.offsetParent !== null && !button.disabled)?.click();
});
