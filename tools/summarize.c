/* What independent runs say together: means with intervals, differences within a run, rates of
 * rejection, and the place of a value among draws. */
#include <inttypes.h>
#include <math.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/detmath.h"
#include "engram/grow.h"
#include "engram/io.h"
#include "engram/permute.h"
#include "engram/runs.h"
#include "engram/table.h"
#include "engram/tool.h"

enum { KEY_PAIR = 256, KEY_PVALUE, KEY_RATES, KEY_LEVEL, KEY_CLUSTER, KEY_RANK, KEY_DRAWS, KEY_AS };
enum { MAX_COLUMNS = 64, NOTE = 200 };

static const struct tool_option options[] = {
    {'g', "group", "COLUMNS", NULL, "one summary for each combination of what these columns hold"},
    {'u', "unit", "COLUMN", "run",
     "names the run; the column that counts them is called so, with s"},
    {'v', "value", "COLUMNS", NULL,
     "summarize these: NAME, NAME:z of a correlation (by Fisher's z), or NAME:LOW:HIGH\n"
     "        of what lies in a range, as its intervals then do"},
    {KEY_PVALUE, "p-value", "COLUMN", NULL,
     "p-values of the first value: column p_below_05 counts those below .05"},
    {KEY_PAIR, "pair", "COLUMN:A-B", NULL,
     "also the differences within a run of the first value, where COLUMN is A less where it is\n"
     "        B (COLUMN:A:B if a name holds a -); may be repeated"},
    {KEY_RATES, "rates", "NAME=COLUMN,...", NULL,
     "instead: how often the p-values of each COLUMN reject, as the test NAME"},
    {KEY_LEVEL, "level", "P", "0.05", "a p-value no larger rejects"},
    {KEY_CLUSTER, "cluster", "COLUMN", NULL,
     "runs that are alike, which stand together: intervals of rates allow for it"},
    {KEY_RANK, "rank", "COLUMN", NULL,
     "instead: copy the tables, with p of the size of COLUMN among that of --draws"},
    {KEY_DRAWS, "draws", "TABLE", NULL, "the draws, with the columns of -g and that of --rank"},
    {KEY_AS, "as", "NAME", "p_draws", "the name of the column of these p"},
    {'o', "output", "FILE", "-", "where the table goes"},
    {0},
};

static const struct tool tool = {
    .name = "summarize",
    .synopsis = "[OPTION]... -v COLUMNS | --rates NAME=COLUMN,... | --rank COLUMN [TABLE]...",
    .summary = "Summarize tables of runs: means, differences and rates, with 95% intervals.",
    .options = options,
    .max_operands = SIZE_MAX >> 1,
};

/* --- the command line ------------------------------------------------------------------------- */

/* A comma-separated list, cut in place. */
struct list {
    size_t count;
    char *item[MAX_COLUMNS];
};

struct value {
    const char *name;
    bool fisher;
    double low, high;
};

/* The runs in which `column` is `name[0]` and `name[1]`. */
struct pair {
    const char *column, *name[2];
};

struct rated {
    const char *test, *column;
};

struct request {
    struct list groups;
    const char *unit, *p_value, *cluster, *rank, *draws, *as, *output;
    size_t values, pairs, rates;
    struct value value[MAX_COLUMNS];
    struct pair pair[MAX_COLUMNS];
    struct rated rate[MAX_COLUMNS];
    double level;
};

/* Cuts an argument, which the program may write to, at its commas. */
static struct list read_list(int key, char *text) {
    struct list list = {0};
    for (char *rest = text, *item; (item = strsep(&rest, ",")) != NULL;) {
        if (list.count == MAX_COLUMNS)
            tool_usage("%s: more than %d columns", tool_option_name(key), MAX_COLUMNS);
        if (*item == '\0')
            tool_usage("%s: a column without a name", tool_option_name(key));
        for (size_t i = 0; i < list.count; i++)
            if (strcmp(list.item[i], item) == 0)
                tool_usage("%s: '%s' is given twice", tool_option_name(key), item);
        list.item[list.count++] = item;
    }
    return list;
}

