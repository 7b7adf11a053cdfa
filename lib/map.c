/* Maps of correlations, and what they tell once it is considered how many there are. */
#include "engram/map.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/detmath.h"
#include "engram/multiple.h"
#include "engram/permute.h"
#include "engram/twoway.h"

static int choose_tensor(struct map *map, const struct params *params, const char *name,
                         struct error *error) {
    map->tensor = SIZE_MAX;
    for (size_t t = 0; t < params->tensors && map->tensor == SIZE_MAX; t++)
        if (name != NULL ? strcmp(params_tensor(params, t)->name, name) == 0
                         : params_tensor(params, t)->rank == 2)
            map->tensor = t;
    const char *file = params->file[0].input.name;
    if (map->tensor == SIZE_MAX && name != NULL)
        return st_tensor_error(&params->file[0], name, error, "is missing, so no map of it");
    if (map->tensor == SIZE_MAX)
        return error_set(error, "%s: no 2-D tensor to map", file);
    const struct st_tensor *tensor = params_tensor(params, map->tensor);
    if (tensor->rank != 2 || tensor->elements == 0)
        return st_tensor_error(&params->file[0], tensor->name, error, "is not [out,in] to map");
    if (tensor->shape[1] > 1 << 28)
        return st_tensor_error(&params->file[0], tensor->name, error, "has too many inputs to map");
    map->name = tensor->name;
    map->inputs = (size_t)tensor->shape[1];
    return 0;
}

bool map_read_shape(const char *text, char separator, struct map *map) {
    char between;
    int end = 0;
    return text[strspn(text, "0123456789,x")] == '\0' &&
           sscanf(text, "%" SCNu64 "%c%" SCNu64 "%n", &map->rows, &between, &map->cols, &end) ==
               3 &&
           text[end] == '\0' && between == separator && map->rows > 0 && map->cols > 0 &&
           map->rows < UINT32_MAX && map->cols < UINT32_MAX;
}

int map_open(struct map *map, const struct params *params, const char *tensor, const char *shape,
             struct error *error) {
    if (choose_tensor(map, params, tensor, error) != 0)
        return -1;
    if (shape != NULL)
        map_read_shape(shape, 'x', map);
    if (shape != NULL && map->rows * map->cols != map->inputs)
        return st_tensor_error(&params->file[0], map->name, error, "has %zu inputs, not %s",
                               map->inputs, shape);
    const char *image_shape = params_metadata(params, "image_shape");
    if (shape == NULL && (image_shape == NULL || !map_read_shape(image_shape, ',', map) ||
                          map->rows * map->cols != map->inputs)) {
        map->rows = 1;
        map->cols = map->inputs;
    }
    map->pairs = calloc(map->inputs + 1, sizeof *map->pairs);
    return map->pairs != NULL ? 0 : error_errno(error, "%zu inputs", map->inputs);
}

void map_add(struct map *map, uint64_t start, const double *x, const double *y, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (isfinite(x[i]) && isfinite(y[i])) {
            const struct stat_pairs pair = {
                .n = 1, .mean_x = x[i], .mean_y = y[i], .first_x = x[i], .first_y = y[i]};
            stat_pairs_join(&map->pairs[(start + i) % map->inputs], &pair);
        }
}

/* --- hypotheses ------------------------------------------------------------------------------- */

/* A weight matrix in memory. */
struct matrix {
    const double *x, *y; /* [units][inputs] */
    size_t units, inputs;
};

struct column {
    uint64_t digest; /* of its x */
    size_t input;
};

static int by_digest(const void *a, const void *b) {
    const struct column *s = a, *t = b;
    if (s->digest != t->digest)
        return s->digest < t->digest ? -1 : 1;
    return s->input < t->input ? -1 : s->input > t->input;
}

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* Digests of every column's x, row by row. What is not finite differs between processors. */
static void digest_columns(const struct matrix *m, struct column *columns) {
    for (size_t j = 0; j < m->inputs; j++)
        columns[j] = (struct column){0, j};
    for (size_t i = 0; i < m->units; i++)
        for (size_t j = 0; j < m->inputs; j++) {
            const double x = m->x[i * m->inputs + j];
            const uint64_t state = columns[j].digest ^ (isfinite(x) ? bits_of(x) : 1);
            columns[j].digest = (state ^ state >> 29) * 0x9e3779b97f4a7c15;
        }
}

static bool pair_defined(const struct matrix *m, size_t unit, size_t input) {
    const size_t at = unit * m->inputs + input;
    return isfinite(m->x[at]) && isfinite(m->y[at]);
}

