/* Python source to a flat tree: one call per file, so that the caller crosses the border once and then walks an array. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <tree_sitter/api.h>

#define EXPORT __attribute__((visibility("default")))

/* Deeper nodes are left out: CPython refuses such code (100 levels of indentation, 200 of brackets), only chains of operators go further. */
#define DEEPEST 600

/* tree-sitter calls back every hundred steps. Healthy code takes about two steps a byte; broken code can take far more. */
#define STEPS_PER_CALL 100
#define STEPS_PER_BYTE 64
#define STEPS_AT_LEAST 4000000

enum { LS_MISSING = 1, LS_ERRORS_INSIDE = 2, LS_CUT = 4 };
enum { LS_OK = 0, LS_NO_MEMORY = 1, LS_GAVE_UP = 2 };

/* Mirrored by Syntax/NativeNode.cs. */
typedef struct {
    uint16_t symbol; /* 65535: a part that could not be parsed */
    uint8_t field;
    uint8_t flags;
    uint32_t start, end; /* bytes */
    uint32_t size;       /* nodes of the subtree, itself included */
    int32_t parent;      /* -1: the root */
} ls_node;

typedef struct {
    TSParser *parser;
    ls_node *nodes;
    uint32_t count, capacity;
    uint64_t steps_left;
    TSSymbol keyword_async;
} ls_parser;

const TSLanguage *tree_sitter_python(void);

EXPORT uint32_t ls_symbol_count(void) { return ts_language_symbol_count(tree_sitter_python()); }

EXPORT const char *ls_symbol_name(uint32_t symbol) {
    const TSLanguage *python = tree_sitter_python();
    return ts_language_symbol_type(python, (TSSymbol)symbol) == TSSymbolTypeAuxiliary ? "" : ts_language_symbol_name(python, (TSSymbol)symbol);
}

EXPORT int32_t ls_symbol_is_named(uint32_t symbol) {
    return ts_language_symbol_type(tree_sitter_python(), (TSSymbol)symbol) == TSSymbolTypeRegular;
}

EXPORT uint32_t ls_field_count(void) { return ts_language_field_count(tree_sitter_python()); }

EXPORT const char *ls_field_name(uint32_t field) {
    const char *name = ts_language_field_name_for_id(tree_sitter_python(), (TSFieldId)field);
    return name ? name : "";
}

EXPORT void ls_parser_delete(ls_parser *self) {
    if (self == NULL)
        return;
    ts_parser_delete(self->parser);
    free(self->nodes);
    free(self);
}

EXPORT ls_parser *ls_parser_new(void) {
    ls_parser *self = calloc(1, sizeof *self);
    if (self == NULL)
        return NULL;
    self->parser = ts_parser_new();
    if (self->parser == NULL || !ts_parser_set_language(self->parser, tree_sitter_python())) {
        ls_parser_delete(self);
        return NULL;
    }
    self->keyword_async = ts_language_symbol_for_name(tree_sitter_python(), "async", 5, false);
    return self;
}

static bool out_of_steps(TSParseState *state) {
    ls_parser *self = state->payload;
    if (self->steps_left < STEPS_PER_CALL)
        return true;
    self->steps_left -= STEPS_PER_CALL;
    return false;
}

typedef struct {
    const char *text;
    uint32_t length;
} input;

static const char *read_input(void *payload, uint32_t at, TSPoint position, uint32_t *length) {
    const input *text = payload;
    (void)position;
    *length = at < text->length ? text->length - at : 0;
    return *length > 0 ? text->text + at : "";
}

static ls_node *add(ls_parser *self) {
    if (self->count == self->capacity) {
        uint32_t capacity = self->capacity ? self->capacity * 2 : 16384;
        ls_node *nodes = capacity > self->capacity ? realloc(self->nodes, (size_t)capacity * sizeof *nodes) : NULL;
        if (nodes == NULL)
            return NULL;
        self->nodes = nodes;
        self->capacity = capacity;
    }
    return &self->nodes[self->count++];
}

/* Punctuation and keywords are left out, except where they have a meaning of their own: operators (they have a field) and `async`. */
static bool is_kept(const ls_parser *self, TSNode node, TSFieldId field) {
    if (ts_node_is_named(node) || ts_node_symbol(node) == self->keyword_async)
        return true;
    return field != 0 && strchr(",()[]{}:", ts_node_type(node)[0]) == NULL;
}

static int flatten(ls_parser *self, const TSTree *tree) {
    TSTreeCursor cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    int32_t parents[DEEPEST + 1]; /* the kept node at each depth of the cursor */
    uint32_t depth = 0;
    int result = LS_OK;
    for (;;) {
        TSNode node = ts_tree_cursor_current_node(&cursor);
        TSFieldId field = ts_tree_cursor_current_field_id(&cursor);
        int32_t above = depth > 0 ? parents[depth - 1] : -1;
        parents[depth] = above;
        if (depth == 0 || is_kept(self, node, field)) {
            parents[depth] = (int32_t)self->count;
            ls_node *kept = add(self);
            if (kept == NULL) {
                result = LS_NO_MEMORY;
                break;
            }
            *kept = (ls_node){
                .symbol = ts_node_symbol(node),
                .field = (uint8_t)field,
                .flags = (uint8_t)((ts_node_is_missing(node) ? LS_MISSING : 0) | (ts_node_has_error(node) ? LS_ERRORS_INSIDE : 0)),
                .start = ts_node_start_byte(node),
                .end = ts_node_end_byte(node),
                .size = 1,
                .parent = above,
            };
        }
        if (depth < DEEPEST && ts_tree_cursor_goto_first_child(&cursor)) {
            depth++;
            continue;
        }
        if (depth == DEEPEST && parents[depth] >= 0)
            self->nodes[parents[depth]].flags |= LS_CUT;
        bool more;
        while (!(more = ts_tree_cursor_goto_next_sibling(&cursor)) && depth > 0 && ts_tree_cursor_goto_parent(&cursor))
            depth--;
        if (!more)
            break;
    }
    ts_tree_cursor_delete(&cursor);

    /* Children stand behind their parents. */
    for (uint32_t i = self->count; i-- > 1;)
        if (self->nodes[i].parent >= 0)
            self->nodes[self->nodes[i].parent].size += self->nodes[i].size;
    return result;
}

/* The nodes are the parser's and stay until its next call. */
EXPORT int32_t ls_parser_parse(ls_parser *self, const char *text, uint32_t length, const ls_node **nodes, uint32_t *count) {
    input source = {text, length};
    self->count = 0;
    self->steps_left = STEPS_AT_LEAST + (uint64_t)length * STEPS_PER_BYTE;
    *nodes = NULL;
    *count = 0;
    ts_parser_reset(self->parser);
    TSTree *tree = ts_parser_parse_with_options(
        self->parser, NULL, (TSInput){.payload = &source, .read = read_input, .encoding = TSInputEncodingUTF8},
        (TSParseOptions){.payload = self, .progress_callback = out_of_steps});
    if (tree == NULL)
        return LS_GAVE_UP;
    int result = flatten(self, tree);
    ts_tree_delete(tree);
    *nodes = self->nodes;
    *count = self->count;
    return result;
}
