#ifndef JURAT_CYAML_H
#define JURAT_CYAML_H

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

// libyaml's parser points into itself and its events are unions, so the parser lives on the heap here and every event is
// shown flat. `text` belongs to the event and is gone at the next call.

typedef struct {
    yaml_parser_t parser;
    yaml_event_t event;
    int has_event;
    unsigned char *bytes;
} jurat_yaml_reader;

typedef struct {
    yaml_event_type_t type;
    size_t line;                 // from 0
    size_t column;               // from 0, in characters
    size_t end_line;             // where the event's own text ends; not meaningful for the end of block collections
    size_t end_column;
    int is_flow;                 // starts of lists and mappings only: written with brackets
    const unsigned char *text;   // scalars only
    size_t length;
    int is_plain;                // scalars only: written without quotes and not as a block
    int has_anchor;
    int has_tag;
} jurat_yaml_event;

/// Copies `count` bytes and starts reading them as UTF-8; null when memory is out.
static inline jurat_yaml_reader *jurat_yaml_open(const void *bytes, size_t count) {
    jurat_yaml_reader *reader = (jurat_yaml_reader *)calloc(1, sizeof(jurat_yaml_reader));
    if (!reader) return NULL;
    reader->bytes = (unsigned char *)malloc(count ? count : 1);
    if (!reader->bytes || !yaml_parser_initialize(&reader->parser)) {
        free(reader->bytes);
        free(reader);
        return NULL;
    }
    if (count) memcpy(reader->bytes, bytes, count);
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, reader->bytes, count);
    return reader;
}

/// Reads the next event; 0 on a syntax error, which `jurat_yaml_problem` describes.
static inline int jurat_yaml_next(jurat_yaml_reader *reader, jurat_yaml_event *out) {
    if (reader->has_event) yaml_event_delete(&reader->event);
    reader->has_event = 0;
    if (!yaml_parser_parse(&reader->parser, &reader->event)) return 0;
    reader->has_event = 1;
    const yaml_event_t *event = &reader->event;
    memset(out, 0, sizeof(*out));
    out->type = event->type;
    out->line = event->start_mark.line;
    out->column = event->start_mark.column;
    out->end_line = event->end_mark.line;
    out->end_column = event->end_mark.column;
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        out->text = event->data.scalar.value;
        out->length = event->data.scalar.length;
        out->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        out->has_anchor = event->data.scalar.anchor != NULL;
        out->has_tag = event->data.scalar.tag != NULL;
        break;
    case YAML_SEQUENCE_START_EVENT:
        out->has_anchor = event->data.sequence_start.anchor != NULL;
        out->has_tag = event->data.sequence_start.tag != NULL;
        out->is_flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        break;
    case YAML_MAPPING_START_EVENT:
        out->has_anchor = event->data.mapping_start.anchor != NULL;
        out->has_tag = event->data.mapping_start.tag != NULL;
        out->is_flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        break;
    default:
        break;
    }
    return 1;
}

/// What the last error was, as a static text; never null.
static inline const char *jurat_yaml_problem(const jurat_yaml_reader *reader) {
    return reader->parser.problem ? reader->parser.problem : "unreadable";
}

/// The line of the last error, from 0.
static inline size_t jurat_yaml_problem_line(const jurat_yaml_reader *reader) {
    return reader->parser.problem_mark.line;
}

static inline void jurat_yaml_close(jurat_yaml_reader *reader) {
    if (reader->has_event) yaml_event_delete(&reader->event);
    yaml_parser_delete(&reader->parser);
    free(reader->bytes);
    free(reader);
}

#endif
