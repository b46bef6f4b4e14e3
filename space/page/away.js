// The server is gone. Gradio says so in red over the page, asks every two seconds whether it is back, and reloads
// the page then; until that happens it starts nothing.
const GONE = "Connection to the server was lost";
const AWAY = "This Space does not answer right now: it may be starting anew. The page comes back by itself as soon as it does. "
    + "What you asked for and what was written is kept.";

imprint.away = (toast) => {
    if (!toast.textContent.includes(GONE) || "away" in document.body.dataset) return;
    imprint.hush();
    keepRequest();
    document.body.dataset.away = "";
    Object.keys(desks).forEach((writer) => imprint.end(writer, desks[writer].text, true));
    Object.keys(pairs).forEach(imprint.bothEnd);
    const banner = imprint.element("div", "", { class: "banner" });
    banner.innerHTML = `<div class="prose"><p>${AWAY}</p></div>`;
    document.querySelector(".block.head").after(banner);
    imprint.announce(AWAY);
};

// As in a link, so that the reloaded page fills its form again.
const keepRequest = () => {
    const room = imprint.seen();
    const { writer, way } = imprint.where(room);
    if (!writer) return;
    const both = way === "compare";
    const work = both ? pairs[writer] : desks[writer];
    const running = both ? work && !work.ended : work?.open;
    const order = running ? work.order : { ...filled(writer, room), ...(both ? { right: work?.order.right ?? "base" } : {}) };
    history.replaceState({ kept: true }, "", imprint.linkTo(order));
};

const filled = (writer, room) => {
    const chosen = [...room.querySelectorAll("input[type=radio]:checked")].map(({ value }) => value);
    const names = Object.entries(imprint.known()[writer].inputs);
    const read = ([name, choices]) => [name, choices.length ? chosen.shift() : room.querySelector(`.field-${name} :is(input, textarea)`)?.value];
    return { writer, ...Object.fromEntries(names.map(read)) };
};
