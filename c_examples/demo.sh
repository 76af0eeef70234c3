#!/bin/sh
# demo.sh MINICHAT: Léa in Lyon and 小明 in Shanghai talk on a board, each by the program itself, while we
# watch; then says how to join them. Nothing is left running. The board stays.
set -eu
minichat=$1

# A directory of ours alone: in /tmp anybody may have made one of this name, or a link, before us.
directory=${XDG_RUNTIME_DIR:-/tmp/minichat-$(id -u)}
[ -d "$directory" ] || mkdir -m 700 "$directory"
[ -O "$directory" ] && [ ! -L "$directory" ] || { echo "demo.sh: $directory is not yours" >&2; exit 1; }
board=$directory/demo
if [ -e "$board" ] && ! "$minichat" "$board" --unlink 2>/dev/null; then
    board=$directory/demo-$$ # somebody is still on it
fi

# hears "text": waits until it is on the board
hears() { "$minichat" "$board" --follow --last 20 --timeout 10 | grep -qF "$1"; }

lea() {
    echo "Bonjour de Lyon ! Il y a quelqu’un ?"
    hears "你好"
    echo "Pas de serveur ici : un fichier, projeté en mémoire par chacun."
    hears "白板"
    echo "Au revoir, 小明 !"
}
xiaoming() {
    hears "Bonjour"
    echo "你好，Léa！上海这边看到了。"
    hears "serveur"
    echo "对，白板上只留最近 20 条消息，谁也不用等谁。"
    hears "Au revoir"
    echo "再见！"
}

"$minichat" "$board" --post "…" # the board is there before anybody looks
lea | "$minichat" "$board" Léa --post &
xiaoming | "$minichat" "$board" 小明 --post &
"$minichat" "$board" --follow --last 20 --timeout 10 | sed -e '/…$/d' -e '/再见/q'
wait

case ${MAPBOARD_LANG:-${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}} in # in the order in which the program looks
fr*) join="Rejoignez-les, dans ce terminal et dans un autre :"
     then="Tapez une ligne, puis Entrée ; /help donne les commandes, ^D quitte." ;;
zh*) join="加入他们吧，在这个终端和另一个终端里输入："
     then="输入一行后按回车；/help 列出命令，^D 退出。" ;;
*)   join="Join them, in this terminal and in another one:"
     then="Type a line and Enter; /help lists the commands, ^D leaves." ;;
esac
printf '\n%s\n    %s\n%s\n' "$join" "$minichat $board $(id -un)" "$then"
