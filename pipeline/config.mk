# Every variable a user may set on the command line, with its default.

# --- building
ifneq ($(filter default undefined,$(origin CC)),)
CC := gcc
endif
OPTIMIZE ?= -O3
CFLAGS ?=
LDFLAGS ?=
WERROR ?=
SANITIZE ?=
PREFIX ?= /usr/local
DESTDIR ?=
