/* Images by their pixels that are not black: one, and many in one array. */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "engram/grow.h"
#include "kernel.h"

/* The bits set in 0 .. 15: where they are, in order, and how many. */
static const uint32_t bits_at[16][4] = {
    {0}, {0},    {1},    {0, 1},    {2},    {0, 2},    {1, 2},    {0, 1, 2},
    {3}, {0, 3}, {1, 3}, {0, 1, 3}, {2, 3}, {0, 2, 3}, {1, 2, 3}, {0, 1, 2, 3}};
static const uint8_t bits_set[16] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};

/* No branch depends on a pixel, for no processor could foretell it: what is listed in vain, a black
 * word or pixel, is overwritten by the next. */
void sparse_list(struct sparse *sparse, const uint8_t *image, size_t pixels) {
    enum { WORD = 8, PART = 1024 };
    const uint64_t ones = 0x0101010101010101, low = 0x7f * ones, even = 0x00ff00ff00ff00ff;
    uint32_t *const list = sparse->pixel;
    size_t count = 0;
    uint64_t sum = 0;
    for (size_t start = 0; start < pixels; start += PART) {
        const size_t end = pixels - start < PART ? pixels : start + PART;
        uint32_t words[PART / WORD];
        size_t used = 0, j = start;
        for (; end - j >= WORD; j += WORD) {
            uint64_t word;
            memcpy(&word, image + j, WORD);
            words[used] = (uint32_t)j;
            used += word != 0;
        }
        uint64_t sums = 0; /* four of 16 bits */
        for (size_t k = 0; k < used; k++) {
            uint64_t word;
            memcpy(&word, image + words[k], WORD);
            word = le64toh(word);
            sums += (word & even) + (word >> 8 & even);
            const uint64_t marks = (((word & low) + low) | word) >> 7 & ones; /* of bytes not 0 */
            const size_t bits = marks * 0x0102040810204080 >> 56;
            for (size_t half = 0; half < WORD; half += 4) {
                const size_t four = bits >> half & 15;
                for (size_t i = 0; i < 4; i++)
                    list[count + i] = words[k] + (uint32_t)half + bits_at[four][i];
                count += bits_set[four];
            }
        }
        for (; sums != 0; sums >>= 16)
            sum += sums & 0xffff;
        for (; j < end; j++) {
            list[count] = (uint32_t)j;
            count += image[j] != 0;
            sum += image[j];
        }
    }
    sparse->image = image;
    sparse->count = count;
    sparse->sum = sum;
}

struct net_images {
    struct sparse image[NET_IMAGES];
    uint32_t *pixel; /* the lists of all, one behind the other */
    size_t room;     /* of pixel */
};

struct net_images *net_images_create(struct error *error) {
    struct net_images *images = calloc(1, sizeof *images);
    if (images == NULL)
        error_errno(error, "cannot list images");
    return images;
}

int net_images_list(struct net_images *images, const uint8_t *pixels, size_t count, size_t size,
                    struct error *error) {
    uint32_t *grown =
        grow(images->pixel, &images->room, count * size + SPARSE_BEYOND, SIZE_MAX, sizeof *grown);
    if (grown == NULL)
        return error_errno(error, "cannot list images");
    images->pixel = grown;
    for (size_t n = 0, used = 0; n < count; used += images->image[n++].count) {
        images->image[n].pixel = grown + used;
        sparse_list(&images->image[n], pixels + n * size, size);
    }
    return 0;
}

const struct sparse *net_images_sparse(const struct net_images *images, size_t n) {
    return &images->image[n];
}

void net_images_free(struct net_images *images) {
    if (images != NULL)
        free(images->pixel);
    free(images);
}
