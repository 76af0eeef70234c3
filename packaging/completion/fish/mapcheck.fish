# fish completion for mapcheck(1)

# From the program on it is the program's own command line.
function __mapcheck_before_program
    set -l typed (commandline -opc)[2..]
    while set -q typed[1]
        switch $typed[1]
            case --error-exitcode --json --lang --locks --picture
                set -e typed[1]
            case --
                return 1
            case '-*'
            case '*'
                return 1
        end
        set -e typed[1]
    end
end

set -l mapcheck complete -c mapcheck -n __mapcheck_before_program
complete -c mapcheck -x -a '(__fish_complete_subcommand -- --error-exitcode --json --lang --locks --picture)'
$mapcheck -l error-exitcode -x -d 'End with this status if something was reported'
$mapcheck -l json -r -F -d 'One JSON object a line to this file, for each report'
$mapcheck -l lang -x -a 'en fr zh' -d 'Language of the reports'
$mapcheck -l locks -r -F -d 'Report accesses to this file without its lock'
$mapcheck -l pedantic -d 'Warn already at the call when a mapping is longer than its file'
$mapcheck -l picture -r -F -d 'Draw the mappings of its life, as an SVG image'
$mapcheck -l summary -d 'At the end, counts and mappings still in use'
$mapcheck -s q -l quiet -d 'Print no report'
$mapcheck -l color -a 'auto always never' -d 'Colours and source lines on a terminal'
$mapcheck -s h -l help -d 'Show the help'
$mapcheck -s V -l version -d 'Show the version'
