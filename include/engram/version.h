/* The version every program prints. */
#ifndef ENGRAM_VERSION_H
#define ENGRAM_VERSION_H

#define ENGRAM_VERSION "0.2.0"

#endif
