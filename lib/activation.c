/* The table of activations. */
#include "engram/activation.h"

#include "engram/names.h"

static const char *const activations[] = {
#define ROW(NAME, name, exponent) name,
    NET_ACTIVATION_ROWS(ROW)
#undef ROW
};

static const struct names names = {"activation", activations, NET_ACTIVATIONS, sizeof *activations};

const char *net_activation_name(enum net_activation activation) {
    return activations[activation];
}

enum net_activation net_activation_named(const char *name, struct error *error) {
    return (enum net_activation)names_find(&names, name, error);
}

void net_list_activations(char *text, size_t size) {
    names_list(&names, text, size);
}
