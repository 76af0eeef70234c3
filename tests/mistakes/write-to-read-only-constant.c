/* expect: write-to-read-only; en: cannot be changed; fr: ne se modifie pas; zh: 不能修改
 * A store into the text of a string. */

int main(void) {
    char *text = "hello";
    text[0] = 'J';
    return 0;
}
