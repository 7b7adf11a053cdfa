"""The replication of `make all`, as one would write it in Python: each network through both phases, to r of its
biases and of its weights: rows of seed (the name of the initial network), scope, r.

    replication.py numpy|torch TABLE INITIAL..."""

import os
import sys

import common
import experiment


def main(library, table, *initials):
    make = experiment.maker(library)
    samples = experiment.data()
    with open(table, "w") as out:
        for initial in initials:
            network, _, _ = common.load_network(initial)
            tallies, _, differences = experiment.run(make, network, samples)
            for scope, pairs in experiment.pairs_of(tallies, differences)[2].items():
                out.write(f"{os.path.basename(initial)}\t{scope}\t{experiment.correlate(*pairs)[0]:.9g}\n")


main(*sys.argv[1:])
