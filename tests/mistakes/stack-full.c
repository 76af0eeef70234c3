/* expect: stack-full; en: the stack is full; fr: la pile est pleine; zh: 栈已经用尽
 * A recursion that does not end. */

int deeper(int level);
int deeper(int level) {
    volatile char room[200];
    room[0] = (char)level;
    return deeper(level + 1) + room[0];
}

int main(void) {
    return deeper(0);
}
