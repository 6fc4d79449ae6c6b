# Renders a program's README.md as a manual page, for man(7).
#
#   awk -v name=postqueue -v section=1 -v version=1.0 -f man.awk README.md
#
# Understands what the READMEs use: sections, paragraphs, tables, lists, definitions (": text" below a term), indented
# and fenced examples, `code`, **bold** and *italic*. A table becomes a list: its first column names, the rest explains.

BEGIN {
    printf ".TH %s %s \"\" \"Mta %s\" \"Mta\"\n", toupper(name), section, version
    print ".nh"; print ".ad l"
    paragraph = ""; example = 0; fenced = 0
}

function escaped(text) {
    gsub(/\\/, "\001", text)
    gsub(/-/, "\\-", text)
    gsub(/'/, "\\(aq", text)
    gsub(/`/, "\\(ga", text)
    gsub(/\^/, "\\(ha", text)
    gsub(/~/, "\\(ti", text)
    gsub(/\001/, "\\e", text)
    return text
}

# A long name may go on in the next line.
function breakable(text) {
    if (length(text) > 40) gsub(/,/, ",\\:", text)
    return text
}

# Inline marks. Code keeps its text as it is.
function marked(text,    out, mark, rest, end, before) {
    out = ""
    while (match(text, /`[^`]+`|\*\*[^*]+\*\*|\*[^* ][^*]*\*/)) {
        before = substr(text, 1, RSTART - 1)
        rest = substr(text, RSTART + RLENGTH)
        mark = substr(text, RSTART, RLENGTH)
        if (substr(mark, 1, 1) == "`")
            mark = "\\fB" breakable(escaped(substr(mark, 2, length(mark) - 2))) "\\fR"
        else if (substr(mark, 1, 2) == "**")
            mark = "\\fB" plain(substr(mark, 3, length(mark) - 4)) "\\fR"
        else
            mark = "\\fI" plain(substr(mark, 2, length(mark) - 2)) "\\fR"
        out = out plain(before) mark
        text = rest
    }
    return out plain(text)
}

# Markdown's own escapes and links.
function plain(text) {
    while (match(text, /\[[^]]*\]\([^)]*\)/))
        text = substr(text, 1, RSTART - 1) substr(text, RSTART + 1, index(substr(text, RSTART), "]") - 2) substr(text, RSTART + RLENGTH)
    gsub(/\\\|/, "|", text)
    gsub(/\\\*/, "*", text)
    gsub(/\\</, "<", text)
    gsub(/\\`/, "`", text)
    return escaped(text)
}

# A line of text must not look like a request.
function say(text) {
    if (text ~ /^[.']/) text = "\\&" text
    print text
}

function flush() {
    if (paragraph != "") {
        say(marked(paragraph))
        paragraph = ""
    }
}

function end_example() {
    if (example) { print ".EE"; print ".in -4n"; example = 0 }
}

function begin_example() {
    flush()
    print ".PP"; print ".in +4n"; print ".EX"
    example = 1
}

function row(line,    cells, count, i, rest, cell) {
    gsub(/\\\|/, "\002", line)
    sub(/^\| */, "", line); sub(/ *\|[ ]*$/, "", line)
    count = split(line, cells, / *\| */)
    for (i = 1; i <= count; i++) gsub(/\002/, "|", cells[i])
    if (heading) {
        for (i = 1; i <= count; i++) head[i] = cells[i]
        heading = 0
        return
    }
    rest = ""
    for (i = 2; i <= count; i++) {
        cell = cells[i]
        if (cell == "") continue
        if (count > 2 && head[i] != "") cell = head[i] ": " cell
        rest = rest (rest == "" ? "" : "; ") cell
    }
    print ".TP"
    say(marked(cells[1] == "" ? "-" : cells[1]))
    say(marked(rest))
}

{ sub(/\r$/, "") }

/^```/ {
    if (fenced) { end_example(); fenced = 0 } else { begin_example(); fenced = 1 }
    next
}
fenced { line = $0; line = escaped(line); say(line); next }

/^# / { next }
/^## / {
    flush(); end_example(); table = 0
    print ".SH \"" escaped(toupper(substr($0, 4))) "\""
    fresh = 1
    next
}
/^###+ / {
    flush(); end_example(); table = 0
    sub(/^#+ /, "")
    print ".SS \"" escaped($0) "\""
    fresh = 1
    next
}
/^\|/ {
    flush(); end_example()
    if ($0 ~ /^\|[-:| ]+\|? *$/) next
    if (!table) { table = 1; heading = 1; split("", head) }
    row($0)
    fresh = 0; blank = 0; inlist = indefinition = 0
    next
}
{ table = 0 }
/^ *$/ {
    flush()
    if (example) { print ""; next }
    blank = 1
    next
}
/^:   / {
    # The paragraph so far was the term.
    held = paragraph; paragraph = ""
    print ".TP"; say(marked(held))
    paragraph = substr($0, 5)
    blank = 0; fresh = 0; indefinition = 1
    next
}
/^ *(-|[0-9]+\.) / && (blank || fresh || inlist || paragraph == "") {
    flush(); end_example()
    item = $0; mark = $1
    sub(/^ *(-|[0-9]+\.) +/, "", item)
    print ".TP 4"
    print mark == "-" ? "\\(bu" : escaped(mark)
    paragraph = item
    inlist = 1; blank = 0; fresh = 0
    next
}
/^    / && blank && !inlist && !indefinition || (example && /^    /) {
    if (!example) begin_example()
    line = substr($0, 5)
    say(escaped(line))
    blank = 0
    next
}
{
    end_example()
    if (blank) {
        if ((inlist || indefinition) && /^ /) { flush(); print ".IP" }
        else { if (!fresh) print ".PP"; inlist = indefinition = 0 }
    }
    blank = 0; fresh = 0
    sub(/^ +/, "")
    paragraph = paragraph == "" ? $0 : paragraph " " $0
}
END { flush(); end_example() }
