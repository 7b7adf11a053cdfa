#!/usr/bin/env bats
# The page of HTML that pipeline/page makes of Markdown; and that a look at it finds what is wrong.

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    mkdir charts
    cp "$TOP"/plots/gallery/{map,biases}.png charts
    long=$(printf 'images-%074d' 0)
    cat >page.md <<PAGE
# Where \`x\` & "y" are

See [the map](#the-map), [the other](#the-map-1) and [the units’ θ](#1-the-units-θ-a_b--c--half).

## The map

![What it shows.](charts/map.png)

*A caption* of $long.
Made by \`make out/$long/charts\`.

![Another.](charts/biases.png)

## The map

### 1. The units’ \`θ\`: A_b – c & "half".

Table: Mean r of $long
over the *seeds*.

| activation | of | same network | other network | same minus other | images alone |
| --- | --- | ---: | ---: | ---: | ---: |
| softplus | weights, between inputs | +0.394 [+0.390, +0.398] | +0.391 [+0.387, +0.395] | +0.003 [+0.001, +0.004] | +0.350 [+0.346, +0.354] |
| ReLU | \`$long\` | +0.394 [+0.390, +0.398] | +0.391 [+0.387, +0.395] | 98 of 100 | 1.4e-100 (not valid) |

Words [1, two], [3](#the-map), 5.8% [4.5%, 7.5%].
PAGE
    "$TOP/pipeline/page" page.md >page.html
}

look() {
    command -v chromium >/dev/null || skip "no chromium here"
    "$TOP/tests/pipeline/look_at_page" "$1" browser
}

# usage: wrong SED PROBLEM VIEW...: the page, made wrong, has that problem in these views, and none in the others.
wrong() {
    local expression=$1 problem=$2
    shift 2
    sed -E "$expression" page.html >wrong.html
    cmp -s page.html wrong.html && { echo "not made wrong: $expression"; false; }
    run look wrong.html
    [ "$status" -eq 0 ]
    found=$(awk -v problem="  $problem" '/^[sp]/ { view = $0; sub(/:.*/, "", view) } $0 == problem { print view }' <<<"$output" | uniq)
    echo "$output"
    [ "$found" = "$(printf '%s\n' "$@")" ]
    [ "$(grep -c ', 0 problems$' <<<"$output")" -eq $((8 - $#)) ]
}

phone=('screen 360 light' 'screen 360 dark')
desktop=('screen 1280 light' 'screen 1280 dark')
paper=('print 680 light' 'print 680 dark' 'print 702 light' 'print 702 dark')

@test "a browser finds nothing wrong, on a phone, a desktop and paper, light and dark" {
    run look page.html
    [ "$output" = "$(printf '%s: 2 pictures, 1 tables, 0 problems\n' "${phone[@]}" "${desktop[@]}" "${paper[@]}")" ] || { echo "$output"; false; }
}

@test "the browser has to open that page, whatever its name" {
    mkdir 'a b%20c#d?'
    cp page.html 'a b%20c#d?'
    run look 'a b%20c#d?/page.html'
    [ "$(grep -c ': 2 pictures, 1 tables, 0 problems$' <<<"$output")" -eq 8 ]
    mkdir page
    run look page/nothing.html
    [ "$status" -eq 1 ]
    [ "$output" = "realpath: page/nothing.html: No such file or directory" ]
}

@test "a paragraph Table: is the caption, and heads of columns and rows are heads" {
    grep -qzF "<div class=\"table\" tabindex=\"0\">
<table>
<caption><span>Mean r of $long
over the <em>seeds</em>.</span></caption>
<thead>
<tr>
<th scope=\"col\">activation</th>
<th scope=\"col\">of</th>
<th scope=\"col\" align=\"right\">same network</th>" page.html
    run grep -c 'Table:' page.html
    [ "$output" = 0 ]
    grep -qzF '<tr>
<th scope="row">softplus</th>
<td>weights, between inputs</td>
<td align="right">+0.394 [+0.390,&nbsp;+0.398]</td>' page.html
    grep -qF '<td align="right">98&nbsp;of&nbsp;100</td>' page.html
    grep -qF '<td align="right">1.4e-100 (not&nbsp;valid)</td>' page.html
    grep -qF 'Words [1, two], <a href="#the-map">3</a>, 5.8% [4.5%,&nbsp;7.5%].' page.html
}

@test "headings have GitHub's ids" {
    run grep -o '<h[1-6][^>]*>' page.html
    [ "$output" = '<h1>
<h2 id="the-map">
<h2 id="the-map-1">
<h3 id="1-the-units-θ-a_b--c--half">' ]
    grep -qF '<title>Where x &amp; &quot;y&quot; are</title>' page.html
}

@test "a picture with a caption is a figure that opens full size; one without is a picture" {
    [ "$(grep -c '<figure' page.html)" -eq 1 ]
    [ "$(grep -c '<img' page.html)" -eq 2 ]
    tr '\n' ' ' <page.html | grep -qE "<figure id=\"figure-map\"> <div class=\"full\" id=\"figure-map-full\"> <a href=\"#figure-map-full\" title=\"Full size\"><img src=\"data:image/png;base64,[^\"]*\" alt=\"What it shows.\" /></a> <a class=\"close\" href=\"#figure-map\">Close</a> </div> <figcaption><em>A caption</em> of $long. Made by "
    sed -n 's/.*src="data:image\/png;base64,\([^"]*\)".*/\1/p' page.html | head -n 1 | base64 -d | cmp - "charts/map.png"
}

@test "the page needs nothing but itself" {
    [ "$(grep -o '\(src\|href\)="[^"#]\{5\}' page.html | sort -u)" = $'href="data:\nsrc="data:' ]
    run grep -c '<script\|url(\|@import\| style=' page.html
    [ "$output" = 0 ]
}

@test "a picture that is missing is an error" {
    rm "charts/map.png"
    run "$TOP/pipeline/page" page.md
    [ "$status" -ne 0 ]
    [[ $output == *"base64: ./charts/map.png: No such file or directory" ]]
}

@test "a look finds what is too wide" {
    wrong 's,<main>,<main><p class="wide">w</p>,; s,^pre ,.wide { text-indent: 900px } &,' 'cut: <p> w' "${phone[@]}" "${paper[@]}"
}

@test "and a page that scrolls sideways" {
    wrong 's,<main>,<main><hr>,; s,^pre ,@media screen { hr { width: 900px } } &,' 'page: 916 pixels wide' "${phone[@]}"
}

@test "and text that runs out of its cell, or is hidden" {
    wrong 's,>softplus<,><span>softplus</span><,; s,^pre ,th span { margin-left: -30px } &,' 'out of its cell: <span> softplus' \
        "${phone[@]}" "${desktop[@]}" "${paper[@]}"
    wrong 's,<main>,<main><p class="hidden">hidden words</p>,; s,^pre ,.hidden { width: 5em; overflow: hidden; white-space: nowrap } &,' \
        'cut: <p> hidden words' "${phone[@]}" "${desktop[@]}" "${paper[@]}"
}

@test "and a table that does not fit, on paper, or scrolls without a hint" {
    wrong 's,^  th\, td .* 0.12rem.*,  th\, td { white-space: nowrap },' 'cut: <td> +0.350 [+0.346, +0.354]' "${paper[@]}"
    wrong 's,background: linear-,background: none; --unused: linear-,' "scrolls without a hint: <div> Mean r of ${long:0:30}" "${phone[@]}"
}

@test "and a caption that scrolls out of sight" {
    wrong 's,^caption span \{.*,,' "cut: <span> Mean r of ${long:0:30}" "${phone[@]}"
}

@test "and text that is hard to read" {
    wrong 's,<main>,<main><p class="orange">orange</p>,; s,^pre ,.orange { color: #e69f00 } &,' 'contrast 2.3: <p> orange' \
        "${phone[0]}" "${desktop[0]}" "${paper[@]}"
    wrong 's,--link: #7cbcf0,--link: #0059a0,' 'contrast 2.5: <a> the map' "${phone[1]}" "${desktop[1]}"
}

@test "and what glares in the dark, or is dim on paper" {
    wrong 's,<main>,<main><p class="white">white</p>,; s,^pre ,.white { background: #fff; color: #000 } &,' 'glares: <p> white' \
        "${phone[1]}" "${desktop[1]}"
    wrong 's,brightness\(0.8\),none,' 'glares: <img> What it shows.' "${phone[1]}" "${desktop[1]}"
    wrong 's,screen and (\(prefers),\1,' 'dimmed: <img> What it shows.' "${paper[1]}" "${paper[3]}"
}

@test "and links without a target, ids that are there twice, headings that skip a level" {
    views=("${phone[@]}" "${desktop[@]}" "${paper[@]}")
    wrong 's,href="#the-map-1",href="#the-map-2",' 'no target: #the-map-2' "${views[@]}"
    wrong 's,id="the-map-1",id="the-map",; s,href="#the-map-1",href="#the-map",' 'id twice: the-map' "${views[@]}"
    wrong 's,h3( id|>),h4\1,g' 'headings: 1 2 2 4' "${views[@]}"
}

@test "and pictures that are broken or silent, and errors of scripts" {
    views=("${phone[@]}" "${desktop[@]}" "${paper[@]}")
    wrong 's,(base64\,)(.*Another),\1x\2,' 'broken: <img> Another.' "${views[@]}"
    wrong 's,(base64\,)(.*Another),\1x\2,' 'error: cannot load IMG' "${views[@]}"
    wrong 's,alt="Another.",alt="",' 'no alt: <img> ' "${views[@]}"
    wrong 's,<main>,<main><script>nothing()</script>,' 'error: Uncaught ReferenceError: nothing is not defined' "${views[@]}"
}

@test "and tables without caption, and without heads" {
    views=("${phone[@]}" "${desktop[@]}" "${paper[@]}")
    wrong 's,caption>,p>,g' 'no caption: <table> activation of same network other network' "${views[@]}"
    wrong 's, scope="col">of, >of,' 'no header: <th> of' "${views[@]}"
    wrong 's,<th scope="row">softplus</th>,<td>softplus</td>,' 'no header: <td> softplus' "${views[@]}"
}

@test "and a figure that does not open" {
    wrong 's,-full:? ,&,; s,\.full:target \{,.full:active {,' 'not full size: <img> What it shows.' "${phone[@]}" "${desktop[@]}"
    wrong 's,(\.full:target .*) width: max-content;,\1,' 'not full size: <img> What it shows.' "${phone[@]}"
}
