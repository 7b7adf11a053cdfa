/* Harmful characters in text of others, made visible or harmless: the control characters (C0, DEL,
 * C1), separators of lines and paragraphs, marks of the direction of writing (U+061C, U+200E,
 * U+200F, U+202A-U+202E, U+2066-U+206F), and bytes that are no UTF-8. */
#ifndef ENGRAM_ESCAPE_H
#define ENGRAM_ESCAPE_H

#include <stddef.h>

enum { ESCAPE_SIZE = 8 };

/* The JSON form of a byte of a string: \" for a quote, \u001b for a control character, most bytes
 * themselves. Returns its length, at most 6. */
size_t escape_json(char byte, char out[ESCAPE_SIZE]);

/* The next character of a text as a table or message shows it: as in JSON, harmful ones as \u202e,
 * and a byte that is no UTF-8 as \xff. Moves `*text` behind it and returns the length of what was
 * put into `out`, at most 6; 0 at the end of the text. */
size_t escape_next(const char **text, char out[ESCAPE_SIZE]);

/* Escapes a text for a message as escape_next does. One that does not fit into `size` bytes loses
 * its middle to "...", a digest of the whole and "...": two such texts stay distinct, if `size` is
 * 32 or more. */
void escape_fit(const char *text, char *buffer, size_t size);

/* Replaces each harmful character by '?', in place. */
void escape_clean(char *text);

#endif
