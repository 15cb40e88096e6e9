"""Makes a language model of some thousand weights in the GGUF format, one token for every byte."""

from __future__ import annotations

import struct
from pathlib import Path

EMBEDDING, FEED_FORWARD, HEADS, CONTEXT, ALIGNMENT = 32, 64, 2, 32768, 32
UNKNOWN, CONTROL, BYTE = 2, 3, 6
TEMPLATE = "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}assistant: "


def write_model(path: Path) -> None:
    """Its weights make the lower of two bytes always the likelier one, whatever was written before."""
    tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    kinds = [UNKNOWN, CONTROL, CONTROL] + [BYTE] * 256
    head = b"".join(
        [
            _text("general.architecture", "llama"), _text("general.name", "tiny"),
            _number("llama.context_length", CONTEXT), _number("llama.embedding_length", EMBEDDING),
            _number("llama.block_count", 1), _number("llama.feed_forward_length", FEED_FORWARD),
            _number("llama.attention.head_count", HEADS), _number("llama.rope.dimension_count", EMBEDDING // HEADS),
            _real("llama.attention.layer_norm_rms_epsilon", 1e-5), _text("tokenizer.ggml.model", "llama"),
            _array("tokenizer.ggml.tokens", 8, [_string(token) for token in tokens]),
            _array("tokenizer.ggml.scores", 6, [struct.pack("<f", 0.0)] * len(tokens)),
            _array("tokenizer.ggml.token_type", 5, [struct.pack("<i", kind) for kind in kinds]),
            _number("tokenizer.ggml.bos_token_id", 1), _number("tokenizer.ggml.eos_token_id", 2),
            _number("tokenizer.ggml.unknown_token_id", 0), _text("tokenizer.chat_template", TEMPLATE),
        ]
    )
    shapes = {
        "token_embd.weight": (EMBEDDING, len(tokens)), "output_norm.weight": (EMBEDDING,),
        "output.weight": (EMBEDDING, len(tokens)), "blk.0.attn_norm.weight": (EMBEDDING,),
        "blk.0.ffn_norm.weight": (EMBEDDING,), "blk.0.ffn_gate.weight": (EMBEDDING, FEED_FORWARD),
        "blk.0.ffn_up.weight": (EMBEDDING, FEED_FORWARD), "blk.0.ffn_down.weight": (FEED_FORWARD, EMBEDDING),
    }
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        shapes[f"blk.0.{name}.weight"] = (EMBEDDING, EMBEDDING)
    infos, data = b"", b""
    for name, shape in shapes.items():
        count = shape[0] * (shape[1] if len(shape) == 2 else 1)
        if len(shape) == 1:
            weights = [1.0] * count
        elif name == "token_embd.weight":
            weights = [1.0] * count
        elif name == "output.weight":
            weights = [-token / EMBEDDING for token in range(len(tokens)) for _ in range(EMBEDDING)]
        else:
            weights = [0.0] * count
        infos += _string(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        infos += struct.pack("<IQ", 0, len(data))
        data += _padded(struct.pack(f"<{count}f", *weights))
    start = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), 17) + head + infos
    path.write_bytes(_padded(start) + data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % ALIGNMENT)


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _text(key: str, value: str) -> bytes:
    return _string(key) + struct.pack("<I", 8) + _string(value)


def _number(key: str, value: int) -> bytes:
    return _string(key) + struct.pack("<II", 4, value)


def _real(key: str, value: float) -> bytes:
    return _string(key) + struct.pack("<If", 6, value)


def _array(key: str, kind: int, values: list[bytes]) -> bytes:
    return _string(key) + struct.pack("<IIQ", 9, kind, len(values)) + b"".join(values)
