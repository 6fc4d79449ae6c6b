# Renders the declarations of parameters (lib/Mta.Config/Parameters/*.cs) as the page postconf(5), in Markdown.
#
#   awk -f parameters.awk FILE ...
#
# Name, kind, default and meaning stand together in one declaration; nothing is written twice.

/\/\/\/ <summary>/ {
    meaning = $0
    sub(/.*<summary>/, "", meaning)
    open = meaning !~ /<\/summary>/
    sub(/<\/summary>.*/, "", meaning)
    next
}
open && /\/\/\// {
    line = $0
    sub(/^ *\/\/\/ */, "", line)
    if (line ~ /<\/summary>/) open = 0
    sub(/<\/summary>.*/, "", line)
    meaning = meaning (meaning == "" || line == "" ? "" : " ") line
    next
}
/public static readonly (Bool|Enum|Int|Size|String|Time)Parameter [A-Za-z0-9]+ = new\("/ {
    if ($0 ~ /IsLegacy = true/) next
    kind = tolower($0); sub(/.*readonly /, "", kind); sub(/parameter .*/, "", kind)
    rest = $0; sub(/.*= new\("/, "", rest)
    name = substr(rest, 1, index(rest, "\"") - 1)
    rest = substr(rest, length(name) + 2); sub(/^, */, "", rest)
    value = ""
    if (rest ~ /^"/) {
        rest = substr(rest, 2)
        while (rest != "" && substr(rest, 1, 1) != "\"") {
            if (substr(rest, 1, 1) == "\\") rest = substr(rest, 2)
            value = value substr(rest, 1, 1)
            rest = substr(rest, 2)
        }
    } else if (match(rest, /^[A-Za-z0-9_]+/)) {
        value = substr(rest, 1, RLENGTH)
        if (value == "true") value = "yes"
        if (value == "false") value = "no"
        if (value ~ /^[0-9_]+$/) gsub(/_/, "", value)
        else if (value !~ /^(yes|no)$/) value = ""
    }
    computed = $0 ~ /ComputedDefault/
    group = FILENAME; sub(/.*\//, "", group); sub(/Parameters\.cs$/, "", group)
    gsub(/<see cref="[^"]*"\/>/, "", meaning); gsub(/<[^>]*>/, "", meaning)
    gsub(/&lt;/, "<", meaning); gsub(/&gt;/, ">", meaning); gsub(/&amp;/, "\\&", meaning)
    gsub(/</, "\\<", meaning); gsub(/\*/, "\\*", meaning)
    gsub(/`/, "", value)
    said = computed && value == "" ? "default: by the host" : value == "" ? "default: empty" : "default: `" value "`"
    names[++count] = name
    entry[name] = "`" name "` (" kind "; " said ")\n:   " meaning " (" group ")\n"
}

END {
    print "# postconf(5)\n\n## NAME\npostconf - parameters of main.cf\n"
    print "## DESCRIPTION"
    print "All parameters, with the kind of their value, their default, what they mean, and in brackets the group that they belong to."
    print "Made from the declarations in the sources. `postconf -d` prints the defaults of this host, postconf(1) reads and edits"
    print "main.cf. Parameters that a service gets by its name (`smtp_destination_concurrency_limit` and the like) are listed under"
    print "`default_destination_concurrency_limit` and the like.\n"
    print "## PARAMETERS"
    for (i = 1; i <= count; i++) {
        # Few and nearly sorted: put in their places one by one.
        for (j = i; j > 1 && names[j - 1] > names[j]; j--) { held = names[j]; names[j] = names[j - 1]; names[j - 1] = held }
    }
    for (i = 1; i <= count; i++) print entry[names[i]]
    print "## SEE ALSO\npostconf(1), master(5), docs/TABLES.md, docs/COMPATIBILITY.md"
}
