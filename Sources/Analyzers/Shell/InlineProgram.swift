/// A program given as text to an interpreter (`node -e`, `python -c`), judged by what it names.
struct InlineProgram {
    let code: [UInt8]

    private static let networkMarks = [
        "'http'", "'https'", "'http2'", "'net'", "'tls'", "'dns'", "'dgram'", "\"http\"", "\"https\"", "\"http2\"",
        "\"net\"", "\"tls\"", "\"dns\"", "\"dgram\"", "node:http", "node:net", "node:tls", "node:dns", "node:dgram",
        "`http`", "`https`", "`net`", "`dns`", "fetch(", "axios", "node-fetch", "undici", "needle", "xmlhttprequest",
        "websocket", "import('http", "import(\"http", "urllib", "requests.", "import requests", "socket", "httplib",
        "http.client", "httpx", "ftplib", "smtplib", "lwp::", "net::http", "open-uri", "fsockopen", "curl ", "wget ",
        "curl_", "file_get_contents('http", "file_get_contents(\"http", "require('got')", "require(\"got\")",
        "require('request')", "require(\"request\")", "bun.connect", "deno.connect", "io::socket",
    ]
    private static let decodeMarks = [
        "base64", "atob(", "fromcharcode", "unescape(", "'hex'", "\"hex\"", "b64decode", "fromhex", "unhexlify",
        "zlib", "marshal", "codecs.decode", "decode_base64", "unpack(", "rot13", "chr(",
    ]
    private static let runMarks = [
        "eval(", "eval ", "function(", "child_process", "execsync", "exec(", "spawn", "vm.run", "runinthiscontext",
        "os.system", "subprocess", "popen", "system(", "globalthis[", "__import__", "compile(", "`;", "instance_eval",
    ]

    private var lowered: [UInt8] { code.lowercasedASCII().filter { $0 != UInt8(ascii: "\\") } }

    var usesNetwork: Bool { Self.names(Self.networkMarks, in: lowered) }

    /// Whether it decodes something and has a way to run it.
    var decodesAndRuns: Bool {
        let text = lowered
        return Self.names(Self.decodeMarks, in: text) && Self.names(Self.runMarks, in: text)
    }

    private static func names(_ marks: [String], in text: [UInt8]) -> Bool {
        marks.contains { text.contains(text: $0) }
    }

    /// Whether it does nothing but load one named file or module, read properties of it, print fixed text or leave:
    /// no more than `node that-file.js` would.
    var isInert: Bool {
        var rest = code.trimmedASCII()[...]
        if rest.hasPrefix("try") { rest = Self.insideTry(rest) ?? rest }
        while true {
            rest = rest.drop { $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
            if rest.isEmpty { return true }
            guard let after = Self.afterInertStatement(rest) else { return false }
            guard after.isEmpty || after.first == UInt8(ascii: ";") || after.first == UInt8(ascii: "\n") else {
                return false
            }
            rest = after
        }
    }

    /// The body of `try { … } catch (e) {}`, nil when the text is anything else.
    private static func insideTry(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let compact = text.filter { $0 != UInt8(ascii: " ") }
        guard compact.hasPrefix("try{") else { return nil }
        for end in ["}catch(e){}", "}catch(err){}", "}catch(error){}", "}catch(_){}", "}catch{}", "}catch(ex){}"] {
            for closing in [end, end + ";"] where compact.hasSuffix(closing) {
                return compact.dropFirst(4).dropLast(closing.utf8.count)
            }
        }
        return nil
    }

    /// What follows one statement of the harmless kinds, nil when the text starts with anything else.
    private static func afterInertStatement(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        if text.hasPrefix("require(") {
            guard let loaded = afterLiteralCall(text, "require(") else { return nil }
            return afterProperties(loaded)
        }
        if text.hasPrefix("process.exit(") {
            let rest = text.dropFirst(13).drop { (0x30...0x39).contains($0) }
            return rest.first == UInt8(ascii: ")") ? rest.dropFirst() : nil
        }
        for name in ["process.versions.", "process.arch", "process.platform", "process.version", "process.config."]
        where text.hasPrefix(name) {
            return afterProperties(text.dropFirst("process".utf8.count))
        }
        for name in ["console.log(", "console.warn(", "console.info(", "console.error(", "print("] {
            if text.hasPrefix(name) { return afterLiteralCall(text, name) }
        }
        return nil
    }

    /// What follows `name('literal')`.
    private static func afterLiteralCall(_ text: ArraySlice<UInt8>, _ name: String) -> ArraySlice<UInt8>? {
        let arguments = text.dropFirst(name.utf8.count)
        guard let quote = arguments.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
        guard let end = arguments.dropFirst().firstIndex(of: quote) else { return nil }
        let after = arguments[(end + 1)...].drop { $0 == UInt8(ascii: " ") }
        return after.first == UInt8(ascii: ")") ? after.dropFirst() : nil
    }

    /// What follows `.name.name()`: reading properties and calling without arguments.
    private static func afterProperties(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = text
        while rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst().drop {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                    || $0 == UInt8(ascii: "_")
            }
            if rest.hasPrefix("()") { rest = rest.dropFirst(2) }
        }
        return rest
    }
}
