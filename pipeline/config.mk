# Every variable a user may set on the command line, with its default.

# --- building
CC ?= gcc
OPTIMIZE ?= -O3
CFLAGS ?=
LDFLAGS ?=
WERROR ?=
SANITIZE ?=
PREFIX ?= /usr/local
DESTDIR ?=
