/* Both are set. */

struct operations {
    int (*first)(void);
    int (*second)(void);
};

static int one(void) {
    return 0;
}

static struct operations table = {.first = one, .second = one};

int main(void) {
    return table.first() + table.second();
}
