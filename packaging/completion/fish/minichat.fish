# fish completion for minichat(1)

# Boards; the lock file beside each is none.
complete -c minichat -f -a '(__fish_complete_path (commandline -ct) | string match -rv "\.lock(\t|\$)")'
complete -c minichat -l post -d 'Post a text, or each line of standard input'
complete -c minichat -l follow -d 'Print messages as they come'
complete -c minichat -l last -x -d 'Print the last messages; with --follow, earlier ones first'
complete -c minichat -l who -d 'Print who is here'
complete -c minichat -l info -d 'Print what the board is'
complete -c minichat -l unlink -d 'Remove the board, unless somebody is there'
complete -c minichat -l list -x -a '(__fish_complete_directories)' -d 'Print the boards of a directory'
complete -c minichat -l json -d 'One JSON object a line'
complete -c minichat -l timeout -x -d 'With --follow, end after so many seconds without a message'
complete -c minichat -l read-only -d 'Read without taking a seat; create nothing'
complete -c minichat -l mode -x -a '0600 0660 0644 0666' -d 'Permissions of a new board, cut by umask'
complete -c minichat -l lang -x -a 'en fr zh' -d 'Language of the messages'
complete -c minichat -l color -x -a 'auto always never' -d 'When to use colours'
complete -c minichat -l help -d 'Show the help'
complete -c minichat -l version -d 'Show the version'
