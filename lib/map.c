/* Maps of correlations, and what they tell once it is considered how many there are. */
#include "engram/map.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/adjust.h"
#include "engram/detmath.h"
#include "engram/grow.h"
#include "engram/parse.h"
#include "engram/permute.h"
#include "engram/twoway.h"

static bool is_matrix(const struct st_tensor *tensor) {
    return tensor->rank == 2 && tensor->elements > 0;
}

static int choose_tensor(struct map *map, const struct params *params, const char *name,
                         struct error *error) {
    map->tensor = SIZE_MAX;
    for (size_t t = 0; t < params->tensors && map->tensor == SIZE_MAX; t++)
        if (name != NULL ? strcmp(params_tensor(params, t)->name, name) == 0
                         : is_matrix(params_tensor(params, t)))
            map->tensor = t;
    const char *file = params->file[0].input.name;
    if (map->tensor == SIZE_MAX && name != NULL)
        return st_tensor_error(&params->file[0], name, error, "is missing, so no map of it");
    if (map->tensor == SIZE_MAX)
        return error_set(error, "%s: no 2-D tensor with elements to map", file);
    const struct st_tensor *tensor = params_tensor(params, map->tensor);
    if (!is_matrix(tensor)) {
        char shape[ST_SHAPE_SIZE];
        st_shape(tensor, shape);
        return st_tensor_error(&params->file[0], tensor->name, error, "is %s, not [out,in] to map",
                               shape);
    }
    if (tensor->shape[1] > 1 << 28)
        return st_tensor_error(&params->file[0], tensor->name, error, "has too many inputs to map");
    map->name = tensor->name;
    map->inputs = (size_t)tensor->shape[1];
    return 0;
}

/* Takes a shape of as many pixels as there are inputs; false if the text is none. */
static bool take_shape(struct map *map, const char *text, char between) {
    return parse_shape(text, between, &map->rows, &map->cols) && map->rows <= map->inputs &&
           map->cols <= map->inputs && map->rows * map->cols == map->inputs;
}

static int choose_shape(struct map *map, const struct params *params, const char *shape,
                        struct error *error) {
    if (shape != NULL)
        return take_shape(map, shape, 'x')
                   ? 0
                   : st_tensor_error(&params->file[0], map->name, error, "has %zu inputs, not %s",
                                     map->inputs, shape);
    const char *image_shape = params_metadata(params, "image_shape");
    if (image_shape == NULL || !take_shape(map, image_shape, ',')) {
        map->rows = 1;
        map->cols = map->inputs;
    }
    return 0;
}

int map_open(struct map *map, const struct params *params, const struct inputs *inputs,
             const char *tensor, const char *shape, struct error *error) {
    if (choose_tensor(map, params, tensor, error) != 0 ||
        choose_shape(map, params, shape, error) != 0)
        return -1;
    const struct inputs *cut = inputs_for(inputs, params_tensor(params, map->tensor));
    if (cut != NULL)
        map->inputs = cut->count;
    return 0;
}

/* Makes room for the first `inputs` of all. */
static int make_room(struct map *map, size_t inputs, struct error *error) {
    const size_t before = map->room;
    struct stat_pairs *grown = grow(map->pairs, &map->room, inputs, map->inputs, sizeof *grown);
    if (grown == NULL)
        return error_errno(error, "%zu inputs", inputs);
    memset(grown + before, 0, (map->room - before) * sizeof *grown);
    map->pairs = grown;
    return 0;
}