/* Whether two inputs are one hypothesis: they are defined in the same units, too. */
static bool same(const struct matrix *m, size_t j, size_t k) {
    double difference = 0, count = 0;
    for (size_t i = 0; i < m->units; i++) {
        const size_t at = i * m->inputs;
        if (pair_defined(m, i, j) != pair_defined(m, i, k))
            return false;
        if (!pair_defined(m, i, j))
            continue;
        if (bits_of(m->x[at + j]) != bits_of(m->x[at + k]))
            return false;
        difference += fabs(m->y[at + j] - m->y[at + k]);
        count++;
    }
    return difference <= MAP_SAME_Y * count;
}

/* Groups the inputs of which there is an r; each is compared with the first of those with its x. */
static int find_hypotheses(struct map *map, const struct matrix *m, struct error *error) {
    struct column *columns = malloc(m->inputs * sizeof *columns);
    if (columns == NULL)
        return error_errno(error, "%zu inputs", m->inputs);
    digest_columns(m, columns);
    qsort(columns, m->inputs, sizeof *columns, by_digest);
    for (size_t run = 0, end; run < m->inputs; run = end) {
        for (end = run + 1; end < m->inputs && columns[end].digest == columns[run].digest; end++)
            ;
        for (size_t k = run; k < end; k++) {
            const size_t input = columns[k].input;
            for (size_t l = run; l < k && map->first[input] == input; l++) {
                const size_t other = columns[l].input;
                if (map->first[other] == other && same(m, other, input))
                    map->first[input] = other;
            }
        }
    }
    free(columns);
    return 0;
}

/* Adjusts the p of the hypotheses, and gives each input what its hypothesis has. */
static int adjust(struct map *map, struct error *error) {
    const size_t n = map->hypotheses;
    double *log_p = malloc((3 * n + 1) * sizeof *log_p);
    if (log_p == NULL)
        return error_errno(error, "%zu hypotheses", n);
    double *bh = log_p + n, *by = log_p + 2 * n;
    for (size_t j = 0, h = 0; j < map->inputs; j++)
        if (map->first[j] == j)
            log_p[h++] = map->c[j].log_p;
    int result = multiple_bh(log_p, n, bh, error);
    if (result == 0)
        result = multiple_by(log_p, n, by, error);
    for (size_t j = 0, h = 0; j < map->inputs && result == 0; j++) {
        const size_t first = map->first[j];
        if (first == j) {
            map->q_bh[j] = bh[h];
            map->q_by[j] = by[h++];
        } else if (first != SIZE_MAX) {
            map->q_bh[j] = map->q_bh[first];
            map->q_by[j] = map->q_by[first];
        }
    }
    free(log_p);
    return result;
}

/* The inputs that stand for a complete hypothesis, among those of the complete table. */
static size_t complete_hypotheses(const struct map *map, const struct twoway_kept *kept,
                                  size_t *inputs) {
    size_t count = 0;
    for (size_t k = 0; k < kept->inputs; k++)
        if (map->first[kept->input[k]] == kept->input[k])
            inputs[count++] = kept->input[k];
    return count;
}

static int permute_complete(struct map *map, const struct matrix *m, const struct twoway_kept *kept,
                            struct error *error) {
    size_t *inputs = malloc((kept->inputs + 1) * sizeof *inputs);
    const size_t n = inputs != NULL ? complete_hypotheses(map, kept, inputs) : 0;
    double *numbers = malloc((2 * kept->units * n + n + 1) * sizeof *numbers);
    int result = 0;
    if (inputs == NULL || numbers == NULL)
        result = error_errno(error, "%zu hypotheses", n);
    else {
        double *x = numbers, *y = x + kept->units * n, *p = y + kept->units * n;
        for (size_t i = 0; i < kept->units; i++)
            for (size_t h = 0; h < n; h++) {
                const size_t at = kept->unit[i] * m->inputs + inputs[h];
                x[i * n + h] = m->x[at];
                y[i * n + h] = m->y[at];
            }
        result =
            permute_max(x, y, kept->units, n, map->draws, map->seed, p, &map->threshold, error);
        for (size_t h = 0; h < n && result == 0; h++)
            map->p_max[inputs[h]] = p[h];
    }
    for (size_t j = 0; j < map->inputs; j++)
        if (map->first[j] != SIZE_MAX)
            map->p_max[j] = map->p_max[map->first[j]];
    free(inputs);
    free(numbers);
    return result;
}

