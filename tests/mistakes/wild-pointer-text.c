/* expect: wild-pointer; en: “tiste”; fr: tiste; zh: “tiste”
 * A string that is longer than its array, and the pointer behind it. */
#include <string.h>

static struct {
    char name[8];
    char *text;
} person;

int main(void) {
    const char *volatile name = "Jean-Baptiste";
    person.text = person.name;
    memcpy(&person, name, strlen(name) + 1);
    person.text[0] = 'j';
    return 0;
}
