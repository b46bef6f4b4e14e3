// A link that holds a request: whoever opens it can have the same text written again.
// It lies in the fragment, which browsers keep to themselves, so that no server logs what was asked.
const INVITATION = "This link holds a request; nothing is written yet.";

imprint.linkTo = (order) => {
    const { inputs, settings } = imprint.known()[order.writer];
    const asked = new URLSearchParams({ "set.writer": order.writer, "set.version": order.version });
    for (const name of settings) asked.set(`set.${name}`, order[name]);
    for (const name of Object.keys(inputs)) asked.set(name, order[name]);
    return `${location.origin}${location.pathname}#${asked}`;
};

imprint.linked = (writer, tabs) => {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (asked.get("set.writer") !== writer) return undefined;
    const known = imprint.known()[writer];
    const values = Object.entries(known.inputs).map(([name, choices]) => chosen(asked.get(name), choices));
    const settings = known.settings.map((name) => number(asked.get(`set.${name}`)));
    const note = invitation(INVITATION);
    const tab = tabs ? [{ __type__: "update", selected: writer }] : [];
    return [...values, asked.get("set.version") ?? known.version, ...settings, "", note, ...tab];
};

const invitation = (sentence) => {
    const button = imprint.element("button", "Write it again", { type: "button", "data-act": "write" });
    return imprint.element("p", sentence).outerHTML + button.outerHTML;
};

// An answer that is left out, or no number, leaves the field as it is.
const chosen = (text, choices) => {
    if (text === null) return undefined;
    return choices.length ? choices.find((choice) => String(choice) === text) : text.slice(0, 100_000);
};

const number = (text) => (text === null || text === "" || !Number.isFinite(Number(text)) ? undefined : Number(text));

window.addEventListener("hashchange", () => location.hash.includes("set.writer=") && location.reload());
