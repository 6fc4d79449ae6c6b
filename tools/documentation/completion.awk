# Renders a command's help.txt as its bash completion.
#
#   awk -v name=postqueue -f completion.awk help.txt
#
# A line "  -x ARGUMENT   text" is an option; ARGUMENT says what completes it: DIR, FILE and PATH are files, QUEUEID and ID
# are queue IDs, anything else completes nothing. Lines below "Commands:" are words.

BEGIN { options = ""; files = ""; dirs = ""; ids = ""; others = ""; words = "" }

/^Commands:/ { inWords = 1; next }
/^[^ ]/ { inWords = 0 }
inWords && /^  [a-z]/ { words = words " " $1; next }

/^  -/ {
    line = substr($0, 3)
    # Several spellings share a line: "-bi, -I   text".
    while (match(line, /^-[-A-Za-z0-9#]+/)) {
        option = substr(line, 1, RLENGTH)
        line = substr(line, RLENGTH + 1)
        options = options " " option
        if (match(line, /^ [A-Z][A-Z:=]*/)) {
            argument = substr(line, 2, RLENGTH - 1)
            line = substr(line, RLENGTH + 1)
            if (argument == "DIR") dirs = dirs "|" option
            else if (argument ~ /^(FILE|PATH)$/) files = files "|" option
            else if (argument ~ /^(QUEUEID|ID)$/) ids = ids "|" option
            else others = others "|" option
        }
        if (line !~ /^, -/) break
        line = substr(line, 3)
    }
}

function branch(list, action) {
    if (list != "") printf "        %s) %s; return ;;\n", substr(list, 2), action
}

END {
    function_name = "_mta_" name
    gsub(/-/, "_", function_name)
    printf "# bash completion for %s, made from what its --help prints\n", name
    printf "%s() {\n", function_name
    print "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}"
    print "    COMPREPLY=()"
    print "    case $previous in"
    branch(dirs, "mapfile -t COMPREPLY < <(compgen -d -- \"$current\")")
    branch(files, "mapfile -t COMPREPLY < <(compgen -f -- \"$current\")")
    branch(ids, "mapfile -t COMPREPLY < <(compgen -W \"ALL $(postqueue -j 2>/dev/null | sed -n 's/.*\"queue_id\": \"\\([0-9A-Za-z]*\\)\".*/\\1/p' | head -n 1000)\" -- \"$current\")")
    branch(others, ":")
    print "    esac"
    print "    case $current in"
    printf "        -*) mapfile -t COMPREPLY < <(compgen -W \"%s\" -- \"$current\") ;;\n", substr(options, 2)
    if (name == "postconf")
        print "        *) mapfile -t COMPREPLY < <(compgen -W \"$(postconf -H -d 2>/dev/null)\" -- \"$current\") ;;"
    else if (words != "")
        printf "        *) mapfile -t COMPREPLY < <(compgen -W \"%s\" -- \"$current\") ;;\n", substr(words, 2)
    else
        print "        *) mapfile -t COMPREPLY < <(compgen -f -- \"$current\") ;;"
    print "    esac"
    print "}"
    printf "complete -F %s %s\n", function_name, name
    if (name == "sendmail") printf "complete -F %s mailq newaliases\n", function_name
}
