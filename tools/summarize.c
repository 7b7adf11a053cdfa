/* What independent runs say together: means with intervals and tests, also of means along a column,
 * differences and reliabilities within a run, rates of rejection, the place of a value among draws,
 * and p-values of many tests. */
#include <inttypes.h>
#include <math.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engram/adjust.h"
#include "engram/detmath.h"
#include "engram/grow.h"
#include "engram/io.h"
#include "engram/permute.h"
#include "engram/runs.h"
#include "engram/stats.h"
#include "engram/table.h"
#include "engram/tool.h"

enum {
    KEY_PAIR = 256,
    KEY_DISATTENUATE,
    KEY_FLIPS,
    KEY_FAMILY,
    KEY_PVALUE,
    KEY_RATES,
    KEY_LEVEL,
    KEY_CLUSTER,
    KEY_SORTED,
    KEY_OVER,
    KEY_RANK,
    KEY_DRAWS,
    KEY_HOLM,
    KEY_AS
};
enum { MAX_COLUMNS = 64 };

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
    {KEY_DISATTENUATE, "disattenuate", "COLUMN:R,Y,X", NULL,
     "also, within a run, the reliability of x, the correlation attainable, and the first value\n"
     "        over it: where COLUMN is R, the correlation; Y, the reliability of y; X, the\n"
     "        correlation of two halves of x (COLUMN:R:Y:X if a name holds a comma); may be "
     "repeated"},
    {KEY_FLIPS, "flips", "K", NULL,
     "column p_max: p of the first value's |t| among the largest |t| of all groups, of K draws\n"
     "        of the signs of whole runs"},
    {'s', "seed", "SEED", "1", "of the signs"},
    {KEY_FAMILY, "family", "COLUMNS", NULL,
     "the largest |t| is that of the groups with the same in these columns of -g"},
    {KEY_RATES, "rates", "NAME=COLUMN,...", NULL,
     "instead: how often the p-values of each COLUMN reject, as the test NAME"},
    {KEY_LEVEL, "level", "P", "0.05", "a p-value no larger rejects"},
    {KEY_CLUSTER, "cluster", "COLUMN", NULL,
     "runs that are alike, which stand together: intervals of rates allow for it"},
    {KEY_OVER, "over", "COLUMN", NULL,
     "first make one of a run's rows that differ in this column: of each value, its mean over\n"
     "        the logarithm of COLUMN"},
    {KEY_SORTED, "sorted", "COLUMN", NULL,
     "tables ascend in this column of -g: write its groups as soon as it holds another"},
    {KEY_RANK, "rank", "COLUMN", NULL,
     "instead: copy the tables, with p of the size of COLUMN among that of --draws"},
    {KEY_DRAWS, "draws", "TABLE", NULL, "the draws, with the columns of -g and that of --rank"},
    {KEY_HOLM, "holm", "COLUMN", NULL,
     "instead: copy the tables, with the p of COLUMN adjusted by Holm's method over all rows, or\n"
     "        those of a combination of -g"},
    {KEY_AS, "as", "NAME", NULL,
     "the name of the column of these p, instead of p_draws of --rank, p_holm of --holm"},
    {'o', "output", "FILE", "-", "where the table goes"},
    {0},
};

