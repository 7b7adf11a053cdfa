/* Samples and parameter files side by side, as the programs use them. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engram/params.h"
#include "engram/samples.h"
#include "engram/train.h"
#include "support.h"

/* Writes samples of 1 x 2 pixels: image i is {i, i + 1}, label i % 3. */
static void write_samples(const char *path, size_t count) {
    struct output output;
    struct error error;
    uint8_t *labels = malloc(count + 1);
    for (size_t i = 0; i < count; i++)
        labels[i] = (uint8_t)(i % 3);
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(samples_write_header(&output, count, 1, 2, labels, &error), 0);
    for (size_t i = 0; i < count; i++) {
        const uint8_t image[] = {(uint8_t)i, (uint8_t)(i + 1)};
        assert_int_equal(output_write(&output, image, 2, &error), 0);
    }
    assert_int_equal(output_commit(&output, &error), 0);
    free(labels);
}

/* More than one block of images, and none. */
static void samples_come_back(void **state) {
    (void)state;
    static const size_t counts[] = {0, 1, 300000};
    for (size_t k = 0; k < COUNT(counts); k++) {
        const char *path = support_path("samples");
        struct samples samples;
        struct error error;
        const uint8_t *image;
        uint8_t label;
        write_samples(path, counts[k]);
        assert_int_equal(samples_open(&samples, path, &error), 0);
        assert_int_equal(samples.count, counts[k]);
        for (size_t i = 0; i < counts[k]; i++) {
            if (samples_next(&samples, &image, &label, &error) != 1)
                fail_msg("sample %zu: %s", i, error.text);
            if (image[0] != (uint8_t)i || image[1] != (uint8_t)(i + 1) || label != i % 3)
                fail_msg("sample %zu is another", i);
        }
        assert_int_equal(samples_next(&samples, &image, &label, &error), 0);
        samples_close(&samples);
    }
}

/* Of at most so many, in turns with single ones. */
static void samples_come_in_blocks(void **state) {
    (void)state;
    enum { COUNT_ALL = 300000, MOST = 50000 };
    const char *path = support_path("samples");
    struct samples samples;
    struct samples_block block;
    struct error error;
    const uint8_t *image;
    uint8_t label;
    size_t seen = 0, blocks = 0;
    write_samples(path, COUNT_ALL);
    assert_int_equal(samples_open(&samples, path, &error), 0);
    while (samples_block(&samples, MOST, &block, &error) == 1) {
        blocks++;
        assert_true(block.first == seen && block.count >= 1 && block.count <= MOST);
        for (size_t n = 0; n < block.count; n++, seen++)
            if (block.images[2 * n] != (uint8_t)seen || block.labels[n] != seen % 3)
                fail_msg("sample %zu is another", seen);
        if (samples_next(&samples, &image, &label, &error) == 1)
            assert_int_equal(image[1], (uint8_t)(++seen));
    }
    assert_int_equal(seen, COUNT_ALL);
    assert_in_range(blocks, COUNT_ALL / MOST, COUNT_ALL / MOST + 5);
    assert_int_equal(samples_block(&samples, MOST, &block, &error), 0);
    samples_close(&samples);
}

static void samples_refuses(const char *shape, const char *what) {
    char text[512];
    unsigned char bytes[600] = {0};
    const int size = snprintf(text, sizeof text, "{%s}", shape);
    bytes[0] = (unsigned char)size;
    bytes[1] = (unsigned char)(size >> 8);
    memcpy(bytes + 8, text, (size_t)size);
    struct source source;
    struct samples samples;
    struct error error;
    source_open(&source, false, bytes, (size_t)size + 8 + 4);
    assert_int_equal(samples_open(&samples, source.path, &error), -1);
    support_assert_error(&error, source.path, what);
    source_close(&source);
}

