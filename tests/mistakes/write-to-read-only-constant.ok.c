/* An array is one's own. */

int main(void) {
    char text[] = "hello";
    text[0] = 'J';
    return text[0] != 'J';
}
