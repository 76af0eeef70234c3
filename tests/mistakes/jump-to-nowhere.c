/* expect: jump-to-nowhere; en: the program jumped to 0x; fr: le programme a sauté en 0x; zh: 程序跳到了 0x
 * A function pointer that was never set. */

struct operations {
    int (*first)(void);
    int (*second)(void);
};

static int one(void) {
    return 0;
}

static struct operations table = {.first = one};

int main(void) {
    return table.first() + table.second();
}
