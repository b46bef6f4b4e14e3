// A written text as a file, with what wrote it in its front matter; and as a copy.
imprint.file = ({ order, text }) => {
    const { message, rewrites, adapter, base, commits, title } = imprint.known()[order.writer];
    const model = order.version === "base" ? base : adapter;
    const commit = commits[order.version];
    const facts = {
        title: rewrites ? title : String(order[message]).replace(/\s+/g, " ").trim(),
        ai_generated: true,
        model: commit ? `${model}@${commit}` : model,
        version: order.version,
        seed: order.seed,
        temperature: order.temperature,
        top_p: order.top_p,
        repetition_penalty: order.repetition_penalty,
    };
    const known = Object.entries(facts).filter(([, value]) => value !== undefined);
    const lines = known.map(([name, value]) => `${name}: ${quoted(value)}`);
    return `---\n${lines.join("\n")}\n---\n\n${text.trim()}\n`;
};

// A JSON string is a YAML string too, but for the few characters that YAML wants escaped.
const quoted = (value) => JSON.stringify(value).replace(/[\x7f-\x9f\ufffe\uffff]/g, escaped);
const escaped = (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

imprint.fileName = ({ order }) => {
    const { message } = imprint.known()[order.writer];
    const plain = String(order[message]).normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{M}\p{N}]+/gu, "-");
    return `${[...plain].slice(0, 60).join("").replace(/^-+|-+$/g, "") || order.writer}.md`;
};

imprint.download = (desk) => {
    const url = URL.createObjectURL(new Blob([imprint.file(desk)], { type: "text/markdown" }));
    const link = imprint.element("a", "", { href: url, download: imprint.fileName(desk) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
    imprint.announce("Downloaded.");
};

imprint.copied = async (text, button) => {
    try {
        await navigator.clipboard.writeText(text);
    } catch {
        if (!copyByHand(text)) return offerByHand(text, button); // inside another site's frame the clipboard may be closed
    }
    const label = button.textContent;
    if (label !== "Copied") setTimeout(() => (button.textContent = label), 1500);
    button.textContent = "Copied";
    imprint.announce("Copied.");
};

const copyByHand = (text) => {
    const area = imprint.element("textarea", "", { "aria-hidden": "true", style: "position: fixed; opacity: 0" });
    const before = document.activeElement;
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    before?.focus({ preventScroll: true });
    return copied;
};

// Where no page may copy, its visitor still can.
const offerByHand = (text, button) => {
    const said = "This browser lets no page copy: the text is selected here, copy it by hand.";
    const area = imprint.element("textarea", "", { "aria-label": said, readonly: "", rows: 4 });
    area.value = text;
    const offer = imprint.element("div", "", { class: "by-hand" });
    offer.append(imprint.element("p", said), area);
    button.parentElement.querySelector(".by-hand")?.remove();
    button.parentElement.append(offer);
    area.select();
    area.addEventListener("blur", () => offer.remove());
    imprint.announce(said);
};
