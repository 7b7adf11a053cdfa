// What look_at_page finds wrong with the page it is loaded into.
const problems = [];
addEventListener("error", e => problems.push("error: " + (e.message || "cannot load " + e.target.tagName)), true);

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const short = text => text.trim().replace(/\s+/g, " ").slice(0, 40);
const name = e => `<${e.tagName.toLowerCase()}> ${short(e.alt || e.textContent)}`;

function texts() {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
    while (walk.nextNode())
        if (walk.currentNode.data.trim() && walk.currentNode.parentElement.checkVisibility())
            found.push(walk.currentNode);
    return found;
}

function boxes(node) {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()];
}

// [red, green, blue, alpha], of 255 and of 1.
const colour = css => [...css.match(/[\d.]+/g).map(Number), 1].slice(0, 4);
const over = (top, below) => below.map((c, i) => (i < 3 ? top[i] * top[3] + c * (1 - top[3]) : 1));

function background(e, paper) {
    const below = e.parentElement ? background(e.parentElement, paper) : [255, 255, 255, 1];
    return paper ? below : over(colour(getComputedStyle(e).backgroundColor), below);
}

// WCAG 2.2, "relative luminance", "contrast ratio".
function luminance(c) {
    const [r, g, b] = c.slice(0, 3).map(v => v / 255).map(v => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(e, paper) {
    const below = background(e, paper), text = over(colour(getComputedStyle(e).color), below);
    const [low, high] = [luminance(below), luminance(text)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
}

// The box that e can be scrolled in. Nothing scrolls on paper, and a caption is to be read without.
function scroller(e, paper) {
    if (paper || !e || e.closest("caption"))
        return null;
    return /auto|scroll/.test(getComputedStyle(e).overflowX) ? e : scroller(e.parentElement, paper);
}

// The nearest box that hides what sticks out of it.
const clip = e => e && (getComputedStyle(e).overflowX !== "visible" && e !== document.documentElement ? e : clip(e.parentElement));

function cut(e, rects, paper) {
    const box = scroller(e, paper) ? null : clip(e)?.getBoundingClientRect();
    const left = Math.max(0, box?.left ?? 0), right = Math.min(document.documentElement.clientWidth, box?.right ?? Infinity);
    return !scroller(e, paper) && rects.some(r => r.left < left - 0.5 || r.right > right + 0.5);
}

function layout(paper) {
    const wide = document.documentElement.scrollWidth;
    if (wide > innerWidth)
        problems.push(`page: ${wide} pixels wide`);
    for (const text of texts()) {
        const e = text.parentElement, rects = boxes(text), cell = e.closest("th, td")?.getBoundingClientRect();
        if (cut(e, rects, paper))
            problems.push("cut: " + name(e));
        if (cell && rects.some(r => r.left < cell.left - 0.5 || r.right > cell.right + 0.5))
            problems.push("out of its cell: " + name(e));
    }
    for (const e of all("img"))
        if (cut(e, [e.getBoundingClientRect()], paper))
            problems.push("cut: " + name(e));
    for (const e of all("body *"))
        if (scroller(e, paper) === e && e.scrollWidth > e.clientWidth && !/gradient/.test(getComputedStyle(e).backgroundImage))
            problems.push("scrolls without a hint: " + name(e));
}

function colours(paper) {
    for (const e of new Set(texts().map(text => text.parentElement))) {
        const ratio = contrast(e, paper);
        if (ratio < 4.5)
            problems.push(`contrast ${ratio.toFixed(1)}: ${name(e)}`);
    }
    const dark = !paper && matchMedia("(prefers-color-scheme: dark)").matches;
    for (const e of all("img"))
        if (/brightness/.test(getComputedStyle(e).filter) !== dark)
            problems.push((dark ? "glares: " : "dimmed: ") + name(e));
    for (const e of dark ? all("body, body *") : [])
        if (luminance(background(e)) > 0.5)
            problems.push("glares: " + name(e));
}

function structure() {
    const ids = all("[id]").map(e => e.id);
    for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i)))
        problems.push("id twice: " + id);
    for (const e of all("a[href^='#']"))
        if (!ids.includes(decodeURIComponent(e.hash.slice(1))))
            problems.push("no target: " + e.hash);
    for (const e of all("table"))
        if (!e.caption)
            problems.push("no caption: " + name(e));
    for (const e of all("thead td, tbody td:first-child, th:not([scope])"))
        problems.push("no header: " + name(e));
    const levels = all("h1, h2, h3, h4, h5, h6").map(e => Number(e.tagName[1]));
    if (levels[0] !== 1 || levels.some((level, i) => i && (level < 2 || level > levels[i - 1] + 1)))
        problems.push("headings: " + levels.join(" "));
}

function pictures() {
    for (const e of all("img")) {
        if (!e.complete || e.naturalWidth === 0)
            problems.push("broken: " + name(e));
        if (!e.alt.trim())
            problems.push("no alt: " + name(e));
    }
}

// A figure's link shows its picture in its own pixels, over the whole window.
function full_size() {
    for (const e of all("figure")) {
        const link = e.querySelector("a[href^='#']"), picture = e.querySelector("img");
        location.hash = link?.hash ?? "";
        const box = document.querySelector(":target")?.getBoundingClientRect();
        if (!box || box.width < innerWidth || box.height < innerHeight || picture.width !== picture.naturalWidth)
            problems.push("not full size: " + name(picture));
    }
    location.hash = "";
}

async function look() {
    const paper = matchMedia("print").matches;
    if (document.readyState !== "complete")
        await new Promise(done => addEventListener("load", done));
    layout(paper);
    colours(paper);
    structure();
    pictures();
    if (!paper)
        full_size();
    return `${all("img").length} pictures, ${all("table").length} tables, ${problems.length} problems\n` +
        problems.map(problem => `  ${problem}\n`).join("");
}
