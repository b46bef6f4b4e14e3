// Small things that every script of the page uses.
const imprint = (window.imprint = {});
const SIDES = ["left", "right"]; // of two texts that are compared

imprint.known = () => JSON.parse(document.querySelector("[data-facts]").dataset.facts);
imprint.counting = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
imprint.resting = () => [true, false].map((visible) => ({ __type__: "update", visible })); // Write, and no Stop
imprint.room = (writer, way = "write") => document.getElementById(`${writer}-${way}`);
imprint.seen = () => [...document.querySelectorAll(".desk, .pair")].find((each) => each.offsetParent !== null);
imprint.where = (room) => room?.id.match(/^(?<writer>.*)-(?<way>write|compare)$/)?.groups ?? {};

imprint.announce = (sentence) => {
    const announcer = document.querySelector("[data-announcer]");
    if (announcer) announcer.textContent = sentence;
};

imprint.announceNote = (html) => {
    const said = new DOMParser().parseFromString(html ?? "", "text/html").querySelector("p");
    if (said) imprint.announce(said.textContent);
    setTimeout(bringNote, 100);
};

// On a phone the note may lie above or below what is looked at.
const bringNote = () => {
    const note = [...document.querySelectorAll(".note p")].find((each) => each.offsetParent !== null);
    const { top = 0, bottom = 0 } = note?.getBoundingClientRect() ?? {};
    if (top < 0 || bottom > innerHeight) note.scrollIntoView({ block: "center", behavior: motion() });
};

// How long a text is, and what else there is to say of it.
imprint.measured = (text, ...more) => {
    const count = imprint.count(text);
    return [count ? imprint.counting(count, "word") : "", ...more].filter(Boolean).join(" · ");
};

const motion = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

// Gradio shows what is wrong with a field and what is folded away, and says nothing of either.
const FOLD = ".fold .label-wrap";
const told = (fold) => {
    fold.setAttribute("aria-expanded", fold.classList.contains("open"));
    fold.querySelector(".icon")?.setAttribute("aria-hidden", "true");
};
// A list, a quotation or a table stands as its own words run, its marks too: in Hebrew or Arabic, on the right.
const RUNS = ".paper .md :is(ul, ol, blockquote, table)";
const within = (node, what) => [...(node.matches?.(what) ? [node] : []), ...(node.querySelectorAll?.(what) ?? [])];
const heard = ({ addedNodes, target, type }) => {
    if (type === "attributes" && target.matches(FOLD)) told(target);
    addedNodes.forEach((node) => {
        if (node.matches?.("div.validation-error")) imprint.announce(node.textContent);
        if (node.querySelector?.(".toast-body")) imprint.away(node);
        within(node, FOLD).forEach(told);
        within(node, RUNS).forEach((each) => (each.dir = "auto"));
    });
};
new MutationObserver((changes) => changes.forEach(heard)).observe(document, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["class"],
});

imprint.element = (tag, text = "", attributes = {}) => {
    const made = document.createElement(tag);
    made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
};

// As the server counts: an emoji is one character, and not the two that a browser keeps it in.
imprint.counted = (text, limit) => {
    const length = [...(text ?? "")].length;
    const over = length > limit;
    const count = `${length.toLocaleString("en")} / ${limit.toLocaleString("en")}`;
    return `<span${over ? ' class="over"' : ""}>${count}${over ? ": too long" : ""}</span>`;
};

// A hidden element cannot keep the focus, so it goes where the visitor looks for it; the page stays where it is.
imprint.focus = (room, button) => setTimeout(() => {
    const lost = document.activeElement === document.body || document.activeElement?.offsetParent === null;
    if (lost) room.querySelector(`.${button}`)?.focus({ preventScroll: true });
}, 50);

// Who looks at another tab meanwhile reads in this one's name that the text is done.
const DONE = "✓ ";
imprint.callBack = () => {
    if (!document.hidden || document.title.startsWith(DONE)) return;
    document.title = DONE + document.title;
    const seen = () => (document.title = document.title.replace(DONE, ""));
    document.addEventListener("visibilitychange", seen, { once: true });
};

// On a phone the sheet lies below the form: whoever asks for a text wants to see it.
imprint.bring = (sheet) => {
    if (sheet.getBoundingClientRect().top > innerHeight * 0.7) setTimeout(() => sheet.scrollIntoView({ behavior: motion() }), 100);
};

// What scrolls sideways must be reachable without a mouse.
imprint.reachable = (room) => room.querySelectorAll(".paper table").forEach((table) => (table.tabIndex = 0));

imprint.newSeed = () => Math.floor(Math.random() * 1_000_000_000);

// At temperature 0 every seed gives the same text: then another one needs some, and its button says so.
imprint.newLuck = (temperature, lively) => [imprint.newSeed(), temperature || lively];
imprint.still = (writer, temperature) => imprint.room(writer)?.querySelector("[data-still]")?.toggleAttribute("hidden", temperature > 0);
imprint.press = (writer) => imprint.room(writer).querySelector(".write").click();
