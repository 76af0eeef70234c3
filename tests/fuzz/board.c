/* libFuzzer's way into board.h; see run.sh. */
#include "board.h"

static void fuzz_wrong(const char *what) {
    fprintf(stderr, "minichat: %s\n", what);
    abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    const char *directory = getenv("MAPBOARD_FUZZ_DIRECTORY");
    if (directory && chdir(directory) != 0)
        tap_bail("%s", directory);
    fuzz_begin();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    fuzz_board(data, size);
    return 0;
}
