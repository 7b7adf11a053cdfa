/* Grafts: BASE with the parameters of DONOR that a score chooses, in the three parameter files; and
 * the networks they are, for several k at once. */
#ifndef ENGRAM_GRAFT_H
#define ENGRAM_GRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engram/choose.h"
#include "engram/error.h"
#include "engram/io.h"
#include "engram/net.h"
#include "engram/params.h"

struct graft {
    struct params params; /* BASE, DONOR, SCORE */
    struct choice choice;
    uint8_t *first; /* choose.h, of the tensors that may be grafted, one behind the other */
    size_t room;
    size_t *start;       /* [params.tensors] where a tensor's begin, or GRAFT_NOT */
    uint64_t of, ranked; /* parameters that may be grafted, and those whose score is not NaN */
};

#define GRAFT_NOT SIZE_MAX

/* Opens the files and checks that what is selected of them matches, those of BASE and DONOR with
 * their dtypes. The rest of BASE stays as it is. */
int graft_open(struct graft *graft, char *base, char *donor, char *score,
               struct st_selection *selection, struct error *error);

/* Reads the score and ranks it, in each tensor of these names or, if `together`, in all of them;
 * without names, all tensors. */
int graft_choose(struct graft *graft, const struct choice *choice, bool together,
                 const char *const *names, size_t count, struct error *error);

/* Loads BASE and DONOR into net[0] and net[1], and makes the graft of k number j, net[2 + j]; the
 * caller frees what there is, also after an error. Refuses networks whose outputs cannot be
 * compared. If `keep`, what pipes give is there for graft_write too. */
int graft_networks(struct graft *graft, bool keep, struct net **net, struct error *error);

/* Writes the graft of the first k, with BASE's metadata: the bytes of one file or the other, of
 * what is left out BASE's. */
int graft_write(struct graft *graft, struct output *output, struct error *error);

/* Checks the ends of the files. */
int graft_finish(struct graft *graft, struct error *error);

void graft_close(struct graft *graft);

#endif
