// A link that holds a request: whoever opens it can have the same text written again.
// It lies in the fragment, which browsers keep to themselves, so that no server logs what was asked.
const INVITATION = "This link holds a request; nothing is written yet.";
const BOTH = "This link holds a request to two versions; nothing is written yet.";
const KEPT_ONE = "The Space is back. Your request was kept, and so was what was written by then.";

imprint.linkTo = (order) => {
    const { inputs, settings } = imprint.known()[order.writer];
    const facts = [["set.writer", "writer"], ["set.version", "version"], ["set.right", "right"], ...settings.map((name) => [`set.${name}`, name])];
    const named = [...facts, ...Object.keys(inputs).map((name) => [name, name])];
    const asked = new URLSearchParams(named.filter(([, name]) => order[name] !== undefined).map(([to, name]) => [to, order[name]]));
    return `${location.origin}${location.pathname}#${asked}`;
};

imprint.linked = (writer, tabs) => {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (tabs && location.hash === `#${writer}`) tabOf(writer)?.click();
    if (!asked.has("set.writer")) return imprint.shownBefore(writer, tabs);
    if (asked.get("set.writer") !== writer || asked.has("set.right")) return undefined;
    const note = invitation(history.state?.kept ? KEPT_ONE : INVITATION, "Write it again");
    const tab = tabs ? [selected(writer)] : [];
    if (tabs) setTimeout(() => shown(tabOf(writer)), 200);
    const text = history.state?.kept ? imprint.shownBefore(writer, 0)?.at(-2) : undefined;
    return [...requested(writer, asked), text ?? "", note, ...tab];
};

imprint.linkedPair = (writer, tabs) => {
    const asked = new URLSearchParams(location.hash.slice(1));
    const [holder, right] = [asked.get("set.writer"), asked.get("set.right")];
    if (holder && (holder !== writer || !right)) return undefined;
    const { order, texts } = imprint.bothBefore(writer, !holder || history.state?.kept);
    const request = holder ? [...requested(writer, asked), right] : [...imprint.valuesOf(order), order.right];
    const note = holder ? invitation(history.state?.kept ? KEPT_ONE : BOTH, "Compare") : undefined;
    const way = holder || imprint.noted("room") === `${writer}-compare` ? selected("compare") : undefined;
    return [...request, note, way, ...texts, ...Array(tabs).fill(holder ? selected(writer) : undefined)];
};

const selected = (id) => ({ __type__: "update", selected: id });

const requested = (writer, asked) => {
    const known = imprint.known()[writer];
    const values = Object.entries(known.inputs).map(([name, choices]) => chosen(asked.get(name), choices));
    const settings = known.settings.map((name) => number(asked.get(`set.${name}`)));
    return [...values, asked.get("set.version") ?? known.version, ...settings];
};

// Once something is written, the address holds no other request.
imprint.forgetLink = (writer) => {
    if (!location.hash.includes("set.writer=")) return;
    history.replaceState(null, "", location.pathname + (tabOf(writer) ? `#${writer}` : ""));
};

const invitation = (sentence, verb) => {
    const button = imprint.element("button", verb, { type: "button", "data-act": "write" });
    return imprint.element("p", sentence).outerHTML + button.outerHTML;
};

// An answer that is left out, or no number, leaves the field as it is.
const chosen = (text, choices) => {
    if (text === null) return undefined;
    return choices.length ? choices.find((choice) => String(choice) === text) : text.slice(0, 100_000);
};

const number = (text) => (text === null || text === "" || !Number.isFinite(Number(text)) ? undefined : Number(text));

// Where several writers are served, the address names the one that is looked at.
const tabOf = (writer) => document.getElementById(`${writer}-tab-button`);
const shown = (tab) => tab?.scrollIntoView({ block: "nearest", inline: "center" });

document.addEventListener("click", ({ target }) => {
    const tab = target.closest?.(".writers > .tab-wrapper [role=tab]");
    if (!tab) return;
    shown(tab);
    history.replaceState(null, "", `#${tab.id.replace(/-tab-button$/, "")}`);
});

window.addEventListener("hashchange", () => {
    if (location.hash.includes("set.writer=")) location.reload();
    else tabOf(location.hash.slice(1))?.click();
});