int map_add(struct map *map, uint64_t start, const double *x, const double *y, size_t count,
            struct error *error) {
    const uint64_t end = start + count;
    if (make_room(map, end < map->inputs ? (size_t)end : map->inputs, error) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (isfinite(x[i]) && isfinite(y[i]))
            stat_pairs_add(&map->pairs[(start + i) % map->inputs], x[i], y[i]);
    return 0;
}

/* --- hypotheses ------------------------------------------------------------------------------- */

/* A weight matrix in memory. */
struct matrix {
    const double *x, *y; /* [units][inputs] */
    size_t units, inputs;
};

/* An input among those it may be one hypothesis with. */
struct column {
    uint64_t x, y; /* digests of where it is defined and of its x there, and of its y */
    double step;   /* its mean y in steps of MAP_SAME_Y, rounded down */
    size_t input;
};

static int compare(uint64_t a, uint64_t b) {
    return a < b ? -1 : a > b;
}

/* By x, then those of one y together. */
static int by_digests(const void *a, const void *b) {
    const struct column *s = a, *t = b;
    if (s->x != t->x)
        return compare(s->x, t->x);
    return s->y != t->y ? compare(s->y, t->y) : compare(s->input, t->input);
}

/* By x, then as their mean y ascends. */
static int by_step(const void *a, const void *b) {
    const struct column *s = a, *t = b;
    if (s->x != t->x)
        return compare(s->x, t->x);
    if (s->step != t->step)
        return s->step < t->step ? -1 : 1;
    return compare(s->input, t->input);
}

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static uint64_t mix(uint64_t digest, uint64_t bits) {
    const uint64_t state = digest ^ bits;
    return (state ^ state >> 29) * 0x9e3779b97f4a7c15;
}

static bool pair_defined(const struct matrix *m, size_t unit, size_t input) {
    const size_t at = unit * m->inputs + input;
    return isfinite(m->x[at]) && isfinite(m->y[at]);
}

/* Describes every input, row by row. `sum` and `count` [inputs] are for its y. */
static void describe(const struct matrix *m, struct column *columns, double *sum, double *count) {
    for (size_t j = 0; j < m->inputs; j++) {
        columns[j] = (struct column){.input = j};
        sum[j] = count[j] = 0;
    }
    for (size_t i = 0; i < m->units; i++)
        for (size_t j = 0; j < m->inputs; j++) {
            const size_t at = i * m->inputs + j;
            const bool defined = pair_defined(m, i, j);
            columns[j].x = mix(columns[j].x, defined ? bits_of(m->x[at]) : 1);
            columns[j].y = mix(columns[j].y, defined ? bits_of(m->y[at]) : 1);
            sum[j] += defined ? m->y[at] : 0;
            count[j] += defined;
        }
    for (size_t j = 0; j < m->inputs; j++) {
        const double step = floor(sum[j] / count[j] / MAP_SAME_Y);
        columns[j].step = isfinite(step) ? step : 0;
    }
}

/* Whether two inputs are defined in the same units and have the same x there, and a y that differs
 * by no more than `most` on average. */
static bool same(const struct matrix *m, size_t j, size_t k, double most) {
    double difference = 0, limit = most * (double)m->units, undefined = 0;
    for (size_t i = 0; i < m->units && difference <= limit; i++) {
        const size_t at = i * m->inputs;
        if (pair_defined(m, i, j) != pair_defined(m, i, k))
            return false;
        if (!pair_defined(m, i, j)) {
            undefined++;
            continue;
        }
        if (bits_of(m->x[at + j]) != bits_of(m->x[at + k]))
            return false;
        difference += fabs(m->y[at + j] - m->y[at + k]);
    }
    return difference <= most * ((double)m->units - undefined);
}

/* Inputs whose y is the same too are one hypothesis. */
static void join_equal(struct map *map, const struct matrix *m, struct column *columns) {
    qsort(columns, m->inputs, sizeof *columns, by_digests);
    for (size_t k = 1, first = 0; k < m->inputs; k++)
        if (columns[k].x != columns[first].x || columns[k].y != columns[first].y)
            first = k;
        else if (map->first[columns[k].input] != SIZE_MAX &&
                 same(m, columns[first].input, columns[k].input, 0))
            map->first[columns[k].input] = columns[first].input;
}

/* The columns of one x and step, from `start` on. As many firsts as are compared with are kept,
 * from the same place in a list of their own. */
struct step {
    size_t start, firsts;
};

/* The first hypothesis of a step that an input belongs to; SIZE_MAX for none. */
static size_t find_first(const struct matrix *m, const struct step *step, const size_t *firsts,
                         size_t input) {
    for (size_t k = 0; k < step->firsts; k++)
        if (same(m, firsts[step->start + k], input, MAP_SAME_Y))
            return firsts[step->start + k];
    return SIZE_MAX;
}

/* Puts an input to the first hypothesis in its step or a step beside it, or makes it one. */
static void place(struct map *map, const struct matrix *m, const struct column *columns,
                  struct step *steps, size_t count, size_t s, size_t *firsts, size_t input) {
    const struct column *own = &columns[steps[s].start];
    size_t least = SIZE_MAX;
    for (size_t b = s > 0 ? s - 1 : 0; b <= s + 1 && b < count; b++) {
        const struct column *beside = &columns[steps[b].start];
        if (beside->x != own->x || fabs(beside->step - own->step) > 1)
            continue;
        const size_t first = find_first(m, &steps[b], firsts, input);
        least = first < least ? first : least;
    }
    if (least != SIZE_MAX)
        map->first[input] = least;
    else if (steps[s].firsts < MAP_COMPARED)
        firsts[steps[s].start + steps[s].firsts++] = input;
}

/* Cuts the columns into steps; returns how many, and which each input is in. */
static size_t find_steps(struct column *columns, size_t inputs, struct step *steps, size_t *of) {
    size_t count = 0;
    qsort(columns, inputs, sizeof *columns, by_step);
    for (size_t k = 0; k < inputs; k++) {
        if (k == 0 || columns[k].x != columns[k - 1].x || columns[k].step != columns[k - 1].step)
            steps[count++] = (struct step){.start = k};
        of[columns[k].input] = count - 1;
    }
    return count;
}

/* Groups the inputs of which there is an r. */
static int find_hypotheses(struct map *map, const struct matrix *m, struct error *error) {
    const size_t n = m->inputs, room = n + 1;
    struct column *columns = malloc(room * sizeof *columns);
    struct step *steps = calloc(room, sizeof *steps);
    size_t *of = calloc(room, sizeof *of), *firsts = calloc(room, sizeof *firsts);
    double *sums = malloc(2 * room * sizeof *sums);
    int result = 0;
    if (columns == NULL || steps == NULL || of == NULL || firsts == NULL || sums == NULL)
        result = error_errno(error, "%zu inputs", n);
    else {
        describe(m, columns, sums, sums + n);
        join_equal(map, m, columns);
        const size_t count = find_steps(columns, n, steps, of);
        for (size_t j = 0; j < n; j++)
            if (map->first[j] == j)
                place(map, m, columns, steps, count, of[j], firsts, j);
        /* Those like an input that has found a first since. */
        for (size_t j = 0; j < n; j++)
            if (map->first[j] != SIZE_MAX)
                map->first[j] = map->first[map->first[j]];
    }
    free(columns);
    free(steps);
    free(of);
    free(firsts);
    free(sums);
    return result;
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
    int result = adjust_bh(log_p, n, bh, error);
    if (result == 0)
        result = adjust_by(log_p, n, by, error);
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

/* Takes the correlations of inputs again whose x or y is nearly the same in all units. */
static int take_alike_again(struct map *map, const struct matrix *m, struct error *error) {
    double *x = malloc((2 * m->units + 1) * sizeof *x);
    if (x == NULL)
        return error_errno(error, "%zu units", m->units);
    double *y = x + m->units;
    for (size_t j = 0; j < m->inputs; j++) {
        if (isnan(map->c[j].r) || !stat_nearly_alike(&map->pairs[j]))
            continue;
        for (size_t i = 0; i < m->units; i++) {
            x[i] = m->x[i * m->inputs + j];
            y[i] = m->y[i * m->inputs + j];
        }
        const struct stat_pairs pairs = stat_pairs_of(x, y, stat_defined(x, y, m->units));
        map->c[j] = stat_correlate(&pairs);
    }
    free(x);
    return 0;
}

int map_finish(struct map *map, const double *x, const double *y, size_t units, uint64_t draws,
               uint64_t seed, struct error *error) {
    const struct matrix m = {x, y, units, map->inputs};
    const size_t room = (size_t)(map->rows * map->cols); /* for map_spread, too */
    map->c = malloc(room * sizeof *map->c);
    map->first = malloc(room * sizeof *map->first);
    map->q_bh = malloc(room * sizeof *map->q_bh);
    map->q_by = malloc(room * sizeof *map->q_by);
    map->p_max = malloc(room * sizeof *map->p_max);
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
    if (x != NULL &&
        (take_alike_again(map, &m, error) != 0 || find_hypotheses(map, &m, error) != 0))
        return -1;
    for (size_t j = 0; j < map->inputs; j++)
        map->hypotheses += map->first[j] == j;
    if (adjust(map, error) != 0)
        return -1;
    return x != NULL && draws > 0 ? permute(map, &m, error) : 0;
}

void map_spread(struct map *map, const struct inputs *inputs) {
    const struct stat_pairs none = {0};
    for (size_t j = inputs->all, k = inputs->count; j-- > 0;)
        if (k > 0 && inputs->at[k - 1] == j) {
            const size_t first = map->first[--k];
            map->c[j] = map->c[k];
            map->first[j] = first != SIZE_MAX ? inputs->at[first] : SIZE_MAX;
            map->q_bh[j] = map->q_bh[k];
            map->q_by[j] = map->q_by[k];
            map->p_max[j] = map->p_max[k];
        } else {
            map->c[j] = stat_correlate(&none);
            map->first[j] = SIZE_MAX;
            map->q_bh[j] = map->q_by[j] = map->p_max[j] = NAN;
        }
    map->inputs = inputs->all;
    map->left_out = inputs->all - inputs->count;
}

struct map_summary map_summarize(const struct map *map) {
    static const double limit = -0x1.7f7427b73e391p+1; /* log .05 */
    struct map_summary s = {.tensor = map->name,
                            .inputs = map->inputs - map->left_out,
                            .hypotheses = map->hypotheses,
                            .threshold = map->threshold};
    for (size_t j = 0; j < map->inputs; j++) {
        const bool first = map->first[j] == j;
        s.defined += map->first[j] != SIZE_MAX;
        s.below_05_bh += first && map->q_bh[j] <= limit;
        s.below_05_by += first && map->q_by[j] <= limit;
        s.below_05_max += first && map->p_max[j] <= .05;
    }
    if (map->draws == 0)
        s.below_05_max = UINT64_MAX;
    return s;
}

/* --- writing ---------------------------------------------------------------------------------- */

static double hypothesis_of(const struct map *map, size_t input) {
    return map->first[input] == SIZE_MAX ? NAN : (double)map->first[input];
}

static double n_of(const struct map *map, size_t input) {
    return (double)map->c[input].n;
}

static double p_of(const struct map *map, size_t input) {
    return det_exp(map->c[input].log_p);
}

static double p_max_of(const struct map *map, size_t input) {
    return map->p_max[input];
}

static double q_bh_of(const struct map *map, size_t input) {
    return det_exp(map->q_bh[input]);
}

static double q_by_of(const struct map *map, size_t input) {
    return det_exp(map->q_by[input]);
}

static double r_of(const struct map *map, size_t input) {
    return map->c[input].r;
}

static double t_of(const struct map *map, size_t input) {
    return map->c[input].t;
}

/* The tensors of a map. */
static const struct {
    const char *name;
    double (*value)(const struct map *map, size_t input);
} tensors[] = {{"hypothesis", hypothesis_of},
               {"n", n_of},
               {"p", p_of},
               {"p_max", p_max_of},
               {"q_bh", q_bh_of},
               {"q_by", q_by_of},
               {"r", r_of},
               {"t", t_of}};

enum { TENSORS = sizeof tensors / sizeof *tensors };

static int write_header(const struct map *map, struct output *output, struct error *error) {
    uint64_t shape[] = {map->rows, map->cols};
    struct st_tensor tensor[TENSORS];
    for (size_t i = 0; i < TENSORS; i++)
        tensor[i] = (struct st_tensor){
            .name = (char *)tensors[i].name, .dtype = ST_F64, .rank = 2, .shape = shape};
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
    return st_write_header(output, tensor, TENSORS, metadata, map->draws > 0 ? 6 : 3, error);
}

int map_write(const struct map *map, struct output *output, struct error *error) {
    int result = write_header(map, output, error);
    for (size_t i = 0; i < TENSORS; i++)
        for (size_t input = 0; input < map->inputs && result == 0; input++) {
            const double value = tensors[i].value(map, input);
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
