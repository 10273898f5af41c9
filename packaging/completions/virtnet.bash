# bash completion for virtnet
#
# virtnet itself knows what may stand where and asks the daemon for names; here its answers are only made fit for bash.

_virtnet()
{
    local cur cword words=() candidates=() candidate
    if declare -F _get_comp_words_by_ref >/dev/null; then
        _get_comp_words_by_ref -n ':=' cur words cword
    else
        words=("${COMP_WORDS[@]}") cword=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]}
    fi

    mapfile -t candidates < <("${words[0]}" --no-autostart complete -- "${words[@]:1:cword}" 2>/dev/null)
    COMPREPLY=()
    for candidate in "${candidates[@]}"; do
        printf -v candidate '%q' "$candidate" # in this shell: hundreds of names would be hundreds of processes
        COMPREPLY+=("$candidate")
    done

    # No blank behind what goes on: a folder, or an option that waits for its value.
    if [[ ${#COMPREPLY[@]} -eq 1 && ( ${COMPREPLY[0]} == */ || ${COMPREPLY[0]} == *= ) ]]; then
        compopt -o nospace 2>/dev/null
    fi

    # bash replaces only what stands behind an equals sign.
    if [[ $cur == *=* && $COMP_WORDBREAKS == *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${cur%%=*}="}")
    fi

    # bash replaces only what stands behind the last colon, and MAC addresses are full of them.
    if declare -F __ltrim_colon_completions >/dev/null; then
        __ltrim_colon_completions "$cur"
    fi
}

complete -F _virtnet virtnet