static const struct tool tool = {
    .name = "summarize",
    .synopsis = "[OPTION]... -v COLUMNS | --rates NAME=COLUMN,... | --rank COLUMN | --holm COLUMN\n"
                "                 [TABLE]...",
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

/* Values of a run that belong together, where `column` is name[0], name[1] ...: of two, their
 * difference is taken; three are a correlation, the reliability of y, and that of halves of x. */
struct together {
    const char *column, *name[3];
    size_t parts;
    char between; /* the names */
};

struct rated {
    const char *test, *column;
};

struct request {
    struct list groups, family;
    const char *unit, *p_value, *cluster, *sorted, *over, *rank, *draws, *holm, *as, *output;
    size_t values, togethers, rates;
    struct value value[MAX_COLUMNS];
    struct together together[MAX_COLUMNS];
    struct rated rate[MAX_COLUMNS];
    uint64_t flips, seed;
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

static const struct together DIFFERENCE = {.parts = 2, .between = '-'},
                             DISATTENUATION = {.parts = 3, .between = ','};

static const char *option_of(const struct together *together) {
    return tool_option_name(together->parts == 2 ? KEY_PAIR : KEY_DISATTENUATE);
}

/* COLUMN:A-B, or COLUMN:A:B; COLUMN:R,Y,X, or COLUMN:R:Y:X */
static void add_together(struct request *request, struct together together, char *text) {
    char *cut[3] = {strchr(text, ':')};
    const bool colons = cut[0] != NULL && strchr(cut[0] + 1, ':') != NULL;
    for (size_t i = 1; i < together.parts; i++)
        cut[i] =
            cut[i - 1] != NULL ? strchr(cut[i - 1] + 1, colons ? ':' : together.between) : NULL;
    char *last = cut[together.parts - 1];
    if (last == NULL || (!colons && strchr(last + 1, together.between) != NULL))
        tool_usage("%s: '%s' is not %s", option_of(&together), text,
                   together.parts == 2 ? "COLUMN:A-B, nor COLUMN:A:B"
                                       : "COLUMN:R,Y,X, nor COLUMN:R:Y:X");
    if (request->togethers == MAX_COLUMNS)
        tool_usage("%s: more than %d", option_of(&together), MAX_COLUMNS);
    together.column = text;
    for (size_t i = 0; i < together.parts; i++) {
        *cut[i] = '\0';
        together.name[i] = cut[i] + 1;
    }
    request->together[request->togethers++] = together;
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

static void check_grouped(const struct request *request, const char *option, const char *column) {
    if (find(&request->groups, column) == request->groups.count)
        tool_usage("%s: column '%s' is none of -g", option, column);
}

/* Exits if an option is given without the one that it belongs to. */
static void check_needed(const char *option, bool given, const char *needed, bool there) {
    if (given && !there)
        tool_usage("%s needs %s", option, needed);
}

static void check_together(const struct request *request, const struct together *together) {
    const struct value *value = request->value;
    check_grouped(request, option_of(together), together->column);
    for (size_t i = 0; i < together->parts; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(together->name[i], together->name[j]) == 0)
                tool_usage("%s: '%s' is given twice", option_of(together), together->name[i]);
    if (together->parts == 3 && !(value->low >= -1 && value->high <= 1))
        tool_usage("--disattenuate: '%s' is not said to be a correlation: write %s:z", value->name,
                   value->name);
}

static void check_over(const struct request *request) {
    const char *over = request->over;
    if (over == NULL)
        return;
    check_needed("--over", true, "-v", request->values > 0);
    if (find(&request->groups, over) < request->groups.count || strcmp(over, request->unit) == 0)
        tool_usage("--over: column '%s' is one of -g, or that of -u", over);
    if (request->p_value != NULL || request->sorted != NULL)
        tool_usage("--over and %s do not go together",
                   request->p_value != NULL ? "--p-value" : "--sorted");
}

static void check_request(const struct request *request) {
    const int modes = (request->values > 0) + (request->rates > 0) + (request->rank != NULL) +
                      (request->holm != NULL);
    const bool means = request->values > 0;
    if (modes != 1)
        tool_usage(modes == 0 ? "-v, --rates, --rank or --holm is required"
                              : "-v, --rates, --rank and --holm do not go together");
    if ((request->rank == NULL) != (request->draws == NULL))
        tool_usage("--rank and --draws go together");
    check_needed(option_of(request->together), request->togethers > 0, "-v", means);
    check_needed("--p-value", request->p_value != NULL, "-v", means);
    check_needed("--flips", request->flips > 0, "-v", means);
    check_needed("--family", request->family.count > 0, "--flips", request->flips > 0);
    check_needed("--cluster", request->cluster != NULL, "--rates", request->rates > 0);
    check_needed("--as", request->as != NULL, "--rank or --holm",
                 request->rank != NULL || request->holm != NULL);
    check_needed("--sorted", request->sorted != NULL, "-v or --rates",
                 request->rank == NULL && request->holm == NULL);
    if (request->sorted != NULL && request->flips > 0)
        tool_usage("--sorted and --flips do not go together");
    if (request->sorted != NULL)
        check_grouped(request, "--sorted", request->sorted);
    check_over(request);
    for (size_t i = 0; i < request->togethers; i++)
        check_together(request, &request->together[i]);
    for (size_t i = 0; i < request->family.count; i++)
        check_grouped(request, "--family", request->family.item[i]);
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
            add_together(&request, DIFFERENCE, optarg);
            break;
        case KEY_DISATTENUATE:
            add_together(&request, DISATTENUATION, optarg);
            break;
        case KEY_FLIPS:
            request.flips = tool_integer(key, optarg, 1, 1 << 28);
            break;
        case 's':
            request.seed = tool_integer(key, optarg, 0, INT64_MAX);
            break;
        case KEY_FAMILY:
            request.family = read_list(key, optarg);
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
        case KEY_SORTED:
            request.sorted = optarg;
            break;
        case KEY_OVER:
            request.over = optarg;
            break;
        case KEY_RANK:
            request.rank = optarg;
            break;
        case KEY_DRAWS:
            request.draws = optarg;
            break;
        case KEY_HOLM:
            request.holm = optarg;
            break;
        case KEY_AS:
            request.as = optarg;
            break;
        case 'o':
            request.output = optarg;
            break;
        }
    check_request(&request);
    if (request.as == NULL)
        request.as = request.holm != NULL ? "p_holm" : "p_draws";
    return request;
}

/* --- groups ----------------------------------------------------------------------------------- */

struct group {
    char *key;                 /* what its rows have in common, each followed by a tab */
    const struct value *value; /* of a mean; NULL of differences */
    struct runs runs;
    uint64_t perfect[2]; /* runs besides of which r is -1, or 1: their z is infinite */
    uint64_t above, below, undefined;
    struct runs_flips flips;
    struct runs_rate rate;
    char *last;     /* the run of --flips or the cluster at hand, or NULL */
    double *number; /* [numbers] the sizes of draws, ascending in the end; log p of --holm */
    size_t numbers, room, written;
    uint64_t draws;
};

/* What belongs together of the run at hand, and which parts have come. */
struct pending {
    char *key, *run;
    double value[3];
    bool came[3];
    size_t missing;
};

/* Values along the column of --over, of a run and group. */
struct curve {
    char *key, *run;
    bool open; /* rows of the run may come */
    const char *file;
    uint64_t line;            /* of the last row */
    double at, log_at, width; /* the column in it, its log, and that less the first row's */
    double number[];          /* [2][values]: those of the last row; means over the width */
};

/* A name by its number, from 0 on in the order in which they came. */
struct numbered {
    char *key;
    size_t number;
};

/* Rows that are kept until the last has come. */
struct held {
    char *text; /* [used] a line each */
    size_t used, text_room;
    struct group **group; /* [rows]; NULL where p is undefined */
    size_t rows, room;
};

struct summary {
    const struct request *request;
    struct group **group; /* [groups] in the order in which they came */
    size_t groups, room;
    void *curves;        /* a tree of tsearch, by key */
    struct curve **open; /* [opened] those of the run at hand */
    size_t opened, open_room;
    char *open_run;                    /* its name, or NULL */
    char *section;                     /* what the column of --sorted holds, or NULL */
    bool named;                        /* whether the names of columns are written */
    void *by_key, *pending, *families; /* trees of tsearch, by key */
    size_t family_count;
    char *signed_run; /* the one that has these signs, or NULL */
    double *sign;     /* [flips + 1] */
    struct held held;
    char *key; /* the one at hand */
    size_t key_used, key_room;
};

/* What is in a tree begins with its key. */
static int by_key(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int no_memory(struct error *error) {
    return error_errno(error, "cannot keep what the runs say");
}

/* Adds text and the character that ends it. */
static int add_to_key(struct summary *s, const char *text, char end, struct error *error) {
    const size_t length = strlen(text);
    char *grown = grow(s->key, &s->key_room, s->key_used + length + 2, SIZE_MAX, 1);
    if (grown == NULL)
        return no_memory(error);
    s->key = grown;
    memcpy(s->key + s->key_used, text, length);
    s->key_used += length;
    s->key[s->key_used++] = end;
    s->key[s->key_used] = '\0';
    return 0;
}

static int add_names_to_key(struct summary *s, const struct together *together,
                            struct error *error) {
    for (size_t i = 0; i < together->parts; i++) {
        const char end = (char)(i + 1 < together->parts ? together->between : '\t');
        if (add_to_key(s, together->name[i], end, error) != 0)
            return -1;
    }
    return 0;
}

/* Makes the key: `first`, and what the row at hand has in the columns of -g; in that of `together`,
 * if there is one, all its names. */
static int make_key(struct summary *s, const char *first, const struct table *table,
                    const size_t *column, const struct together *together, struct error *error) {
    s->key_used = 0;
    if (add_to_key(s, first, '\t', error) != 0)
        return -1;
    for (size_t i = 0; i < s->request->groups.count; i++) {
        const char *name = s->request->groups.item[i];
        if ((together != NULL && strcmp(name, together->column) == 0
                 ? add_names_to_key(s, together, error)
                 : add_to_key(s, table->field[column[i]], '\t', error)) != 0)
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

/* The group of make_key, or NULL on failure. */
static struct group *group_of(struct summary *s, const char *first, const struct table *table,
                              const size_t *column, const struct together *together,
                              struct error *error) {
    if (make_key(s, first, table, column, together, error) != 0)
        return NULL;
    struct group **found = tfind(&s->key, &s->by_key, by_key);
    return found != NULL ? *found : new_group(s, error);
}

/* Adds a node, of which the key at hand becomes the first member, to a tree; NULL on no memory. */
static void *add_node(const struct summary *s, void **tree, size_t size, struct error *error) {
    char **node = calloc(1, size);
    if (node != NULL && (*node = strdup(s->key)) != NULL && tsearch(node, tree, by_key) != NULL)
        return node;
    if (node != NULL)
        free(*node);
    free(node);
    no_memory(error);
    return NULL;
}

/* The number of the key at hand among the names of a tree. */
static int number_of(const struct summary *s, void **tree, size_t *count, size_t *number,
                     struct error *error) {
    struct numbered **found = tfind(&s->key, tree, by_key);
    struct numbered *name = found != NULL ? *found : add_node(s, tree, sizeof *name, error);
    if (name == NULL)
        return -1;
    if (found == NULL)
        name->number = (*count)++;
    *number = name->number;
    return 0;
}

static void free_node(void *node) {
    free(*(char **)node);
    free(node);
}

static void free_pending(void *node) {
    free(((struct pending *)node)->run);
    free_node(node);
}

static void free_curve(void *node) {
    free(((struct curve *)node)->run);
    free_node(node);
}

static void keep(void *node) {
    (void)node; /* the groups are freed in their order */
}

static void free_groups(struct summary *s) {
    tdestroy(s->by_key, keep);
    tdestroy(s->pending, free_pending);
    s->by_key = s->pending = NULL;
    for (size_t i = 0; i < s->groups; i++) {
        free(s->group[i]->key);
        free(s->group[i]->last);
        free(s->group[i]->number);
        free(s->group[i]->flips.sum);
        free(s->group[i]);
    }
    s->groups = 0;
}

static void free_summary(struct summary *s) {
    free_groups(s);
    tdestroy(s->families, free_node);
    tdestroy(s->curves, free_curve);
    free(s->open);
    free(s->open_run);
    free(s->group);
    free(s->section);
    free(s->held.text);
    free(s->held.group);
    free(s->signed_run);
    free(s->sign);
    free(s->key);
}

/* --- columns of a table ----------------------------------------------------------------------- */

struct columns {
    size_t group[MAX_COLUMNS], value[MAX_COLUMNS], rate[MAX_COLUMNS];
    size_t unit, p_value, cluster, sorted, over, rank, holm;
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
    if ((request->togethers > 0 || request->flips > 0 || request->over != NULL) &&
        table_column(table, request->unit, &columns->unit, error) != 0)
        return -1;
    return find_groups(request, table, columns, error) != 0 ||
                   find_one(request->p_value, table, &columns->p_value, error) != 0 ||
                   find_one(request->cluster, table, &columns->cluster, error) != 0 ||
                   find_one(request->sorted, table, &columns->sorted, error) != 0 ||
                   find_one(request->over, table, &columns->over, error) != 0 ||
                   find_one(request->rank, table, &columns->rank, error) != 0 ||
                   find_one(request->holm, table, &columns->holm, error) != 0
               ? -1
               : 0;
}

static int row_error(const struct table *table, struct error *error, const char *what,
                     const char *value, const char *column) {
    return error_set(error, "%s: line %" PRIu64 ": '%s' in column '%s' %s", table->input.name,
                     table->lines, value, column, what);
}

/* Whether a name comes after another: numbers by size, others byte by byte. */
static bool after(const char *name, const char *other) {
    const size_t length = strlen(name), length2 = strlen(other);
    const bool numbers = strspn(name, "0123456789") == length &&
                         strspn(other, "0123456789") == length2 && length != length2;
    return numbers ? length > length2 : strcmp(name, other) > 0;
}

/* Whether the row at hand has another name in this column than the last, which it becomes: 1, 0, or
 * -1 on failure. That names ascend shows that each stands together, without a list of them. */
static int ascend(char **last, const struct table *table, size_t column, const char *called,
                  struct error *error) {
    const char *name = table->field[column];
    if (*last != NULL && strcmp(*last, name) == 0)
        return 0;
    if (*last != NULL && !after(name, *last))
        return row_error(table, error, "comes after a higher one: sort the table by it", name,
                         called);
    char *copy = strdup(name);
    if (copy == NULL)
        return no_memory(error);
    free(*last);
    *last = copy;
    return 1;
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

static int comes_twice(const struct summary *s, const struct table *table,
                       const struct columns *columns, struct error *error) {
    return row_error(table, error, "has come before with the same columns of -g",
                     table->field[columns->unit], s->request->unit);
}

/* The number of what the row at hand has in the columns of --family. */
static int number_family(struct summary *s, const struct table *table,
                         const struct columns *columns, size_t *family, struct error *error) {
    s->key_used = 0;
    if (add_to_key(s, "", '\t', error) != 0)
        return -1;
    for (size_t i = 0; i < s->request->family.count; i++) {
        const size_t column = columns->group[find(&s->request->groups, s->request->family.item[i])];
        if (add_to_key(s, table->field[column], '\t', error) != 0)
            return -1;
    }
    return number_of(s, &s->families, &s->family_count, family, error);
}

/* Draws the signs of this run, unless they are at hand. */
static int draw_signs(struct summary *s, const char *run, struct error *error) {
    const uint64_t flips = s->request->flips;
    if (s->signed_run != NULL && strcmp(s->signed_run, run) == 0)
        return 0;
    free(s->signed_run);
    if ((s->signed_run = strdup(run)) == NULL ||
        (s->sign == NULL && (s->sign = malloc(((size_t)flips + 1) * sizeof *s->sign)) == NULL))
        return no_memory(error);
    runs_signs(s->sign, flips, s->request->seed, run);
    return 0;
}

/* Adds the first value under the signs of its run. */
static int flip_row(struct summary *s, struct group *group, double x, const struct table *table,
                    const struct columns *columns, struct error *error) {
    struct runs_flips *flips = &group->flips;
    if (group->last == NULL && number_family(s, table, columns, &flips->family, error) != 0)
        return -1;
    const int next = ascend(&group->last, table, columns->unit, s->request->unit, error);
    if (next < 1)
        return next < 0 ? -1 : comes_twice(s, table, columns, error);
    if (draw_signs(s, table->field[columns->unit], error) != 0)
        return -1;
    return runs_flip(flips, group->value->fisher ? det_atanh(x) : x, s->sign, s->request->flips,
                     error);
}

/* A group some of whose z are infinite has no t, and takes no part. */
static int flip(const struct summary *s, struct error *error) {
    struct runs_flips **groups = malloc((s->groups + 1) * sizeof(struct runs_flips *));
    size_t count = 0;
    if (groups == NULL)
        return no_memory(error);
    for (size_t i = 0; i < s->groups; i++) {
        struct group *group = s->group[i];
        group->flips.p = NAN;
        if (group->value == s->request->value && group->perfect[0] + group->perfect[1] == 0)
            groups[count++] = &group->flips;
    }
    const int result = runs_flips_p(groups, count, s->request->flips, error);
    free(groups);
    return result;
}

/* What is summarized of a row. */
struct numbers {
    double value[MAX_COLUMNS], p;
};

static int read_numbers(const struct request *request, const struct table *table,
                        const struct columns *columns, struct numbers *numbers,
                        struct error *error) {
    for (size_t i = 0; i < request->values; i++) {
        const struct value *value = &request->value[i];
        double *x = &numbers->value[i];
        if (table_number(table, columns->value[i], x, error) != 0)
            return -1;
        if (*x < value->low || *x > value->high)
            return row_error(table, error, "is out of its range", table->field[columns->value[i]],
                             value->name);
    }
    return request->p_value != NULL ? table_number(table, columns->p_value, &numbers->p, error) : 0;
}

static int add_values_of_row(struct summary *s, const struct numbers *numbers,
                             const struct table *table, const struct columns *columns,
                             struct error *error) {
    for (size_t i = 0; i < s->request->values; i++) {
        const struct value *value = &s->request->value[i];
        const double x = numbers->value[i];
        struct group *group = group_of(s, value->name, table, columns->group, NULL, error);
        if (group == NULL)
            return -1;
        group->value = value;
        add_value(group, value, x);
        group->below += numbers->p < 0.05;
        if (i == 0 && s->request->flips > 0 && flip_row(s, group, x, table, columns, error) != 0)
            return -1;
    }
    return 0;
}

/* The part that the row at hand is; how many there are if none. */
static size_t part_of(const struct summary *s, const struct together *together,
                      const struct table *table, const struct columns *columns) {
    const char *held = table->field[columns->group[find(&s->request->groups, together->column)]];
    size_t part = 0;
    while (part < together->parts && strcmp(together->name[part], held) != 0)
        part++;
    return part;
}

static const char *kind_of(const struct together *together) {
    return together->parts == 2 ? "difference" : "disattenuated";
}

/* What has come of the run at hand, or NULL on failure. What a run before it lacks does not come.
 */
static struct pending *pending_of(struct summary *s, const struct together *together,
                                  const struct table *table, const struct columns *columns,
                                  struct error *error) {
    if (make_key(s, kind_of(together), table, columns->group, together, error) != 0)
        return NULL;
    struct pending **found = tfind(&s->key, &s->pending, by_key);
    struct pending *pending =
        found != NULL ? *found : add_node(s, &s->pending, sizeof *pending, error);
    if (pending == NULL)
        return NULL;
    const int next = ascend(&pending->run, table, columns->unit, s->request->unit, error);
    if (next < 0)
        return NULL;
    if (next == 1) {
        memset(pending->came, 0, sizeof pending->came);
        pending->missing = together->parts;
    }
    return pending;
}

static int add_difference(struct summary *s, const struct pending *run,
                          const struct together *together, const struct table *table,
                          const struct columns *columns, struct error *error) {
    if (run->missing > 0)
        return 0;
    struct group *group = group_of(s, kind_of(together), table, columns->group, together, error);
    if (group == NULL)
        return -1;
    add_value(group, NULL, run->value[0] - run->value[1]);
    return 0;
}

/* A run is undefined until the last of its parts comes. */
static int add_disattenuated(struct summary *s, const struct pending *run,
                             const struct together *together, const struct table *table,
                             const struct columns *columns, struct error *error) {
    static const struct value quantity[] = {{"reliability_x", false, 0, 1},
                                            {"attainable", false, 0, 1},
                                            {"disattenuated", false, -INFINITY, INFINITY}};
    const double r = run->value[0], reliability_y = run->value[1], halves = run->value[2];
    const double reliability_x = 2 * halves / (1 + halves);
    const double attainable = sqrt(reliability_x * reliability_y);
    const double number[] = {reliability_x, attainable, r / attainable};
    const bool defined = !isnan(r) && reliability_y > 0 && halves > 0;
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        struct group *group = group_of(s, quantity[i].name, table, columns->group, together, error);
        if (group == NULL)
            return -1;
        group->value = &quantity[i];
        if (run->missing + 1 == together->parts)
            group->undefined++;
        if (run->missing == 0 && defined) {
            group->undefined--;
            add_value(group, group->value, number[i]);
        }
    }
    return 0;
}

static int add_together_of_row(struct summary *s, const struct together *together, double x,
                               const struct table *table, const struct columns *columns,
                               struct error *error) {
    const size_t part = part_of(s, together, table, columns);
    if (part == together->parts)
        return 0;
    struct pending *waiting = pending_of(s, together, table, columns, error);
    if (waiting == NULL)
        return -1;
    waiting->value[part] = x;
    if (waiting->came[part])
        return comes_twice(s, table, columns, error);
    waiting->came[part] = true;
    waiting->missing--;
    return (together->parts == 2 ? add_difference : add_disattenuated)(s, waiting, together, table,
                                                                       columns, error);
}

static int add_row(struct summary *s, const struct numbers *numbers, const struct table *table,
                   const struct columns *columns, struct error *error) {
    if (add_values_of_row(s, numbers, table, columns, error) != 0)
        return -1;
    for (size_t i = 0; i < s->request->togethers; i++)
        if (add_together_of_row(s, &s->request->together[i], numbers->value[0], table, columns,
                                error) != 0)
            return -1;
    return 0;
}

/* --- means over the logarithm of a column ----------------------------------------------------- */

/* Adds the row that the rows of a curve make, in which columns are in the order of -g, -u. */
static int close_curve(struct summary *s, struct curve *curve, struct error *error) {
    const size_t groups = s->request->groups.count, values = s->request->values;
    const char *field[MAX_COLUMNS + 1];
    struct columns columns = {.unit = groups};
    struct numbers numbers = {.p = NAN};
    char *const key = strdup(curve->key + 1), *rest = key;
    if (key == NULL)
        return no_memory(error);
    for (size_t i = 0; i < groups; i++) {
        field[i] = strsep(&rest, "\t");
        columns.group[i] = i;
    }
    field[groups] = curve->run;
    for (size_t i = 0; i < values; i++)
        numbers.value[i] = curve->width > 0 ? curve->number[values + i] : NAN;
    const struct table row = {.input.name = curve->file, .lines = curve->line, .field = field};
    curve->open = false;
    const int result = add_row(s, &numbers, &row, &columns, error);
    free(key);
    return result;
}

static int close_curves(struct summary *s, struct error *error) {
    for (size_t i = 0; i < s->opened; i++)
        if (close_curve(s, s->open[i], error) != 0)
            return -1;
    s->opened = 0;
    return 0;
}

/* Closes the curves of the run before, if the row at hand is of another. */
static int enter_run(struct summary *s, const char *run, struct error *error) {
    if (s->open_run != NULL && strcmp(s->open_run, run) == 0)
        return 0;
    if (close_curves(s, error) != 0)
        return -1;
    free(s->open_run);
    s->open_run = strdup(run);
    return s->open_run != NULL ? 0 : no_memory(error);
}

static int open_curve(struct summary *s, struct curve *curve, struct error *error) {
    struct curve **grown =
        grow(s->open, &s->open_room, s->opened + 1, SIZE_MAX, sizeof(struct curve *));
    if (grown == NULL)
        return no_memory(error);
    s->open = grown;
    s->open[s->opened++] = curve;
    curve->open = true;
    curve->at = curve->width = 0;
    memset(curve->number, 0, 2 * s->request->values * sizeof *curve->number);
    return 0;
}

/* The curve of the row at hand, or NULL on failure. */
static struct curve *curve_of(struct summary *s, const struct table *table,
                              const struct columns *columns, struct error *error) {
    if (make_key(s, "", table, columns->group, NULL, error) != 0)
        return NULL;
    struct curve **found = tfind(&s->key, &s->curves, by_key);
    const size_t size = sizeof **found + 2 * s->request->values * sizeof(double);
    struct curve *curve = found != NULL ? *found : add_node(s, &s->curves, size, error);
    const int next =
        curve != NULL ? ascend(&curve->run, table, columns->unit, s->request->unit, error) : -1;
    if (next < 0 || (next == 1 && open_curve(s, curve, error) != 0))
        return NULL;
    if (!curve->open) {
        comes_twice(s, table, columns, error);
        return NULL;
    }
    return curve;
}

/* Takes each mean on to the row at hand, where the column is k: the integral by the trapezoidal
 * rule over log k, divided by its width. */
static void extend_curve(struct curve *curve, size_t values, double k, const double *value) {
    const double log_k = det_log(k), step = curve->at > 0 ? log_k - curve->log_at : 0;
    double *const last = curve->number, *const mean = last + values;
    curve->width += step;
    for (size_t i = 0; i < values; i++) {
        if (step > 0)
            mean[i] += (0.5 * last[i] + 0.5 * value[i] - mean[i]) * (step / curve->width);
        last[i] = value[i];
    }
    curve->at = k;
    curve->log_at = log_k;
}

static int add_to_curve(struct summary *s, const struct numbers *numbers, const struct table *table,
                        const struct columns *columns, struct error *error) {
    const char *text = table->field[columns->over], *over = s->request->over;
    double k;
    if (table_number(table, columns->over, &k, error) != 0)
        return -1;
    if (!(k > 0) || isinf(k))
        return row_error(table, error, "has no logarithm", text, over);
    if (enter_run(s, table->field[columns->unit], error) != 0)
        return -1;
    struct curve *curve = curve_of(s, table, columns, error);
    if (curve == NULL)
        return -1;
    if (k <= curve->at)
        return row_error(table, error, "is not above that of the row before in its run", text,
                         over);
    curve->file = table->input.name;
    curve->line = table->lines;
    extend_curve(curve, s->request->values, k, numbers->value);
    return 0;
}

static int means_of_row(struct summary *s, const struct table *table, const struct columns *columns,
                        struct error *error) {
    struct numbers numbers = {.p = NAN};
    return read_numbers(s->request, table, columns, &numbers, error) != 0
               ? -1
               : (s->request->over != NULL ? add_to_curve : add_row)(s, &numbers, table, columns,
                                                                     error);
}

/* --- the table of means ----------------------------------------------------------------------- */

/* Four decimals; what they show of a small negative number is 0. */
static int write_fixed(double number, struct output *output, struct error *error) {
    if (fabs(number) < 0.00005)
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

static int write_interval(const struct request *request, const struct group *group,
                          struct runs_interval interval, struct output *output,
                          struct error *error) {
    return write_fixed(scaled(request, group, interval.low), output, error) != 0
               ? -1
               : write_fixed(scaled(request, group, interval.high), output, error);
}

static int write_p(double log_p, struct output *output, struct error *error) {
    char p[32];
    stat_format_p(log_p, p, sizeof p);
    return output_text(output, error, "\t") != 0 ? -1 : output_text(output, error, p);
}

static int write_mean(const struct request *request, const struct group *group,
                      struct output *output, struct error *error) {
    const uint64_t perfect = group->perfect[0] + group->perfect[1];
    const struct runs none = {0}, *runs = perfect > 0 ? &none : &group->runs;
    if (output_text(output, error, group->key) != 0 ||
        output_integer(output, error, "", group->runs.n + perfect) != 0 ||
        write_fixed(mean_of(request, group), output, error) != 0 ||
        write_fixed(runs_sd(runs), output, error) != 0 ||
        write_interval(request, group, runs_mean_interval(runs), output, error) != 0 ||
        write_p(runs_log_p(runs), output, error) != 0)
        return -1;
    if (request->flips > 0 && output_number(output, error, "\t", group->flips.p, 6) != 0)
        return -1;
    if (write_interval(request, group, runs_further_interval(runs), output, error) != 0 ||
        output_integer(output, error, "\t", group->above) != 0)
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

/* Ends the cluster before, if the row at hand begins another. */
static int enter_cluster(struct group *group, const struct table *table,
                         const struct columns *columns, const char *name, struct error *error) {
    const int next = ascend(&group->last, table, columns->cluster, name, error);
    if (next == 1)
        runs_end_cluster(&group->rate);
    return next < 0 ? -1 : 0;
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
            group_of(s, s->request->rate[i].test, table, columns->group, NULL, error);
        if (group == NULL)
            return -1;
        if (isnan(p)) {
            group->undefined++;
            continue;
        }
        if (s->request->cluster != NULL &&
            enter_cluster(group, table, columns, s->request->cluster, error) != 0)
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

static int add_number(struct group *group, double number, struct error *error) {
    double *grown = grow(group->number, &group->room, group->numbers + 1, SIZE_MAX, sizeof *grown);
    if (grown == NULL)
        return no_memory(error);
    group->number = grown;
    group->number[group->numbers++] = number;
    return 0;
}

static int add_draw(struct group *group, double size, struct error *error) {
    group->draws++;
    return isnan(size) ? 0 : add_number(group, size, error);
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
        struct group *group = group_of(s, "", table, columns.group, NULL, error);
        if (group == NULL || table_number(table, columns.rank, &value, error) != 0 ||
            add_draw(group, fabs(value), error) != 0)
            return -1;
    }
    for (size_t i = 0; i < s->groups; i++)
        if (s->group[i]->numbers > 0)
            qsort(s->group[i]->number, s->group[i]->numbers, sizeof(double), ascending);
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
    size_t low = 0, high = group->numbers;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (group->number[middle] >= size)
            high = middle;
        else
            low = middle + 1;
    }
    return group->numbers - low;
}

static int rank_row(struct summary *s, const struct table *table, const struct columns *columns,
                    struct output *output, struct error *error) {
    double value, p = NAN;
    if (table_number(table, columns->rank, &value, error) != 0 ||
        make_key(s, "", table, columns->group, NULL, error) != 0)
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

/* --- Holm's method ---------------------------------------------------------------------------- */

/* Keeps the text of the row at hand. */
static int hold_text(struct held *held, const char *text, char end, struct error *error) {
    const size_t length = strlen(text);
    char *grown = grow(held->text, &held->text_room, held->used + length + 1, SIZE_MAX, 1);
    if (grown == NULL)
        return no_memory(error);
    held->text = grown;
    memcpy(held->text + held->used, text, length);
    held->used += length;
    held->text[held->used++] = end;
    return 0;
}

static int hold_row(struct summary *s, const struct table *table, const struct columns *columns,
                    struct error *error) {
    struct held *held = &s->held;
    double log_p;
    struct group *group = group_of(s, "", table, columns->group, NULL, error);
    if (group == NULL || table_log_p(table, columns->holm, &log_p, error) != 0)
        return -1;
    struct group **grown =
        grow(held->group, &held->room, held->rows + 1, SIZE_MAX, sizeof(struct group *));
    if (grown == NULL)
        return no_memory(error);
    held->group = grown;
    held->group[held->rows++] = isnan(log_p) ? NULL : group;
    if (!isnan(log_p) && add_number(group, log_p, error) != 0)
        return -1;
    for (size_t i = 0; i < table->columns; i++)
        if (hold_text(held, table->field[i], i + 1 < table->columns ? '\t' : '\0', error) != 0)
            return -1;
    return 0;
}

static int write_held(const struct summary *s, struct output *output, struct error *error) {
    for (size_t i = 0; i < s->groups; i++) {
        struct group *group = s->group[i];
        if (adjust_holm(group->number, group->numbers, group->number, error) != 0)
            return -1;
    }
    const char *text = s->held.text;
    for (size_t i = 0; i < s->held.rows; i++) {
        struct group *group = s->held.group[i];
        const double log_p = group != NULL ? group->number[group->written++] : NAN;
        if (output_text(output, error, text) != 0 || write_p(log_p, output, error) != 0 ||
            output_text(output, error, "\n") != 0)
            return -1;
        text += strlen(text) + 1;
    }
    return 0;
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
                               "\t%ss\tmean\tsd\tlow\thigh\tp_mean%s\tfurther_low\tfurther_high\t"
                               "above_0%s\tundefined\n",
                               request->unit, request->flips > 0 ? "\tp_max" : "",
                               request->p_value != NULL ? "\tp_below_05" : "");
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

static int write_groups(struct summary *s, struct output *output, struct error *error) {
    const struct request *request = s->request;
    if (!s->named && write_names(request, output, error) != 0)
        return -1;
    s->named = true;
    for (size_t i = 0; i < s->groups; i++)
        if ((request->rates > 0 ? write_rate : write_mean)(request, s->group[i], output, error) !=
            0)
            return -1;
    return 0;
}

/* Writes the groups of --sorted that are complete. */
static int leave_section(struct summary *s, const struct table *table,
                         const struct columns *columns, struct output *output,
                         struct error *error) {
    const int next = ascend(&s->section, table, columns->sorted, s->request->sorted, error);
    if (next < 1 || s->groups == 0)
        return next < 0 ? -1 : 0;
    if (write_groups(s, output, error) != 0)
        return -1;
    free_groups(s);
    return 0;
}

/* Whether rows are copied, with a column of p. */
static bool copies(const struct request *request) {
    return request->rank != NULL || request->holm != NULL;
}

static int take_row(struct summary *s, const struct table *table, const struct columns *columns,
                    struct output *output, struct error *error) {
    if (s->request->rank != NULL)
        return rank_row(s, table, columns, output, error);
    if (s->request->holm != NULL)
        return hold_row(s, table, columns, error);
    if (s->request->sorted != NULL && leave_section(s, table, columns, output, error) != 0)
        return -1;
    return (s->request->rates > 0 ? rates_of_row : means_of_row)(s, table, columns, error);
}

static int read_table(struct summary *s, struct table *table, char **names, struct output *output,
                      struct error *error) {
    struct columns columns;
    if (find_columns(s->request, table, &columns, error) != 0 ||
        (copies(s->request) && copy_names(s->request, table, names, output, error) != 0))
        return -1;
    int more;
    while ((more = table_next(table, error)) == 1)
        if (take_row(s, table, &columns, output, error) != 0)
            return -1;
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

/* Writes what is known only when all rows have come. */
static int write_summary(struct summary *s, struct output *output, struct error *error) {
    const struct request *request = s->request;
    if (copies(request))
        return request->holm != NULL ? write_held(s, output, error) : 0;
    if (request->over != NULL && close_curves(s, error) != 0)
        return -1;
    return request->flips > 0 && flip(s, error) != 0 ? -1 : write_groups(s, output, error);
}

static int run(struct summary *s, char *const *paths, size_t count, struct output *output,
               struct error *error) {
    const struct request *request = s->request;
    return output_open(output, request->output, false, error) != 0 ||
                   (request->rank != NULL && read_draws(s, error) != 0) ||
                   read_tables(s, paths, count, output, error) != 0 ||
                   write_summary(s, output, error) != 0
               ? -1
               : output_commit(output, error);
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
