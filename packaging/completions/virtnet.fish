# fish completion for virtnet: the program itself knows what may stand where.

function __virtnet_complete
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] --no-autostart complete -- $words[2..-1] 2>/dev/null
end

complete -c virtnet -f -a '(__virtnet_complete)'