/* NAME, NAME:z or NAME:LOW:HIGH */
static struct value read_value(char *text) {
    struct value value = {.name = text, .low = -INFINITY, .high = INFINITY};
    char *colon = strchr(text, ':');
    if (colon == NULL)
        return value;
    *colon = '\0';
    if (strcmp(colon + 1, "z") == 0) {
        value.fisher = true;
        value.low = -1;
        value.high = 1;
    } else if (!tool_range(colon + 1, &value.low, &value.high) || value.low >= value.high)
        tool_usage("-v: '%s' after %s is neither z nor LOW:HIGH", colon + 1, text);
    return value;
}

static void add_values(struct request *request, char *text) {
    const struct list list = read_list('v', text);
    request->values = 0;
    for (size_t i = 0; i < list.count; i++)
        request->value[request->values++] = read_value(list.item[i]);
}

/* COLUMN:A-B, or COLUMN:A:B */
static void add_pair(struct request *request, char *text) {
    char *first = strchr(text, ':'), *second = first != NULL ? strchr(first + 1, ':') : NULL;
    if (first != NULL && second == NULL && (second = strchr(first, '-')) != NULL &&
        strchr(second + 1, '-') != NULL)
        second = NULL;
    if (second == NULL)
        tool_usage("--pair: '%s' is not COLUMN:A-B, nor COLUMN:A:B", text);
    if (request->pairs == MAX_COLUMNS)
        tool_usage("--pair: more than %d", MAX_COLUMNS);
    *first = *second = '\0';
    request->pair[request->pairs++] = (struct pair){text, {first + 1, second + 1}};
}

static void add_rates(struct request *request, char *text) {
    const struct list list = read_list(KEY_RATES, text);
    request->rates = list.count;
    for (size_t i = 0; i < list.count; i++) {
        const size_t length = strcspn(list.item[i], "=");
        if (list.item[i][length] == '\0')
            tool_usage("--rates: '%s' is not NAME=COLUMN", list.item[i]);
        list.item[i][length] = '\0';
        request->rate[i] = (struct rated){list.item[i], list.item[i] + length + 1};
    }
}

static size_t find(const struct list *list, const char *name) {
    size_t i = 0;
    while (i < list->count && strcmp(list->item[i], name) != 0)
        i++;
    return i;
}

static void check_request(const struct request *request) {
    const int modes = (request->values > 0) + (request->rates > 0) + (request->rank != NULL);
    if (modes != 1)
        tool_usage(modes == 0 ? "-v, --rates or --rank is required"
                              : "-v, --rates and --rank do not go together");
    if ((request->rank == NULL) != (request->draws == NULL))
        tool_usage("--rank and --draws go together");
    if (request->values == 0 && (request->pairs > 0 || request->p_value != NULL))
        tool_usage("%s needs -v", request->pairs > 0 ? "--pair" : "--p-value");
    if (request->rates == 0 && request->cluster != NULL)
        tool_usage("--cluster needs --rates");
    for (size_t i = 0; i < request->pairs; i++)
        if (find(&request->groups, request->pair[i].column) == request->groups.count)
            tool_usage("--pair: column '%s' is none of -g", request->pair[i].column);
}

static struct request read_command_line(int argc, char **argv) {
    struct request request = {0};
    for (int key; (key = tool_option(argc, argv)) != -1;)
        switch (key) {
        case 'g':
            request.groups = read_list(key, optarg);
            break;
        case 'u':
            request.unit = optarg;
            break;
        case 'v':
            add_values(&request, optarg);
            break;
        case KEY_PVALUE:
            request.p_value = optarg;
            break;
        case KEY_PAIR:
            add_pair(&request, optarg);
            break;
        case KEY_RATES:
            add_rates(&request, optarg);
            break;
        case KEY_LEVEL:
            request.level = tool_double(key, optarg, 0, 1);
            break;
        case KEY_CLUSTER:
            request.cluster = optarg;
            break;
        case KEY_RANK:
            request.rank = optarg;
            break;
        case KEY_DRAWS:
            request.draws = optarg;
            break;
        case KEY_AS:
            request.as = optarg;
            break;
        case 'o':
            request.output = optarg;
            break;
        }
    check_request(&request);
    return request;
}

/* --- groups ----------------------------------------------------------------------------------- */

