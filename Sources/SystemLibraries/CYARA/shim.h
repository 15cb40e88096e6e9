#ifndef JURAT_CYARA_H
#define JURAT_CYARA_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yara.h>

// Compiled rules in memory: libyara reads and writes them through streams only.
struct jurat_yara_bytes {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
    size_t position;
};

static inline size_t jurat_yara_write(const void *data, size_t size, size_t count, void *user) {
    struct jurat_yara_bytes *target = user;
    size_t length;
    if (__builtin_mul_overflow(size, count, &length)) return 0;
    if (length > target->capacity - target->count) {
        size_t capacity;
        if (__builtin_add_overflow(target->capacity, length, &capacity)) return 0;
        if (__builtin_mul_overflow(capacity, (size_t)2, &capacity)) return 0;
        uint8_t *grown = realloc(target->bytes, capacity);
        if (!grown) return 0;
        target->bytes = grown;
        target->capacity = capacity;
    }
    memcpy(target->bytes + target->count, data, length);
    target->count += length;
    return count;
}

static inline size_t jurat_yara_read(void *data, size_t size, size_t count, void *user) {
    struct jurat_yara_bytes *source = user;
    size_t length;
    if (size == 0 || __builtin_mul_overflow(size, count, &length)) return 0;
    size_t left = source->count - source->position;
    if (length > left) count = left / size;
    memcpy(data, source->bytes + source->position, size * count);
    source->position += size * count;
    return count;
}

static inline int jurat_yara_save(YR_RULES *rules, struct jurat_yara_bytes *target) {
    YR_STREAM stream = {target, jurat_yara_read, jurat_yara_write};
    return yr_rules_save_stream(rules, &stream);
}

static inline int jurat_yara_load(struct jurat_yara_bytes *source, YR_RULES **rules) {
    YR_STREAM stream = {source, jurat_yara_read, jurat_yara_write};
    return yr_rules_load_stream(&stream, rules);
}

// An include is refused with the line that asks for it.
static inline void jurat_yara_refuse_includes(YR_COMPILER *compiler) {
    yr_compiler_set_include_callback(compiler, (YR_COMPILER_INCLUDE_CALLBACK_FUNC)0, (YR_COMPILER_INCLUDE_FREE_FUNC)0, (void *)0);
}

static inline uint32_t jurat_yara_rule_count(const YR_RULES *rules) { return rules->num_rules; }

static inline const YR_RULE *jurat_yara_rule(const YR_RULES *rules, uint32_t index) {
    return &rules->rules_table[index];
}

static inline const char *jurat_yara_rule_name(const YR_RULE *rule) { return rule->identifier; }

static inline int jurat_yara_rule_is_private(const YR_RULE *rule) { return RULE_IS_PRIVATE(rule) ? 1 : 0; }

// The text of a rule's metadata under a name; NULL when it has none or it is no text.
static inline const char *jurat_yara_rule_meta(const YR_RULE *rule, const char *name) {
    const YR_META *meta;
    yr_rule_metas_foreach(rule, meta) {
        if (strcmp(meta->identifier, name) == 0) return meta->type == META_TYPE_STRING ? meta->string : "";
    }
    return (const char *)0;
}

// Where the first of a rule's strings was found; -1 when the condition held without any.
static inline int64_t jurat_yara_first_match(YR_SCAN_CONTEXT *context, YR_RULE *rule) {
    int64_t first = -1;
    YR_STRING *string;
    YR_MATCH *match;
    yr_rule_strings_foreach(rule, string) {
        yr_string_matches_foreach(context, string, match) {
            int64_t offset = match->base + match->offset;
            if (first < 0 || offset < first) first = offset;
        }
    }
    return first;
}

static inline const char *jurat_yara_module_name(const void *message) {
    return ((const YR_MODULE_IMPORT *)message)->module_name;
}

#endif
