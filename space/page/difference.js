// Which words of two texts differ, as a longest common sequence finds them.
const MOST_CELLS = 6_000_000; // of its table; above, texts count as different where their ends are not alike

imprint.pieces = (text) => text.match(/\s+|[^\s]+/g) ?? [];

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
    const [left, right] = [imprint.words(before), imprint.words(after)];
    const made = document.createDocumentFragment();
    let [i, j] = [0, 0];
    for (const [one, other] of [...imprint.aligned(left, right), [left.length, right.length]]) {
        if (i < one) made.append(imprint.element("del", left.slice(i, one).join(" ")), " ");
        if (j < other) made.append(imprint.element("ins", right.slice(j, other).join(" ")), " ");
        if (one < left.length) made.append(left[one], " ");
        [i, j] = [one + 1, other + 1];
    }
    return made;
};

// The words of rendered Markdown, each with the place where it stands.
const placed = (root) => {
    const found = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
            const range = new StaticRange({ startContainer: node, startOffset: index, endContainer: node, endOffset: index + word.length });
            found.push({ word, range });
        }
    }
    return found;
};

imprint.mark = (room, wanted) => {
    const sides = ["left", "right"].map((side) => placed(room.querySelector(`.${side} .paper .md`) ?? room));
    const pairs = imprint.aligned(...sides.map((words) => words.map(({ word }) => word)));
    const kept = [0, 1].map((side) => new Set(pairs.map((pair) => pair[side])));
    const apart = sides.map((words, side) => words.filter((_, index) => !kept[side].has(index)));
    const [gone, come] = apart.map((words) => imprint.counting(words.length, "word"));
    room.querySelector("[data-differences]").textContent =
        apart[0].length + apart[1].length ? `${gone} only on the left, ${come} only on the right` : "The same words";
    if (!window.CSS?.highlights) return; // an old browser counts them and marks none
    for (const [side, name] of ["left", "right"].entries()) {
        const ranges = wanted ? apart[side].map(({ range }) => range) : [];
        CSS.highlights.set(`imprint-${name}`, new Highlight(...ranges));
    }
};
