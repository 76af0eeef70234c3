/* The library is replaced by a new file of the same name. cflags: -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static int copied(const char *from, const char *to) {
    struct stat stat;
    int source = open(from, O_RDONLY), copy = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    return source >= 0 && fstat(source, &stat) == 0 &&
           sendfile(copy, source, NULL, (size_t)stat.st_size) == (ssize_t)stat.st_size;
}

int main(void) {
    struct link_map *map;
    void *library = dlopen("libm.so.6", RTLD_NOW);
    if (!library || dlinfo(library, RTLD_DI_LINKMAP, &map) != 0 || !copied(map->l_name, "library.so"))
        return 77;
    library = dlopen("./library.so", RTLD_NOW);
    double (*lgamma_of)(double) = library ? (double (*)(double))dlsym(library, "lgamma") : NULL;
    if (!lgamma_of)
        return 77;
    if (!copied(map->l_name, "new.so") || rename("new.so", "library.so") != 0)
        return 2;
    return lgamma_of(3.5) == 0;
}
