/// What known functions and properties do, by their paths.
///
/// A table's line has the effects and the paths that have them. `a.*` stands for everything below `a` that has no line
/// of its own; a call's result is `()`.
enum JavaScriptVocabulary {
    typealias Table = [(effects: Effects, paths: String)]

    private static let globals = lookup([globalTable, processTable, runtimeTable])
    private static let modules = lookup([fileTable, networkTable, processModuleTable, systemTable, packageTable])

    private struct Lookup {
        var exact: [String: Effects] = [:]
        /// By `a` what the lines of `a.*` say.
        var below: [String: Effects] = [:]
    }

    private static func lookup(_ tables: [Table]) -> Lookup {
        var lookup = Lookup()
        for line in tables.joined() {
            for path in line.paths.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                lookup.exact[String(path), default: []].formUnion(line.effects)
                if path.hasSuffix(".*") { lookup.below[String(path.dropLast(2)), default: []].formUnion(line.effects) }
            }
        }
        return lookup
    }

    /// The beginnings of all paths that anything is known of, up to their first dot or bracket.
    private static let beginnings: Set<String> = {
        let paths = [
            Array(globals.exact.keys), Array(modules.exact.keys), Array(handleNames), Array(foldableNames),
            Array(globalLoaders), Array(moduleLoaders), aliases.map(\.0), JavaScriptPathFacts.resultPaths,
        ]
        return Set(paths.joined().map(beginning))
    }()

    private static func beginning(_ path: String) -> String {
        let end = path.utf8.firstIndex { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "(") }
        return end.map { String(path[..<$0]) } ?? path
    }

    /// Whether anything may be known of a path: asked first, for of most nothing is.
    static func mayKnow(_ path: String) -> Bool { beginnings.contains(beginning(path)) }

    /// What calling or reading a path does.
    static func effects(of path: String, _ root: Reference.Root) -> Effects {
        switch root {
        case .builtin: effects(path, in: globals)
        case .module: effects(moduleText(path), in: modules)
        case .local, .expression: []
        }
    }

    private static func effects(_ text: String, in lookup: Lookup) -> Effects {
        if let effects = lookup.exact[text] { return effects }
        // `a.b.*`, then `a.*`.
        var rest = text[...]
        while let dot = rest.utf8.lastIndex(of: UInt8(ascii: ".")), dot > rest.startIndex {
            rest = rest[..<dot]
            if let effects = lookup.below[String(rest)] { return effects }
            if rest.hasSuffix("()"), let effects = lookup.below[String(rest.dropLast(2))] { return effects }
        }
        return []
    }

    /// `fs/promises` and packages that stand for a built-in module are written as that module.
    private static func moduleText(_ text: String) -> String {
        for (alias, module) in aliases where text.hasPrefix(alias) {
            let rest = text.dropFirst(alias.utf8.count)
            if rest.isEmpty || rest.first == "." || rest.first == "(" { return module + rest }
        }
        return text
    }

    private static let aliases: [(String, String)] = [
        ("fs/promises", "fs.promises"), ("fs-extra", "fs"), ("graceful-fs", "fs"), ("mz/fs", "fs"),
        ("dns/promises", "dns"), ("timers/promises", "timers"), ("mz/child_process", "child_process"),
        ("original-fs", "fs"), ("stream/promises", "stream"),
    ]

    /// Whether a name without declaration is the language's or a runtime's.
    static func isGlobal(_ name: String) -> Bool { globalNames.contains(name) }

    /// Whether a path of a global is a function, so that its constructor makes functions.
    static func isFunction(_ path: String) -> Bool { functionNames.contains(path) || path.hasSuffix(".bind") }

    /// Whether calling it with a name gives the module of that name.
    static func isLoader(_ path: String, _ root: Reference.Root) -> Bool {
        switch root {
        case .builtin: globalLoaders.contains(path)
        case .module: moduleLoaders.contains(path)
        case .local, .expression: false
        }
    }

    /// Whether a global is told when it is read though reading it does nothing: what comes of it may do much.
    static func isHandle(_ path: String) -> Bool { handleNames.contains(path) }

    private static let handleNames: Set<String> = [
        "process", "globalThis", "module", "module.exports", "exports", "document.cookie", "require.cache",
        "require.main",
        "import.meta.url", "process.mainModule", "process.argv", "process.execPath", "__dirname", "__filename",
        "ethereum",
        "globalThis.ethereum", "navigator", "location", "location.href", "document.location",
    ]

    /// Functions that compilers put around imports.
    static func isInterop(_ name: String) -> Bool { interopNames.contains(name) }

    /// Functions whose results are computed when their arguments are known.
    static func isFoldable(_ path: String) -> Bool { foldableNames.contains(path) }

    private static let globalLoaders: Set<String> = [
        "require", "module.require", "process.mainModule.require", "require.main.require", "module.parent.require",
        "module.constructor._load", "process.getBuiltinModule", "import", "module.main.require",
        "require.main.constructor._load", "process.mainModule.constructor._load", "require.cache[].require",
        "__non_webpack_require__", "process.mainModule.parent.require", "module.children[].require", "process.binding",
    ]

    private static let moduleLoaders: Set<String> = [
        "module.createRequire()", "module.Module.createRequire()", "module._load", "module.Module._load",
        "module.createRequireFromPath()", "import-fresh", "require-from-string",
    ]

    private static let interopNames: Set<String> = [
        "_interopRequireDefault", "_interopRequireWildcard", "__importDefault", "__importStar", "__toESM", "__toModule",
        "_interopDefault", "_interopDefaultLegacy", "_interopNamespace", "_interopNamespaceDefault", "interopDefault",
        "_interopDefaultCompat", "_interopNamespaceCompat", "_interopDefaultExport", "interopRequireDefault",
    ]

    private static let foldableNames: Set<String> = [
        "String.fromCharCode", "String.fromCodePoint", "parseInt", "Number.parseInt", "Number", "parseFloat",
        "path.join", "path.resolve", "path.posix.join", "require.resolve", "Buffer.from", "Buffer",
        "buffer.Buffer.from", "buffer.Buffer", "safe-buffer.Buffer.from", "Uint8Array.from", "String", "atob",
        "window.atob", "btoa", "decodeURIComponent", "decodeURI", "unescape", "Object.freeze", "Array.from",
    ]

    private static let functionNames = Set(
        """
        eval Function Object Array String Number Boolean Symbol Promise RegExp Date Map Set WeakMap Proxy Error BigInt
        setTimeout setInterval setImmediate require atob btoa fetch parseInt parseFloat escape unescape isNaN isFinite
        encodeURIComponent decodeURIComponent Buffer.from Array.from Object.keys Object.assign Math.max Math.min
        Object.getPrototypeOf() Reflect.getPrototypeOf() console.log JSON.parse JSON.stringify Math.random Date.now
        """.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))

    private static let globalNames: Set<String> = {
        let own = """
            eval Function Object Array String Number Boolean Symbol Promise RegExp Date Map Set WeakMap WeakSet WeakRef
            Proxy Reflect JSON Math Error TypeError RangeError BigInt Intl Atomics SharedArrayBuffer ArrayBuffer DataView
            Uint8Array Uint16Array Uint32Array Int8Array Int16Array Int32Array Float32Array Float64Array Uint8ClampedArray
            isNaN isFinite parseInt parseFloat encodeURIComponent decodeURIComponent encodeURI decodeURI escape unescape
            require module exports process Buffer console setTimeout setInterval setImmediate clearTimeout clearInterval
            queueMicrotask structuredClone performance URL URLSearchParams TextEncoder TextDecoder AbortController Event
            EventTarget MessageChannel BroadcastChannel WebAssembly crypto fetch Headers Request Response FormData Blob
            File atob btoa __dirname __filename import document navigator location localStorage sessionStorage indexedDB
            XMLHttpRequest WebSocket EventSource Image Worker SharedWorker importScripts caches history screen alert
            chrome browser Deno Bun WScript ActiveXObject DecompressionStream CompressionStream ImageDecoder
            OffscreenCanvas FileReader RTCPeerConnection WebTransport AsyncFunction GeneratorFunction execScript
            __non_webpack_require__ ethereum solana web3 queueMicrotask Temporal arguments
            """
        return Set(own.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init))
    }()
}
