import TestSupport

@testable import TOML

/// A document's meaning as one line, the same from us and from tomllib.
enum Rendering {
    static func text(of bytes: [UInt8]) -> String {
        do { return text(.table(try TOMLDocument.parse(bytes))) } catch { return "-" }
    }

    static func text(_ value: TOMLValue) -> String {
        switch value {
        case .string(let text): "s" + hex(text)
        case .integer(let value): "i\(value)"
        case .float(let value): value.isNaN ? "fnan" : "f" + String(value.bitPattern, radix: 16)
        case .boolean(let value): value ? "T" : "F"
        case .localDate(let date): "d" + text(date)
        case .localTime(let time): "t" + text(time)
        case .localDateTime(let moment): "l" + text(moment.date) + "/" + text(moment.time)
        case .offsetDateTime(let moment):
            "o" + text(moment.local.date) + "/" + text(moment.local.time) + "/\(moment.offsetMinutes)"
        case .array(let values): "[" + values.map { text($0) }.joined(separator: ",") + "]"
        case .table(let table):
            "{" + table.members.map { hex($0.key) + "=" + text($0.value) }.joined(separator: ",") + "}"
        }
    }

    private static func text(_ date: TOMLLocalDate) -> String { "\(date.year)-\(date.month)-\(date.day)" }

    /// To microseconds, which is all that Python keeps.
    private static func text(_ time: TOMLLocalTime) -> String {
        "\(time.hour):\(time.minute):\(time.second).\(time.nanosecond / 1000)"
    }

    private static func hex(_ text: String) -> String {
        text.utf8.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
    }

    /// Python's own reader. What it cannot represent (integers beyond 64 bits, the year 0) it is told to refuse.
    static let tomllib = PythonProgram(
        """
        import datetime, struct, sys, tomllib
        def time(t): return f"{t.hour}:{t.minute}:{t.second}.{t.microsecond}"
        def date(d): return f"{d.year}-{d.month}-{d.day}"
        def text(v):
            if isinstance(v, bool): return "T" if v else "F"
            if isinstance(v, str): return "s" + v.encode().hex()
            if isinstance(v, int):
                if not -2**63 <= v < 2**63: raise ValueError("too large")
                return f"i{v}"
            if isinstance(v, float):
                return "fnan" if v != v else "f" + format(struct.unpack(">Q", struct.pack(">d", v))[0], "x")
            if isinstance(v, datetime.datetime):
                if v.tzinfo is None: return "l" + date(v) + "/" + time(v)
                return "o" + date(v) + "/" + time(v) + f"/{int(v.utcoffset().total_seconds() // 60)}"
            if isinstance(v, datetime.date): return "d" + date(v)
            if isinstance(v, datetime.time): return "t" + time(v)
            if isinstance(v, list): return "[" + ",".join(text(e) for e in v) + "]"
            return "{" + ",".join(k.encode().hex() + "=" + text(e) for k, e in v.items()) + "}"
        out = []
        for line in sys.stdin.read().splitlines():
            try:
                out.append(text(tomllib.loads(bytes.fromhex(line).decode())))
            except (ValueError, RecursionError):
                out.append("-")
        print("\\n".join(out))
        """)
}
