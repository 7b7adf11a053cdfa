/* A network is read, learns from a black image, and is written. */
#include <stdlib.h>

#include "engram/measure.h"
#include "engram/net-file.h"
#include "fuzz.h"

/* A label that has a class; 256 if none has. */
static unsigned labelled(const struct net_spec *spec) {
    unsigned label = 0;
    while (label < 256 && spec->class_of[label] < 0)
        label++;
    return label;
}

static void use(struct net *net, struct error *error) {
    const struct net_spec *spec = net_spec(net);
    const unsigned label = labelled(spec);
    uint8_t *image = calloc(spec->rows, spec->cols);
    float *outputs = calloc(spec->classes, sizeof *outputs);
    fuzz_check(label < 256, "some label has a class");
    fuzz_check(image != NULL && outputs != NULL, "room for an image");
    net_forward(net, image, outputs);
    if (net_start_tally(net, error) == 0) {
        (void)net_step(net, image, (uint8_t)label, NULL);
        net_tally(net, (size_t)spec->class_of[label]);
    }
    free(outputs);
    free(image);
    struct output output;
    fuzz_check(output_open(&output, "/dev/null", true, error) == 0, "/dev/null is written");
    (void)net_save(net, &output, error);
    output_discard(&output);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct fuzz_part rest = {data, size}, first = fuzz_next(&rest);
    const bool through_pipe = fuzz_byte(&first) & 1;
    struct fuzz_file source;
    struct st_file file;
    struct error error;
    fuzz_open(&source, rest, through_pipe);
    if (st_open(&file, source.path, &error) == 0) {
        struct net *net = net_load(&file, &error);
        st_close(&file);
        if (net != NULL)
            use(net, &error);
        net_free(net);
    }
    fuzz_close(&source);
    return 0;
}
