/* It ends. */

int deeper(int level);
int deeper(int level) {
    volatile char room[200];
    room[0] = (char)level;
    return level == 1000 ? 0 : deeper(level + 1) + (room[0] & 0);
}

int main(void) {
    return deeper(0);
}