static void samples_refuses_other_tensors(void **state) {
    (void)state;
    samples_refuses("\"labels\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}",
                    "not samples: tensor images is missing");
    samples_refuses("\"__metadata__\":{\"format\":\"engram.params\",\"kind\":\"tally\"},"
                    "\"w\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}",
                    "not samples: tensor images is missing, its metadata says kind=tally");
    samples_refuses("\"__metadata__\":{\"format\":\"engram.map\"},"
                    "\"images\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}",
                    "not samples: tensor labels is missing, its metadata says format=engram.map");
    samples_refuses("\"__metadata__\":{\"format\":\"engram.samples\"},"
                    "\"images\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}",
                    "not samples: tensor labels is missing");
    samples_refuses("\"labels\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                    "\"images\":{\"dtype\":\"U8\",\"shape\":[1,1,2],\"data_offsets\":[2,4]}",
                    "tensor \"images\": is U8 [1,1,2], not U8 [2,rows,cols] for as many labels");
    samples_refuses("\"labels\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]},"
                    "\"images\":{\"dtype\":\"U8\",\"shape\":[2,1,1],\"data_offsets\":[2,4]}",
                    "tensor \"labels\": is I8 [2], not U8 [n]");
    samples_refuses("\"labels\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
                    "\"images\":{\"dtype\":\"U8\",\"shape\":[4,0,9],\"data_offsets\":[4,4]}",
                    "tensor \"images\": is U8 [4,0,9]: images of no pixel, or of 2^32 or more");
}

/* Writes a file of one F32 tensor "w" [count] that holds start, start + 1, ... */
static void write_params(const char *path, uint64_t count, double start) {
    struct output output;
    struct error error;
    uint64_t shape[] = {count};
    struct st_tensor tensor = {.name = "w", .dtype = ST_F32, .rank = 1, .shape = shape};
    const struct st_metadata metadata = {"key", (char *)path};
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(st_write_header(&output, &tensor, 1, &metadata, 1, &error), 0);
    for (uint64_t i = 0; i < count; i++) {
        const double value = start + (double)i;
        unsigned char bytes[4];
        st_from_double(ST_F32, &value, bytes, 1);
        assert_int_equal(output_write(&output, bytes, 4, &error), 0);
    }
    assert_int_equal(output_commit(&output, &error), 0);
}

/* What the numbers of two files are, piece by piece, by a number of threads. */
struct seen {
    uint64_t numbers, pieces;
    uint64_t work_fails, join_fails; /* in the piece of this number */
};

/* In `own`, whether the numbers are right. */
static int look(void *data, const struct params_piece *piece, void *own, struct error *error) {
    const struct seen *seen = data;
    double a[PARAMS_PIECE];
    float b[PARAMS_PIECE];
    bool *right = own;
    params_doubles(piece, 0, 0, a, piece->count);
    params_floats(piece, 1, 1, b + 1, piece->count - 1);
    *right = a[0] == (double)piece->start;
    for (size_t i = 1; i < piece->count; i++)
        *right &= a[i] == (double)(piece->start + i) && b[i] == (float)a[i] + 1;
    return seen->work_fails - piece->start < piece->count ? error_set(error, "work") : 0;
}

static int count_seen(void *data, const struct params_piece *piece, void *own,
                      struct error *error) {
    struct seen *seen = data;
    assert_true(*(bool *)own && (uintptr_t)own % PARAMS_ALIGNMENT == 0);
    assert_int_equal(piece->start, seen->numbers);
    assert_int_equal(piece->start % PARAMS_BLOCK, 0);
    seen->numbers += piece->count;
    seen->pieces++;
    return seen->join_fails - piece->start < piece->count ? error_set(error, "join") : 0;
}

static void params_reads_side_by_side(void **state) {
    (void)state;
    enum { PIECE = 2 * PARAMS_BLOCK, MANY = 70 * PIECE + 7 }; /* of F32 */
    char *paths[] = {(char *)support_path("a"), (char *)support_path("b")};
    struct params params;
    struct error error;
    write_params(paths[0], MANY, 0);
    write_params(paths[1], MANY, 1);
    assert_int_equal(params_open(&params, paths, 2, NULL, &error), 0);
    assert_string_equal(params_tensor(&params, 0)->name, "w");
    assert_string_equal(params_metadata(&params, "key"), paths[0]);
    assert_null(params_metadata(&params, "other"));
    struct seen seen = {0};
    struct params_pass pass = {
        .params = &params, .work = look, .join = count_seen, .data = &seen, .own = sizeof(bool)};
    for (pass.jobs = 1; pass.jobs <= 5; pass.jobs++) {
        seen = (struct seen){.work_fails = MANY, .join_fails = MANY};
        assert_int_equal(params_each(&pass, 0, &error), 0);
        /* Two for each of several threads; 71 pieces are worth four. */
        assert_int_equal(pass.slots, pass.jobs == 1 ? 1 : 2 * (pass.jobs < 4 ? pass.jobs : 4));
        assert_int_equal(seen.numbers, MANY);
        assert_int_equal(seen.pieces, 71);

        seen = (struct seen){.work_fails = 40 * PIECE, .join_fails = 40 * PIECE};
        assert_int_equal(params_each(&pass, 0, &error), -1);
        assert_string_equal(error.text, "work");
        assert_int_equal(seen.pieces, 40);
        seen = (struct seen){.work_fails = 40 * PIECE, .join_fails = 40 * PIECE - 1};
        assert_int_equal(params_each(&pass, 0, &error), -1);
        assert_string_equal(error.text, "join");
        assert_int_equal(seen.pieces, 40);
    }
    params_pass_free(&pass);
    assert_int_equal(params_finish(&params, &error), 0);
    params_close(&params);

    write_params(paths[0], 10, 0);
    write_params(paths[1], 11, 0);
    assert_int_equal(params_open(&params, paths, 2, NULL, &error), -1);
    char what[600];
    snprintf(what, sizeof what, "tensor \"w\": is 11 here, 10 in %s", paths[0]);
    support_assert_error(&error, paths[1], what);
}

