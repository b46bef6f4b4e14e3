// What a rewritten text must not lose: numbers, names and addresses.
const KINDS = {
    address: /[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,6}|https?:\/\/[^\s<>"')\]]{1,300}/g,
    number: /\d[\d.,:/]{0,30}\d|\d/g,
    name: /(?<=[\p{L}\p{N},;]["')]{0,2}\s)\p{Lu}[\p{L}'’-]{1,40}/gu, // a capital that begins no sentence
};
const SMALL = new Set(["I", "I'm", "I’m", "I'd", "I'll", "I've", "I’d", "I’ll", "I’ve"]);

imprint.invariants = (text) => {
    let rest = text;
    const found = new Map();
    for (const [kind, pattern] of Object.entries(KINDS)) {
        for (const [each] of rest.matchAll(pattern)) if (!SMALL.has(each)) found.set(each.replace(/[.,:/]+$/, ""), kind);
        rest = kind === "name" ? rest : rest.replace(pattern, " ");
    }
    return found;
};

imprint.lost = (before, after) =>
    [...imprint.invariants(before)].map(([each, kind]) => ({ each, kind, kept: holds(after, each) }));

const holds = (text, each) => {
    const plain = each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`(?<![\\p{L}\\p{N}])${plain}(?![\\p{L}\\p{N}])`, "u").test(text);
};

imprint.showChanges = (writer, { order, text, open }) => {
    const room = imprint.room(writer);
    const before = String(order[imprint.known()[writer].message] ?? "");
    const changes = room.querySelector("[data-changes]");
    const kept = room.querySelector("[data-kept]");
    if (!text || open) return;
    changes?.replaceChildren(imprint.changes(before, text));
    const [had, has] = [imprint.count(before), imprint.count(text)];
    const share = had ? Math.round((100 * (has - had)) / had) : 0;
    const grown = share > 0 ? `${share} % longer` : share < 0 ? `${-share} % shorter` : "as long as before";
    const list = imprint.element("ul");
    list.append(...imprint.lost(before, text).map(chip));
    kept?.replaceChildren(imprint.element("p", `${imprint.counting(had, "word")} before, ${has.toLocaleString("en")} after: ${grown}.`), ...titled(list));
};

const titled = (list) => (list.children.length
    ? [imprint.element("p", "Numbers, names and addresses"), list]
    : [imprint.element("p", "It holds no numbers, names or addresses that could be lost.")]);

const chip = ({ each, kind, kept }) => imprint.element("li", `${each} ${kept ? "kept" : "lost"}`, { class: kept ? "kept-one" : "lost-one", title: kind });
