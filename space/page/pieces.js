// A text in words. Where a script puts no blanks between them, the browser's own dictionary finds them.
const UNSPACED = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}]/u;
const SPOKEN = /[\p{L}\p{N}]/u;
const dictionary = window.Intl?.Segmenter && new Intl.Segmenter("en", { granularity: "word" });

// Each word, with the signs that stick to it and the place where it begins.
imprint.pieces = (text) => [...(text ?? "").matchAll(/\S+/g)].flatMap(({ 0: word, index }) =>
    dictionary && UNSPACED.test(word) ? parted(word, index) : [{ word, index }]);

const parted = (run, from) => {
    const found = [];
    for (const { segment, index, isWordLike } of dictionary.segment(run)) {
        if (isWordLike || !found.length) found.push({ word: segment, index: from + index });
        else found.at(-1).word += segment;
    }
    return found;
};

// As training counts them: a mark of a heading or of a list is no word.
imprint.count = (text) => imprint.pieces(text).filter(({ word }) => SPOKEN.test(word)).length;
