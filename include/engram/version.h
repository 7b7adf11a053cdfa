/* The version every program prints. */
#ifndef ENGRAM_VERSION_H
#define ENGRAM_VERSION_H

#define ENGRAM_VERSION "0.1.0"

#endif
