/* What lies at a map's edge and inside. */
#include "engram/regions.h"

#include <math.h>
#include <stdbool.h>

enum { ALL, EDGE, INSIDE };

/* An input: whether x is defined in some unit, and is the bias's in each; mean |y - bias y| over
 * the units where both are defined, NaN if nowhere. */
struct shade {
    bool known, black;
    double off;
};

static bool same(double x, double other) {
    return x == other || (!isfinite(x) && !isfinite(other));
}

static struct shade shade_of(const struct regions_map *map, size_t input) {
    struct shade shade = {false, true, 0};
    size_t both = 0;
    for (size_t i = 0, at = input; i < map->units; i++, at += map->inputs) {
        shade.known |= isfinite(map->x[at]);
        shade.black &= same(map->x[at], map->bias_x[i]);
        if (isfinite(map->y[at]) && isfinite(map->bias_y[i])) {
            shade.off += fabs(map->y[at] - map->bias_y[i]);
            both++;
        }
    }
    shade.black &= shade.known;
    shade.off = both > 0 ? shade.off / (double)both : NAN;
    return shade;
}

static void add(struct region *region, const struct shade *shade, double r) {
    const bool dark = shade->black && shade->off < REGIONS_DARK;
    region->inputs++;
    region->undefined += isnan(r) ? 1 : 0;
    region->black += shade->black;
    region->dark += dark;
    if (dark && !(shade->off <= region->off))
        region->off = shade->off;
    if (dark || isnan(r))
        return;
    region->pixels++;
    region->negative += r < 0;
    region->mean_r += r;
    region->mean_abs_r += fabs(r);
}

static bool at_edge(size_t place, size_t size) {
    return 7 * (place + 1) <= size || 7 * (place + 1) > 6 * size;
}

void regions_measure(const struct regions_map *map, struct region region[REGIONS]) {
    static const char *const names[REGIONS] = {"all", "edge", "inside"};
    const bool biased = map->x != NULL && map->bias_x != NULL;
    bool known = false;
    for (size_t k = 0; k < REGIONS; k++)
        region[k] = (struct region){.name = names[k], .off = NAN};
    for (size_t j = 0; j < map->inputs; j++) {
        const struct shade shade = biased ? shade_of(map, j) : (struct shade){.off = NAN};
        const size_t at = map->at != NULL ? map->at[j] : j;
        const bool edge = at_edge(at / map->cols, map->rows) || at_edge(at % map->cols, map->cols);
        known |= shade.known;
        add(&region[ALL], &shade, map->r[j]);
        add(&region[edge ? EDGE : INSIDE], &shade, map->r[j]);
    }
    for (size_t k = 0; k < REGIONS; k++) {
        if (!known)
            region[k].black = region[k].dark = UINT64_MAX;
        region[k].mean_r /= (double)region[k].pixels;
        region[k].mean_abs_r /= (double)region[k].pixels;
    }
}
