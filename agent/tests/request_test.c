/* The way to a context variable's value, over tries made by hand. Built with sanitizers: what lies beyond a node must not be read. */
#include "../request.c"

#include <stdio.h>
#include <stdlib.h>

static int failed;

#define EXPECT(condition)                                                                                                          \
    do {                                                                                                                           \
        if (!(condition)) {                                                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                        \
            failed++;                                                                                                              \
        }                                                                                                                          \
    } while (0)

uint32_t ls_python_version(void) { return 0x030b02f0; }

static unsigned long long number_of(void *value) { return *(unsigned long long *)((char *)value + 16); }

struct type { void *head[3]; const char *name; };

static struct type bitmap_type = {{0}, "hamt_bitmap_node"}, array_type = {{0}, "hamt_array_node"}, collision_type = {{0}, "hamt_collision_node"};
static struct type foreign_type = {{0}, "dict"}, number_type = {{0}, "int"}, text_type = {{0}, "str"};

/* Exactly as large as asked for, so that a sanitizer sees what is read beyond. */
static void **node(struct type *type, size_t words) {
    void **made = calloc(words, sizeof *made);
    made[1] = type;
    return made;
}

static void **value(struct type *type, unsigned long long number) {
    void **made = node(type, 3);
    memcpy(&made[2], &number, sizeof number);
    return made;
}

static void **bitmap(uint32_t bits) {
    void **made = node(&bitmap_type, 4 + 2 * (size_t)__builtin_popcount(bits));
    memcpy(&made[3], &bits, sizeof bits);
    return made;
}

/* A thread whose context has that root. */
static uint64_t found(void *root) {
    void **thread = node(NULL, 29), **context = node(NULL, 4), **trie = node(NULL, 3);
    thread[request.context / 8] = context;
    context[3] = trie;
    trie[2] = root;
    uint64_t number = ls_request_of(thread);
    context[3] = NULL;
    EXPECT(ls_request_of(thread) == 0);
    thread[request.context / 8] = NULL;
    EXPECT(ls_request_of(thread) == 0);
    free(trie), free(context), free(thread);
    return number;
}

int main(void) {
    int mine, other;
    void **seven = value(&number_type, 7);
    request.variable = &mine;
    request.context = 224;
    request.number_type = &number_type;
    request.number_of = number_of;
    /* Five bits a level: 3, 30, 0, ... */
    request.hash = 3 | 30 << 5;

    EXPECT(found(NULL) == 0);
    void **leaf = bitmap(1u << 1 | 1u << 3 | 1u << 31);
    leaf[4] = leaf[8] = &other, leaf[5] = leaf[9] = seven, leaf[6] = &mine, leaf[7] = seven;
    EXPECT(found(leaf) == 7);
    leaf[6] = &other;
    EXPECT(found(leaf) == 0);
    leaf[6] = &mine, leaf[7] = value(&text_type, 9);
    EXPECT(found(leaf) == 0);
    EXPECT(found(bitmap(1u << 4 | 1u << 2)) == 0);

    /* A node below: its entry has no key. */
    void **below = bitmap(1u << 30);
    below[4] = &mine, below[5] = seven;
    leaf[6] = NULL, leaf[7] = below;
    EXPECT(found(leaf) == 7);

    void **array = node(&array_type, 2 + 32 + 1);
    EXPECT(found(array) == 0);
    array[2 + 3] = below;
    EXPECT(found(array) == 7);

    void **collision = node(&collision_type, 4 + 4);
    collision[2] = (void *)4, collision[4] = &other, collision[5] = seven, collision[6] = &mine, collision[7] = seven;
    array[2 + 3] = collision;
    EXPECT(found(array) == 7);
    collision[6] = &other;
    EXPECT(found(array) == 0);

    EXPECT(found(node(&foreign_type, 4)) == 0);
    foreign_type.name = NULL;
    EXPECT(found(node(&foreign_type, 4)) == 0);
    /* No trie is as deep as one that leads back to itself. */
    request.hash = 0;
    array[2] = array;
    EXPECT(found(array) == 0);

    printf("%d passed, %d failed (agent, requests)\n", failed == 0, failed != 0);
    return failed != 0;
}