/* Images larger than a block; waiting for one takes none away, and before any, it is the first. */
static void samples_waits(void **state) {
    (void)state;
    enum { ROWS = 700, COLS = 900, IMAGE = ROWS * COLS };
    static uint8_t image[IMAGE];
    const char *path = support_path("large");
    const uint8_t labels[] = {3, 1, 2}, *got;
    struct output output;
    struct samples samples;
    struct error error;
    uint8_t label;
    assert_int_equal(output_open(&output, path, true, &error), 0);
    assert_int_equal(samples_write_header(&output, 3, ROWS, COLS, labels, &error), 0);
    for (size_t i = 0; i < 3; i++) {
        memset(image, (int)i + 1, IMAGE);
        image[IMAGE - 1] = (uint8_t)(9 + i);
        assert_int_equal(output_write(&output, image, IMAGE, &error), 0);
    }
    assert_int_equal(output_commit(&output, &error), 0);
    assert_int_equal(samples_open(&samples, path, &error), 0);
    for (size_t i = 0; i < 3; i++) {
        for (size_t times = 0; times < i; times++)
            assert_int_equal(samples_wait(&samples, &error), 0);
        assert_int_equal(samples_next(&samples, &got, &label, &error), 1);
        assert_int_equal(label, labels[i]);
        assert_true(got[0] == i + 1 && got[IMAGE - 2] == i + 1 && got[IMAGE - 1] == 9 + i);
    }
    assert_int_equal(samples_wait(&samples, &error), 0);
    assert_int_equal(samples_next(&samples, &got, &label, &error), 0);
    samples_close(&samples);
    write_samples(path, 0);
    assert_int_equal(samples_open(&samples, path, &error), 0);
    assert_int_equal(samples_wait(&samples, &error), 0);
    samples_close(&samples);
}

/* A network of 1 x 2 pixels and the classes {0}, {1, 2}. */
static struct net *small_net(double rate) {
    struct net_spec spec = {.activation = NET_SOFTPLUS,
                            .rate = rate,
                            .rows = 1,
                            .cols = 2,
                            .layers = 1,
                            .width = {2, 2}};
    struct error error;
    const bool a[256] = {true}, b[256] = {[1] = true, [2] = true};
    assert_int_equal(net_spec_add_class(&spec, a, &error), 0);
    assert_int_equal(net_spec_add_class(&spec, b, &error), 0);
    struct net *net = net_create(&spec, &error);
    assert_non_null(net);
    return net;
}

static void training_tallies_from_where_it_is_told(void **state) {
    (void)state;
    const char *path = support_path("samples");
    struct error error;
    write_samples(path, 9);
    /* the same by hand: steps 5 to 8 of 9 are those at or beyond 0.5 * 9 */
    struct net *trained = small_net(.01), *by_hand = small_net(.01);
    const struct train_options options = {.tally_from = 0.5, .tally = true};
    struct samples samples;
    const uint8_t *image;
    uint8_t label;
    assert_int_equal(net_start_tally(trained, &error), 0);
    assert_int_equal(net_start_tally(by_hand, &error), 0);
    assert_int_equal(samples_open(&samples, path, &error), 0);
    assert_int_equal(train(trained, &samples, &options, &error), 0);
    samples_close(&samples);
    assert_int_equal(samples_open(&samples, path, &error), 0);
    while (samples_next(&samples, &image, &label, &error) == 1) {
        net_step(by_hand, image, label, NULL);
        if (samples.next - 1 >= 5)
            net_tally(by_hand, label == 0 ? 0 : 1);
    }
    samples_close(&samples);
    for (size_t class = 0; class < 2; class ++) {
        float weights[2][4], biases[2][2];
        net_get_tally(trained, class, 0, weights[0], biases[0]);
        net_get_tally(by_hand, class, 0, weights[1], biases[1]);
        assert_memory_equal(weights[0], weights[1], sizeof weights[0]);
        assert_memory_equal(biases[0], biases[1], sizeof biases[0]);
        assert_true(biases[0][0] > 0);
    }
    assert_int_equal(net_spec(trained)->samples, 9);
    net_free(trained);
    net_free(by_hand);
}