struct group {
    char *key;                 /* what its rows have in common, each followed by a tab */
    const struct value *value; /* of a mean; NULL of differences */
    struct runs runs;
    uint64_t perfect[2]; /* runs besides of which r is -1, or 1: their z is infinite */
    uint64_t above, below, undefined;
    struct runs_rate rate;
    char *cluster; /* the one at hand, or NULL */
    double *draw;  /* [drawn] the sizes of those that are defined, ascending in the end */
    size_t drawn, room;
    uint64_t draws;
};

/* One run of a pair whose other is still to come. */
struct pending {
    char *key;
    size_t side; /* which of the two it is */
    double value;
};

struct summary {
    const struct request *request;
    struct group **group; /* [groups] in the order in which they came */
    size_t groups, room;
    void *by_key, *pending; /* trees of tsearch, by key */
    char *key;              /* the one at hand */
    size_t key_used, key_room;
};

/* Both a group and a pending run begin with their key. */
static int by_key(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int no_memory(struct error *error) {
    return error_errno(error, "cannot keep what the runs say");
}

static int add_to_key(struct summary *s, const char *text, struct error *error) {
    const size_t length = strlen(text);
    char *grown = grow(s->key, &s->key_room, s->key_used + length + 2, SIZE_MAX, 1);
    if (grown == NULL)
        return no_memory(error);
    s->key = grown;
    memcpy(s->key + s->key_used, text, length);
    s->key_used += length;
    s->key[s->key_used++] = '\t';
    s->key[s->key_used] = '\0';
    return 0;
}

/* Makes the key: `first`, and what the row at hand has in the columns of -g; `instead` in that of
 * `pair`, if there is one. */
static int make_key(struct summary *s, const char *first, const struct table *table,
                    const size_t *column, const struct pair *pair, const char *instead,
                    struct error *error) {
    s->key_used = 0;
    if (add_to_key(s, first, error) != 0)
        return -1;
    for (size_t i = 0; i < s->request->groups.count; i++) {
        const bool paired = pair != NULL && strcmp(s->request->groups.item[i], pair->column) == 0;
        if (add_to_key(s, paired ? instead : table->field[column[i]], error) != 0)
            return -1;
    }
    return 0;
}

static struct group *new_group(struct summary *s, struct error *error) {
    struct group **grown =
        grow(s->group, &s->room, s->groups + 1, SIZE_MAX, sizeof(struct group *));
    s->group = grown != NULL ? grown : s->group;
    struct group *group = grown != NULL ? calloc(1, sizeof *group) : NULL;
    if (group != NULL && (group->key = strdup(s->key)) != NULL &&
        tsearch(group, &s->by_key, by_key) != NULL)
        return s->group[s->groups++] = group;
    if (group != NULL)
        free(group->key);
    free(group);
    no_memory(error);
    return NULL;
}

/* The group of the key at hand, or NULL on failure. */
static struct group *group_of(struct summary *s, struct error *error) {
    struct group **found = tfind(&s->key, &s->by_key, by_key);
    return found != NULL ? *found : new_group(s, error);
}

static void free_pending(void *node) {
    free(((struct pending *)node)->key);
    free(node);
}

static void keep(void *node) {
    (void)node; /* the groups are freed in their order */
}

static void free_summary(struct summary *s) {
    tdestroy(s->by_key, keep);
    tdestroy(s->pending, free_pending);
    for (size_t i = 0; i < s->groups; i++) {
        free(s->group[i]->key);
        free(s->group[i]->cluster);
        free(s->group[i]->draw);
        free(s->group[i]);
    }
    free(s->group);
    free(s->key);
}

/* --- columns of a table ----------------------------------------------------------------------- */

struct columns {
    size_t group[MAX_COLUMNS], value[MAX_COLUMNS], rate[MAX_COLUMNS];
    size_t unit, p_value, cluster, rank;
};

static int find_groups(const struct request *request, const struct table *table,
                       struct columns *columns, struct error *error) {
    for (size_t i = 0; i < request->groups.count; i++)
        if (table_column(table, request->groups.item[i], &columns->group[i], error) != 0)
            return -1;
    return 0;
}

/* Finds a column that may not be asked for. */
static int find_one(const char *name, const struct table *table, size_t *column,
                    struct error *error) {
    return name != NULL ? table_column(table, name, column, error) : 0;
}

static int find_columns(const struct request *request, const struct table *table,
                        struct columns *columns, struct error *error) {
    for (size_t i = 0; i < request->values; i++)
        if (table_column(table, request->value[i].name, &columns->value[i], error) != 0)
            return -1;
    for (size_t i = 0; i < request->rates; i++)
        if (table_column(table, request->rate[i].column, &columns->rate[i], error) != 0)
            return -1;
    if (request->pairs > 0 && table_column(table, request->unit, &columns->unit, error) != 0)
        return -1;
    return find_groups(request, table, columns, error) != 0 ||
                   find_one(request->p_value, table, &columns->p_value, error) != 0 ||
                   find_one(request->cluster, table, &columns->cluster, error) != 0 ||
                   find_one(request->rank, table, &columns->rank, error) != 0
               ? -1
               : 0;
}

static int row_error(const struct table *table, struct error *error, const char *what,
                     const char *value, const char *column) {
    return error_set(error, "%s: line %" PRIu64 ": '%s' in column '%s' %s", table->input.name,
                     table->lines, value, column, what);
}

/* --- means ------------------------------------------------------------------------------------ */

static void add_value(struct group *group, const struct value *value, double x) {
    if (!isfinite(x)) {
        group->undefined++;
        return;
    }
    const bool fisher = value != NULL && value->fisher;
    if (fisher && fabs(x) == 1)
        group->perfect[x > 0]++;
    else
        runs_add(&group->runs, fisher ? det_atanh(x) : x);
    group->above += x > 0;
}

static int add_values_of_row(struct summary *s, const struct table *table,
                             const struct columns *columns, struct error *error) {
    for (size_t i = 0; i < s->request->values; i++) {
        const struct value *value = &s->request->value[i];
        double x, p = NAN;
        if (table_number(table, columns->value[i], &x, error) != 0)
            return -1;
        if (x < value->low || x > value->high)
            return row_error(table, error, "is out of its range", table->field[columns->value[i]],
                             value->name);
        if (i == 0 && s->request->p_value != NULL &&
            table_number(table, columns->p_value, &p, error) != 0)
            return -1;
        struct group *group =
            make_key(s, value->name, table, columns->group, NULL, NULL, error) == 0
                ? group_of(s, error)
                : NULL;
        if (group == NULL)
            return -1;
        group->value = value;
        add_value(group, value, x);
        group->below += p < 0.05;
    }
    return 0;
}

/* The side of a pair that the row at hand is; 2 if neither. */
static size_t side_of(const struct summary *s, const struct pair *pair, const struct table *table,
                      const struct columns *columns) {
    const char *held = table->field[columns->group[find(&s->request->groups, pair->column)]];
    size_t side = 0;
    while (side < 2 && strcmp(pair->name[side], held) != 0)
        side++;
    return side;
}

/* Keeps the run at hand until its other comes. */
static int wait_for_other(struct summary *s, size_t side, double value, struct error *error) {
    struct pending *pending = malloc(sizeof *pending);
    if (pending == NULL)
        return no_memory(error);
    *pending = (struct pending){strdup(s->key), side, value};
    if (pending->key != NULL && tsearch(pending, &s->pending, by_key) != NULL)
        return 0;
    free_pending(pending);
    return no_memory(error);
}

static int add_pair_of_row(struct summary *s, const struct pair *pair, const struct table *table,
                           const struct columns *columns, struct error *error) {
    const size_t side = side_of(s, pair, table, columns);
    if (side == 2)
        return 0;
    double value;
    char both[NOTE];
    snprintf(both, sizeof both, "%s-%s", pair->name[0], pair->name[1]);
    if (table_number(table, columns->value[0], &value, error) != 0 ||
        make_key(s, "difference", table, columns->group, pair, both, error) != 0)
        return -1;
    const size_t length = s->key_used;
    if (add_to_key(s, table->field[columns->unit], error) != 0)
        return -1;
    struct pending **other = tfind(&s->key, &s->pending, by_key);
    if (other == NULL)
        return wait_for_other(s, side, value, error);
    struct pending *found = *other;
    if (found->side == side)
        return row_error(table, error, "has come before with the same columns of -g",
                         table->field[columns->unit], s->request->unit);
    const double difference = side == 0 ? value - found->value : found->value - value;
    tdelete(found, &s->pending, by_key);
    free_pending(found);
    s->key[length] = '\0';
    struct group *group = group_of(s, error);
    if (group == NULL)
        return -1;
    add_value(group, NULL, difference);
    return 0;
}

static int means_of_row(struct summary *s, const struct table *table, const struct columns *columns,
                        struct error *error) {
    if (add_values_of_row(s, table, columns, error) != 0)
        return -1;
    for (size_t i = 0; i < s->request->pairs; i++)
        if (add_pair_of_row(s, &s->request->pair[i], table, columns, error) != 0)
            return -1;
    return 0;
}

/* Four decimals; what they show of a small negative number is 0. */
static int write_fixed(double number, struct output *output, struct error *error) {
    if (fabs(number) <= 0.00005)
        number = 0;
    return isnan(number) ? output_text(output, error, "\tnan")
                         : output_printf(output, error, "\t%.4f", number);
}

/* A number on the scale of the group's value, within its range; that of differences follows from
 * the range of the first value. */
static double scaled(const struct request *request, const struct group *group, double number) {
    const struct value *value = group->value != NULL ? group->value : request->value;
    const double width = value->high - value->low;
    const double low = group->value != NULL ? value->low : -width,
                 high = group->value != NULL ? value->high : width;
    if (group->value != NULL && value->fisher)
        number = det_tanh(number);
    return number < low ? low : number > high ? high : number;
}

/* The mean of all runs; of some whose z is infinite, only if they are all alike. */
static double mean_of(const struct request *request, const struct group *group) {
    const uint64_t *perfect = group->perfect;
    if (perfect[0] + perfect[1] == 0)
        return group->runs.n > 0 ? scaled(request, group, group->runs.mean) : NAN;
    if (group->runs.n > 0 || (perfect[0] > 0 && perfect[1] > 0))
        return NAN;
    return perfect[1] > 0 ? 1 : -1;
}

static int write_mean(const struct request *request, const struct group *group,
                      struct output *output, struct error *error) {
    const uint64_t perfect = group->perfect[0] + group->perfect[1];
    const struct runs none = {0}, *runs = perfect > 0 ? &none : &group->runs;
    const struct runs_interval mean = runs_mean_interval(runs),
                               further = runs_further_interval(runs);
    const double ends[] = {mean.low, mean.high, further.low, further.high};
    if (output_text(output, error, group->key) != 0 ||
        output_integer(output, error, "", group->runs.n + perfect) != 0 ||
        write_fixed(mean_of(request, group), output, error) != 0 ||
        write_fixed(runs_sd(runs), output, error) != 0)
        return -1;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (write_fixed(scaled(request, group, ends[i]), output, error) != 0)
            return -1;
    if (output_integer(output, error, "\t", group->above) != 0)
        return -1;
    if (request->p_value != NULL &&
        (group->value == request->value ? output_integer(output, error, "\t", group->below)
                                        : output_text(output, error, "\tnan")) != 0)
        return -1;
    return output_integer(output, error, "\t", group->undefined) != 0
               ? -1
               : output_text(output, error, "\n");
}

/* --- rates ------------------------------------------------------------------------------------ */

/* Whether a name comes after another: numbers by size, others byte by byte. */
static bool after(const char *name, const char *other) {
    const size_t length = strlen(name), length2 = strlen(other);
    const bool numbers = strspn(name, "0123456789") == length &&
                         strspn(other, "0123456789") == length2 && length != length2;
    return numbers ? length > length2 : strcmp(name, other) > 0;
}

/* Ends the cluster before, if the row at hand begins another. That clusters ascend shows that
 * each stands together, without a list of them. */
static int enter_cluster(struct summary *s, struct group *group, const struct table *table,
                         const struct columns *columns, struct error *error) {
    const char *name = table->field[columns->cluster];
    if (group->cluster != NULL && strcmp(group->cluster, name) == 0)
        return 0;
    if (group->cluster != NULL && !after(name, group->cluster))
        return row_error(table, error, "comes after a higher one: sort the table by it", name,
                         s->request->cluster);
    char *copy = strdup(name);
    if (copy == NULL)
        return no_memory(error);
    free(group->cluster);
    group->cluster = copy;
    runs_end_cluster(&group->rate);
    return 0;
}

static int rates_of_row(struct summary *s, const struct table *table, const struct columns *columns,
                        struct error *error) {
    for (size_t i = 0; i < s->request->rates; i++) {
        double p;
        if (table_number(table, columns->rate[i], &p, error) != 0)
            return -1;
        if (p < 0 || p > 1)
            return row_error(table, error, "is no probability", table->field[columns->rate[i]],
                             s->request->rate[i].column);
        struct group *group =
            make_key(s, s->request->rate[i].test, table, columns->group, NULL, NULL, error) == 0
                ? group_of(s, error)
                : NULL;
        if (group == NULL)
            return -1;
        if (isnan(p)) {
            group->undefined++;
            continue;
        }
        if (s->request->cluster != NULL && enter_cluster(s, group, table, columns, error) != 0)
            return -1;
        runs_count(&group->rate, p <= s->request->level);
        if (s->request->cluster == NULL)
            runs_end_cluster(&group->rate);
    }
    return 0;
}

static int write_rate(const struct request *request, const struct group *group,
                      struct output *output, struct error *error) {
    struct runs_rate rate = group->rate;
    runs_end_cluster(&rate);
    const struct runs_interval interval = runs_rate_interval(&rate);
    const double number[] = {(double)rate.fired / (double)rate.runs, interval.low, interval.high};
    if (output_text(output, error, group->key) != 0 ||
        output_integer(output, error, "", rate.runs) != 0 ||
        output_integer(output, error, "\t", rate.fired) != 0)
        return -1;
    for (size_t i = 0; i < sizeof number / sizeof *number; i++)
        if (write_fixed(number[i], output, error) != 0)
            return -1;
    const struct runs_range valid = runs_valid_range(rate.runs, request->level);
    const uint64_t count[] = {valid.low, valid.high, group->undefined};
    for (size_t i = 0; i < sizeof count / sizeof *count; i++)
        if (output_integer(output, error, "\t", count[i]) != 0)
            return -1;
    return output_text(output, error, "\n");
}

/* --- the place among draws -------------------------------------------------------------------- */

static int add_draw(struct group *group, double size, struct error *error) {
    group->draws++;
    if (isnan(size))
        return 0;
    double *grown = grow(group->draw, &group->room, group->drawn + 1, SIZE_MAX, sizeof *grown);
    if (grown == NULL)
        return no_memory(error);
    group->draw = grown;
    group->draw[group->drawn++] = size;
    return 0;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int read_draws_of(struct summary *s, struct table *table, struct error *error) {
    struct columns columns;
    int more;
    if (find_groups(s->request, table, &columns, error) != 0 ||
        table_column(table, s->request->rank, &columns.rank, error) != 0)
        return -1;
    while ((more = table_next(table, error)) == 1) {
        double value;
        struct group *group = make_key(s, "", table, columns.group, NULL, NULL, error) == 0
                                  ? group_of(s, error)
                                  : NULL;
        if (group == NULL || table_number(table, columns.rank, &value, error) != 0 ||
            add_draw(group, fabs(value), error) != 0)
            return -1;
    }
    for (size_t i = 0; i < s->groups; i++)
        if (s->group[i]->drawn > 0)
            qsort(s->group[i]->draw, s->group[i]->drawn, sizeof(double), ascending);
    return more;
}

static int read_draws(struct summary *s, struct error *error) {
    struct table table;
    if (table_open(&table, s->request->draws, error) != 0)
        return -1;
    const int result = read_draws_of(s, &table, error);
    table_close(&table);
    return result;
}

/* How many of the draws are at least `size`. */
static uint64_t at_least(const struct group *group, double size) {
    size_t low = 0, high = group->drawn;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (group->draw[middle] >= size)
            high = middle;
        else
            low = middle + 1;
    }
    return group->drawn - low;
}

static int rank_row(struct summary *s, const struct table *table, const struct columns *columns,
                    struct output *output, struct error *error) {
    double value, p = NAN;
    if (table_number(table, columns->rank, &value, error) != 0 ||
        make_key(s, "", table, columns->group, NULL, NULL, error) != 0)
        return -1;
    struct group *const *found = tfind(&s->key, &s->by_key, by_key);
    if (found != NULL && !isnan(value))
        p = permute_p(at_least(*found, fabs(value)), (*found)->draws);
    for (size_t i = 0; i < table->columns; i++)
        if (output_text(output, error, table->field[i]) != 0 ||
            output_text(output, error, "\t") != 0)
            return -1;
    return output_number(output, error, "", p, 6) != 0 ? -1 : output_text(output, error, "\n");
}

/* --- all tables ------------------------------------------------------------------------------- */

static int write_names(const struct request *request, struct output *output, struct error *error) {
    const char *first = request->rates > 0 ? "test" : "quantity";
    if (output_text(output, error, first) != 0)
        return -1;
    for (size_t i = 0; i < request->groups.count; i++)
        if (output_text(output, error, "\t") != 0 ||
            output_text(output, error, request->groups.item[i]) != 0)
            return -1;
    return request->rates > 0
               ? output_text(output, error,
                             "\truns\tfired\trate\tlow\thigh\tvalid_low\tvalid_high\tundefined\n")
               : output_printf(output, error,
                               "\t%ss\tmean\tsd\tlow\thigh\tfurther_low\tfurther_high\tabove_0%s\t"
                               "undefined\n",
                               request->unit, request->p_value != NULL ? "\tp_below_05" : "");
}

/* Copies the names of the first table; those of the others are to be the same. */
static int copy_names(const struct request *request, const struct table *table, char **names,
                      struct output *output, struct error *error) {
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->name[i], request->as) == 0)
            return error_set(error, "%s: has a column '%s' already", table->input.name,
                             request->as);
    char *text = NULL;
    size_t size = 0;
    for (size_t i = 0; i < table->columns; i++)
        size += strlen(table->name[i]) + 1;
    if ((text = calloc(size + 1, 1)) == NULL)
        return no_memory(error);
    for (size_t i = 0, used = 0; i < table->columns; i++) {
        const size_t length = strlen(table->name[i]);
        memcpy(text + used, table->name[i], length);
        text[used + length] = '\t';
        used += length + 1;
    }
    int result = 0;
    if (*names == NULL) {
        *names = text;
        return output_text(output, error, text) != 0 || output_text(output, error, request->as) != 0
                   ? -1
                   : output_text(output, error, "\n");
    }
    if (strcmp(*names, text) != 0)
        result =
            error_set(error, "%s: its columns are not those of the first table", table->input.name);
    free(text);
    return result;
}

