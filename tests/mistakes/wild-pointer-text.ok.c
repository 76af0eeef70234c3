/* Room enough. */
#include <string.h>

static struct {
    char name[16];
    char *text;
} person;

int main(void) {
    const char *volatile name = "Jean-Baptiste";
    person.text = person.name;
    memcpy(&person, name, strlen(name) + 1);
    person.text[0] = 'j';
    return 0;
}
