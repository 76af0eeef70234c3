/* expect: null-pointer; en: a null pointer was used; fr: un pointeur nul a servi; zh: 使用了空指针
 * No mapping has to do with it: a file that is not there. */

#include <stdio.h>

int main(void) {
    FILE *file = fopen("no such file", "r");
    struct {
        char name[64];
        int length;
    } *head = (void *)file;
    return head->length;
}