static int read_table(struct summary *s, struct table *table, char **names, struct output *output,
                      struct error *error) {
    const struct request *request = s->request;
    struct columns columns;
    if (find_columns(request, table, &columns, error) != 0 ||
        (request->rank != NULL && copy_names(request, table, names, output, error) != 0))
        return -1;
    int more;
    while ((more = table_next(table, error)) == 1) {
        const int result = request->rank != NULL ? rank_row(s, table, &columns, output, error)
                           : request->rates > 0  ? rates_of_row(s, table, &columns, error)
                                                 : means_of_row(s, table, &columns, error);
        if (result != 0)
            return -1;
    }
    return more;
}

static int read_tables(struct summary *s, char *const *paths, size_t count, struct output *output,
                       struct error *error) {
    static char *const standard[] = {"-"};
    char *names = NULL;
    int result = 0;
    if (count == 0) {
        paths = standard;
        count = 1;
    }
    for (size_t i = 0; i < count && result == 0; i++) {
        struct table table;
        result = table_open(&table, paths[i], error);
        if (result == 0) {
            result = read_table(s, &table, &names, output, error);
            table_close(&table);
        }
    }
    free(names);
    return result;
}

static int run(struct summary *s, char *const *paths, size_t count, struct output *output,
               struct error *error) {
    const struct request *request = s->request;
    if (output_open(output, request->output, false, error) != 0 ||
        (request->rank != NULL && read_draws(s, error) != 0) ||
        read_tables(s, paths, count, output, error) != 0)
        return -1;
    if (request->rank == NULL && write_names(request, output, error) != 0)
        return -1;
    for (size_t i = 0; i < s->groups && request->rank == NULL; i++)
        if ((request->rates > 0 ? write_rate : write_mean)(request, s->group[i], output, error) !=
            0)
            return -1;
    return output_commit(output, error);
}

int main(int argc, char **argv) {
    tool_start(&tool);
    const struct request request = read_command_line(argc, argv);
    struct summary summary = {.request = &request};
    struct output output = {.fd = -1};
    struct error error;
    const int result = run(&summary, argv + optind, (size_t)(argc - optind), &output, &error);
    output_discard(&output);
    if (result != 0)
        tool_fail(&error);
    free_summary(&summary);
    return 0;
}
