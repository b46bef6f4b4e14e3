// The texts written in this browser: kept here and nowhere else.
const KEPT = "imprint.history";
const MOST = 200;
const LONGEST = 120; // characters of a title in the list
const HERE = "Texts that you write are kept here, in this browser alone.";
const ONLY_NOW = "This browser lets the page store nothing: your texts stay here until you reload or close it.";
const shelves = {};

// In a private window, or in another site's frame, a browser may forbid storage: then the page itself remembers.
const storage = (() => {
    try {
        return window.localStorage;
    } catch {
        return null;
    }
})();
let remembered = [];

const entries = () => {
    if (!storage) return remembered;
    try {
        const read = JSON.parse(storage.getItem(KEPT) ?? "[]");
        return Array.isArray(read) ? read.filter((each) => each?.order && typeof each.text === "string") : [];
    } catch {
        return []; // it holds something of another page
    }
};

const store = (kept) => {
    remembered = kept.slice(0, MOST);
    for (let most = remembered.length; storage && most >= 0; most -= Math.ceil(most / 10) || 1) {
        try {
            storage.setItem(KEPT, JSON.stringify(kept.slice(0, most)));
            return;
        } catch {
            continue; // full: the oldest go
        }
    }
};

imprint.keep = (writer, desk) => {
    const { order, text, stopped, seconds } = desk;
    const id = (desk.id ??= `${Date.now()}-${imprint.newSeed()}`);
    store([{ id, at: Date.now(), order, text, stopped, seconds }, ...entries().filter((each) => each.id !== id)]);
    if (shelves[writer]) shelves[writer].gone = [];
    imprint.shelve(writer);
    imprint.note(writer, id);
    return id;
};

imprint.remember = (writer, element, trigger, event) => {
    shelves[writer] = { element, open: (id) => ((shelves[writer].chosen = id), trigger(event)) };
    imprint.shelve(writer);
};

imprint.shelve = (writer) => {
    const shelf = shelves[writer];
    if (!shelf) return;
    const mine = entries().filter((each) => each.order.writer === writer);
    if (!mine.length) {
        shelf.element.replaceChildren(imprint.element("p", storage ? HERE : ONLY_NOW, { class: "hint" }), ...undo(writer));
        return;
    }
    const list = imprint.element("ol", "", { class: "shelf" });
    list.append(...mine.map((each) => item(writer, each)));
    const all = imprint.element("button", "Delete all", { type: "button", class: "quiet" });
    all.addEventListener("click", () => forget(writer, (each) => each.order.writer !== writer));
    const hint = storage ? [] : [imprint.element("p", ONLY_NOW, { class: "hint" })];
    shelf.element.replaceChildren(...hint, list, all, ...undo(writer));
};

// A button that brings back what was deleted last, as long as nothing else is written.
const undo = (writer) => {
    const gone = shelves[writer].gone ?? [];
    if (!gone.length) return [];
    const back = imprint.element("button", gone.length === 1 ? "Bring it back" : `Bring ${gone.length} back`, { type: "button", class: "quiet" });
    back.addEventListener("click", () => {
        store([...gone, ...entries()].sort((one, other) => other.at - one.at));
        shelves[writer].gone = [];
        imprint.shelve(writer);
        imprint.announce("It is back.");
        shelves[writer].element.querySelector("button")?.focus();
    });
    return [back];
};

// Another tab of this browser may write or delete.
window.addEventListener("storage", ({ key }) => key === KEPT && Object.keys(shelves).forEach(imprint.shelve));

const item = (writer, entry) => {
    const asked = String(entry.order[imprint.known()[writer].message] ?? "");
    const title = asked.length > LONGEST ? `${asked.slice(0, LONGEST).trim()} …` : asked || "Untitled";
    const open = imprint.element("button", title, { type: "button", class: "open" });
    const year = new Date(entry.at).getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
    const when = new Date(entry.at).toLocaleString("en", { ...year, day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    open.append(imprint.element("small", imprint.measured(entry.text, entry.stopped ? "stopped" : "", entry.order.version, when)));
    open.addEventListener("click", () => shelves[writer].open(entry.id));
    const remove = imprint.element("button", "×", { type: "button", class: "delete", "aria-label": `Delete ${title}` });
    remove.addEventListener("click", () => forget(writer, (each) => each.id !== entry.id));
    const row = imprint.element("li");
    row.append(open, remove);
    return row;
};

const forget = (writer, stays) => {
    shelves[writer].gone = entries().filter((each) => !stays(each));
    store(entries().filter(stays));
    imprint.shelve(writer);
    imprint.announce("Deleted.");
    shelves[writer].element.querySelector("button")?.focus();
};

imprint.opened = (writer) => {
    const entry = entries().find((each) => each.id === shelves[writer].chosen);
    if (!entry || desks[writer]?.open) return undefined;
    imprint.announce("Opened.");
    return opening(writer, entry);
};

const opening = (writer, entry) => {
    desks[writer] = { ...entry, open: false };
    imprint.settle(writer);
    imprint.note(writer, entry.id);
    return [...imprint.valuesOf(entry.order), entry.text, ""];
};

// What this tab of the browser shows, which it shows again after a reload and on the way back.
imprint.note = (what, value) => {
    try {
        sessionStorage.setItem(`imprint.shown.${what}`, value);
    } catch {
        // a browser may forbid storage: then a reload begins anew
    }
};

imprint.noted = (what) => {
    try {
        return sessionStorage.getItem(`imprint.shown.${what}`);
    } catch {
        return null;
    }
};

imprint.entryOf = (what) => {
    const id = imprint.noted(what);
    return entries().find((each) => each.id === id);
};

imprint.shownBefore = (writer, tabs) => {
    const entry = imprint.entryOf(writer);
    return entry && [...opening(writer, entry), ...Array(tabs)];
};