static int permute(struct map *map, const struct matrix *m, struct error *error) {
    struct twoway_kept kept;
    if (twoway_keep(&kept, m->x, m->y, m->units, m->inputs, error) != 0)
        return -1;
    const int result = permute_complete(map, m, &kept, error);
    twoway_free_kept(&kept);
    return result;
}

int map_finish(struct map *map, const double *x, const double *y, size_t units, uint64_t draws,
               uint64_t seed, struct error *error) {
    const struct matrix m = {x, y, units, map->inputs};
    map->c = malloc(map->inputs * sizeof *map->c);
    map->first = malloc(map->inputs * sizeof *map->first);
    map->q_bh = malloc(map->inputs * sizeof *map->q_bh);
    map->q_by = malloc(map->inputs * sizeof *map->q_by);
    map->p_max = malloc(map->inputs * sizeof *map->p_max);
    if (map->c == NULL || map->first == NULL || map->q_bh == NULL || map->q_by == NULL ||
        map->p_max == NULL)
        return error_errno(error, "%zu inputs", map->inputs);
    map->draws = draws;
    map->seed = seed;
    map->threshold = NAN;
    for (size_t j = 0; j < map->inputs; j++) {
        map->c[j] = stat_correlate(&map->pairs[j]);
        map->first[j] = isnan(map->c[j].r) ? SIZE_MAX : j;
        map->q_bh[j] = map->q_by[j] = map->p_max[j] = NAN;
    }
    if (x != NULL && find_hypotheses(map, &m, error) != 0)
        return -1;
    for (size_t j = 0; j < map->inputs; j++)
        map->hypotheses += map->first[j] == j;
    if (adjust(map, error) != 0)
        return -1;
    return x != NULL && draws > 0 ? permute(map, &m, error) : 0;
}

/* --- writing ---------------------------------------------------------------------------------- */

enum value { HYPOTHESIS, N, P, P_MAX, Q_BH, Q_BY, R, T, VALUES };

static double value_of(const struct map *map, enum value value, size_t input) {
    const struct stat_correlation *c = &map->c[input];
    switch (value) {
    case HYPOTHESIS:
        return map->first[input] == SIZE_MAX ? NAN : (double)map->first[input];
    case N:
        return (double)c->n;
    case P:
        return det_exp(c->log_p);
    case P_MAX:
        return map->p_max[input];
    case Q_BH:
        return det_exp(map->q_bh[input]);
    case Q_BY:
        return det_exp(map->q_by[input]);
    case R:
        return c->r;
    default:
        return c->t;
    }
}

static int write_header(const struct map *map, struct output *output, struct error *error) {
    static const char *const names[VALUES] = {"hypothesis", "n",    "p", "p_max",
                                              "q_bh",       "q_by", "r", "t"};
    uint64_t shape[] = {map->rows, map->cols};
    struct st_tensor tensor[VALUES];
    for (size_t i = 0; i < VALUES; i++)
        tensor[i] = (struct st_tensor){
            .name = (char *)names[i], .dtype = ST_F64, .rank = 2, .shape = shape};
    char hypotheses[24], draws[24], seed[24], threshold[32];
    snprintf(hypotheses, sizeof hypotheses, "%zu", map->hypotheses);
    snprintf(draws, sizeof draws, "%" PRIu64, map->draws);
    snprintf(seed, sizeof seed, "%" PRIu64, map->seed);
    if (isnan(map->threshold)) /* printf would show its sign */
        snprintf(threshold, sizeof threshold, "nan");
    else
        snprintf(threshold, sizeof threshold, "%.17g", map->threshold);
    const struct st_metadata metadata[] = {{"format", "engram.map"},
                                           {"tensor", (char *)map->name},
                                           {"hypotheses", hypotheses},
                                           {"permutations", draws},
                                           {"seed", seed},
                                           {"threshold", threshold}};
    return st_write_header(output, tensor, VALUES, metadata, map->draws > 0 ? 6 : 3, error);
}

int map_write(const struct map *map, struct output *output, struct error *error) {
    int result = write_header(map, output, error);
    for (enum value i = 0; i < VALUES; i++)
        for (size_t input = 0; input < map->inputs && result == 0; input++) {
            const double value = value_of(map, i, input);
            unsigned char bytes[8];
            st_from_double(ST_F64, &value, bytes, 1);
            result = output_write(output, bytes, sizeof bytes, error);
        }
    return result;
}

void map_close(struct map *map) {
    free(map->pairs);
    free(map->c);
    free(map->first);
    free(map->q_bh);
    free(map->q_by);
    free(map->p_max);
    *map = (struct map){.tensor = SIZE_MAX};
}