static void training_logs_its_windows(void **state) {
    (void)state;
    const char *path = support_path("samples"), *log_path = support_path("log");
    struct error error;
    struct samples samples;
    struct output log;
    size_t size;
    write_samples(path, 2 * TRAIN_LOG_WINDOW + 1);
    struct net *net = small_net(.01);
    assert_int_equal(samples_open(&samples, path, &error), 0);
    assert_int_equal(output_open(&log, log_path, false, &error), 0);
    assert_int_equal(train(net, &samples, &(struct train_options){.log = &log}, &error), 0);
    assert_int_equal(output_commit(&log, &error), 0);
    samples_close(&samples);
    char *text = support_get(log_path, &size);
    unsigned rows[3];
    double loss[3], wrong[3];
    assert_int_equal(sscanf(text,
                            "samples\tloss\terror_rate\trunning\n%u\t%lf\t%lf\tnan\n"
                            "%u\t%lf\t%lf\tnan\n%u\t%lf\t%lf\tnan\n",
                            &rows[0], &loss[0], &wrong[0], &rows[1], &loss[1], &wrong[1], &rows[2],
                            &loss[2], &wrong[2]),
                     9);
    assert_int_equal(rows[0], 100);
    assert_int_equal(rows[1], 200);
    assert_int_equal(rows[2], 201);
    assert_true(loss[0] > 0 && wrong[0] >= 0 && wrong[0] <= 1);
    free(text);
    net_free(net);
}

static void training_refuses_what_does_not_fit(void **state) {
    (void)state;
    const char *path = support_path("samples");
    struct error error;
    struct samples samples;
    struct net *net = small_net(.01);
    write_samples(path, 3);
    assert_int_equal(samples_open(&samples, path, &error), 0);
    samples.labels[2] = 7;
    assert_int_equal(train(net, &samples, &(struct train_options){0}, &error), -1);
    support_assert_error(&error, path, "sample 2 has label 7, which is in no class");
    samples.rows = 2;
    assert_int_equal(train(net, &samples, &(struct train_options){0}, &error), -1);
    support_assert_error(&error, path, "images of 2 x 2, but the network takes 1 x 2");
    samples.rows = 1;
    samples.labels[2] = 2;
    struct net_spec spec = *net_spec(net);
    spec.samples = UINT64_MAX - 3;
    assert_int_equal(train_check(&spec, &samples, &error), 0);
    spec.samples++;
    assert_int_equal(train_check(&spec, &samples, &error), -1);
    support_assert_error(&error, path,
                         "3 samples after the 18446744073709551613 that the network has learned "
                         "from are more than 2^64-1");
    samples_close(&samples);
    net_free(net);
}

/* k / n >= f for a fraction as it is typed, where k >= f n is not always. */
static void tallied_part_is_exact(void **state) {
    (void)state;
    static const struct {
        uint64_t count;
        double from;
        uint64_t tallied;
    } table[] = {
        {0, 0.5, 0},    {0, 0, 0},      {9, 0.5, 4},       {10, 0.5, 5},      {10, 1, 0},
        {10, 0, 10},    {10, 0.85, 1},  {100, 0.07, 93},   {100, 0.29, 71},   {100, 0.55, 45},
        {1, 1e-300, 0}, {3, 1 / 3., 2}, {49, 3 / 49., 46}, {1000, 0.57, 430}, {1000, 0.001, 999},
    };
    for (size_t i = 0; i < COUNT(table); i++) {
        const struct samples samples = {.count = table[i].count};
        assert_int_equal(train_tallied(&samples, table[i].from), table[i].tallied);
    }
    for (uint64_t n = 1; n <= 1000; n++)
        for (uint64_t k = 0; k <= n; k += 1 + n / 50) {
            const struct samples samples = {.count = n};
            assert_int_equal(train_tallied(&samples, (double)k / (double)n), n - k);
        }
}

