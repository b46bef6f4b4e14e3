// Which words of two texts differ, as a longest common sequence finds them.
const MOST_CELLS = 20_000_000; // of its table, which is enough for any two texts of a writer; above, only their ends are compared

// [kept, left index, right index] for each word, in reading order: null where a side lacks it.
imprint.aligned = (left, right) => {
    let from = 0;
    while (from < left.length && from < right.length && left[from] === right[from]) from += 1;
    let tail = 0;
    const least = Math.min(left.length, right.length) - from;
    while (tail < least && left[left.length - 1 - tail] === right[right.length - 1 - tail]) tail += 1;
    const pairs = Array.from({ length: from }, (_, index) => [index, index]);
    const middle = common(left.slice(from, left.length - tail), right.slice(from, right.length - tail));
    pairs.push(...middle.map(([one, other]) => [one + from, other + from]));
    for (let back = tail; back > 0; back -= 1) pairs.push([left.length - back, right.length - back]);
    return pairs;
};

const common = (left, right) => {
    const width = right.length + 1;
    if (!left.length || !right.length || (left.length + 1) * width > MOST_CELLS) return [];
    const best = new Uint16Array((left.length + 1) * width);
    for (let i = left.length - 1; i >= 0; i -= 1) {
        for (let j = right.length - 1; j >= 0; j -= 1) {
            const [down, across] = [best[(i + 1) * width + j], best[i * width + j + 1]];
            best[i * width + j] = left[i] === right[j] ? best[(i + 1) * width + j + 1] + 1 : Math.max(down, across);
        }
    }
    const pairs = [];
    for (let i = 0, j = 0; i < left.length && j < right.length; ) {
        if (left[i] === right[j]) pairs.push([i++, j++]);
        else if (best[(i + 1) * width + j] >= best[i * width + j + 1]) i += 1;
        else j += 1;
    }
    return pairs;
};

// One text as it became the other: what went in <del>, what came in <ins>, both as text only.
imprint.changes = (before, after) => {
    const [left, right] = [spaced(before), spaced(after)];
    const made = document.createDocumentFragment();
    const mark = (tag, words, gap) => words.length && made.append(imprint.element(tag, words.map(joined).join("").trim()), gap(words.at(-1)));
    let [i, j] = [0, 0];
    for (const [one, other] of [...imprint.aligned(left.map(bare), right.map(bare)), [left.length, right.length]]) {
        mark("del", left.slice(i, one), ({ gap }) => gap && " "); // the paragraphs are those of the new text
        mark("ins", right.slice(j, other), ({ gap }) => gap);
        if (other < right.length) made.append(joined(right[other]));
        [i, j] = [one + 1, other + 1];
    }
    return made;
};

// Each word with what parts it from the next: nothing, a blank, or the end of a paragraph.
const spaced = (text) => imprint.pieces(text).map(({ word, index }, at, all) =>
    ({ word, gap: at + 1 < all.length ? text.slice(index + word.length, all[at + 1].index) : " " }));
const bare = ({ word }) => word;
const joined = ({ word, gap }) => word + gap;

// The words of rendered Markdown, each with the place where it stands.
const placed = (root) => {
    const found = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        found.push(...imprint.pieces(node.data).map(({ word, index }) => ({ word, node, from: index, to: index + word.length })));
    }
    return found;
};

// Words that stand one behind the other are marked as one.
const runs = (words) => {
    const found = [];
    for (const { node, from, to } of words) {
        const last = found.at(-1);
        if (last?.node === node && !node.data.slice(last.to, from).trim()) last.to = to;
        else found.push({ node, from, to });
    }
    return found;
};
const ranged = ({ node, from, to }) => new StaticRange({ startContainer: node, startOffset: from, endContainer: node, endOffset: to });

imprint.mark = (room, wanted) => {
    const sides = SIDES.map((side) => placed(room.querySelector(`.${side} .paper .md`) ?? room));
    const pairs = imprint.aligned(...sides.map((words) => words.map(({ word }) => word)));
    const kept = [0, 1].map((side) => new Set(pairs.map((pair) => pair[side])));
    const apart = sides.map((words, side) => words.filter((_, index) => !kept[side].has(index)));
    const [gone, come] = apart.map((words) => imprint.counting(words.length, "word"));
    room.querySelector("[data-differences]").textContent =
        apart[0].length + apart[1].length ? `${gone} only on the left, ${come} only on the right` : "The same words";
    imprint.unmark();
    if (wanted) inks.forEach((ink, side) => runs(apart[side]).forEach((run) => ink.add(ranged(run))));
};

// Each side's ink is emptied and used again: WebKit goes on showing one that another replaces.
imprint.unmark = () => inks.forEach((ink) => ink.clear());
const inks = window.CSS?.highlights ? SIDES.map((side) => new Highlight()) : []; // an old browser marks none
inks.forEach((ink, side) => CSS.highlights.set(`imprint-${SIDES[side]}`, ink));