static void training_counts_the_tallied(void **state) {
    (void)state;
    const char *path = support_path("samples");
    struct error error;
    struct samples samples;
    uint64_t counts[NET_MAX_CLASSES];
    struct net *net = small_net(.01);
    write_samples(path, 9);
    assert_int_equal(samples_open(&samples, path, &error), 0);
    train_count(&samples, 0, net_spec(net), counts);
    assert_true(counts[0] == 3 && counts[1] == 6 && counts[2] == 0);
    train_count(&samples, 0.7, net_spec(net), counts);
    assert_true(counts[0] == 0 && counts[1] == 2);
    samples_close(&samples);
    net_free(net);
}

/* Of the tallied part alone, layer by layer: a rate of 0 and no sample change nothing. */
static void training_tells_what_changed(void **state) {
    (void)state;
    const char *path = support_path("samples");
    static const struct {
        double rate, from;
        bool changed;
    } table[] = {{.01, 0, true}, {.01, 0.5, true}, {0, 0, false}, {1e-30, 0.5, false}};
    write_samples(path, 9);
    for (size_t i = 0; i < COUNT(table); i++) {
        struct error error;
        struct samples samples;
        struct train_outcome outcome;
        struct net *net = small_net(table[i].rate);
        assert_int_equal(samples_open(&samples, path, &error), 0);
        assert_int_equal(
            train(net, &samples,
                  &(struct train_options){.tally_from = table[i].from, .outcome = &outcome},
                  &error),
            0);
        assert_int_equal(outcome.changed[0], table[i].changed);
        samples_close(&samples);
        net_free(net);
    }
}

struct shown {
    size_t reports;
    uint64_t done;
};

static void note(void *data, const char *what, uint64_t done, uint64_t all) {
    struct shown *shown = data;
    assert_string_equal(what, "training");
    assert_int_equal(all, 2500);
    assert_true(done > shown->done);
    shown->done = done;
    shown->reports++;
}

/* The library knows no program: what it tells goes to whoever asks, and to nobody else, were
 * standard error a terminal. */
static void training_tells_its_progress(void **state) {
    (void)state;
    const char *path = support_path("samples");
    const int terminal = posix_openpt(O_RDWR | O_NOCTTY), saved = dup(STDERR_FILENO);
    assert_true(terminal >= 0 && saved >= 0);
    assert_true(grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    const int slave = open(ptsname(terminal), O_RDWR | O_NOCTTY);
    assert_true(slave >= 0 && isatty(slave));
    assert_true(dup2(slave, STDERR_FILENO) == STDERR_FILENO);
    write_samples(path, 2500);
    struct shown shown = {0};
    const struct progress counting = {.report = note, .data = &shown}, silent = {0};
    const struct progress *const all[] = {NULL, &silent, &counting};
    for (size_t i = 0; i < COUNT(all); i++) {
        struct error error;
        struct samples samples;
        struct net *net = small_net(.01);
        assert_int_equal(samples_open(&samples, path, &error), 0);
        assert_int_equal(train(net, &samples, &(struct train_options){.progress = all[i]}, &error),
                         0);
        samples_close(&samples);
        net_free(net);
    }
    assert_int_equal(shown.reports, (2500 + NET_IMAGES - 1) / NET_IMAGES);
    assert_int_equal(shown.done, 2500);
    char byte;
    assert_int_equal(fcntl(terminal, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(read(terminal, &byte, 1), -1); /* nothing was written */
    assert_true(dup2(saved, STDERR_FILENO) == STDERR_FILENO);
    close(saved);
    close(slave);
    close(terminal);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_come_back),
        cmocka_unit_test(samples_come_in_blocks),
        cmocka_unit_test(samples_refuses_other_tensors),
        cmocka_unit_test(samples_waits),
        cmocka_unit_test(params_reads_side_by_side),
        cmocka_unit_test(training_tallies_from_where_it_is_told),
        cmocka_unit_test(training_logs_its_windows),
        cmocka_unit_test(training_refuses_what_does_not_fit),
        cmocka_unit_test(tallied_part_is_exact),
        cmocka_unit_test(training_counts_the_tallied),
        cmocka_unit_test(training_tells_what_changed),
        cmocka_unit_test(training_tells_its_progress),
    };
    return cmocka_run_group_tests_name("samples", tests, support_setup, support_teardown);
}
