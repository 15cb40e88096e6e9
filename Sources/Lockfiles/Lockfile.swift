import JSON
public import Registry
import TOML
import YAML

/// What a lockfile says: every package that an installation by it may bring.
///
/// The kind of file is told by its contents; the name decides where they do not. No other file is opened and nothing of
/// the file is run. A file that is damaged is an error as a whole; an entry that cannot be understood is an entry that
/// says so.
public struct Lockfile: Sendable {
    public let format: LockfileFormat
    /// In the order of the file.
    public let entries: [LockedEntry]
    /// What the file says beyond its entries that whoever judges them should know, in words.
    public let notes: [String]

    /// Reads the bytes of one file.
    ///
    /// - Parameter filename: the name or path that the file has where it comes from, if it has one.
    /// - Throws: `LockfileError`.
    public init(
        reading bytes: [UInt8], filename: String? = nil, limits: LockfileLimits = LockfileLimits()
    ) throws(LockfileError) {
        guard bytes.count <= limits.maxBytes else { throw .tooLarge(bytes: bytes.count, limit: limits.maxBytes) }
        let name = filename.map { String($0.split(separator: "/").last ?? "") }
        var entries = EntryList(limit: limits.maxEntries)
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes[3...]) : bytes
        format = try Self.read(text, name, &entries)
        guard !entries.isOverfull else { throw .tooManyEntries(limit: limits.maxEntries) }
        self.entries = entries.entries
        notes = entries.notes
    }

    public var ecosystem: Ecosystem { format.ecosystem }

    private static func read(
        _ bytes: [UInt8], _ name: String?, _ entries: inout EntryList
    ) throws(LockfileError) -> LockfileFormat {
        let shape = Shape(bytes, name)
        switch shape {
        case .object: return try JSONLockfile.read(bytes, name, &entries)
        case .yarnClassic: return try YarnClassicReader.read(bytes, &entries)
        case .yarnBerry, .pnpm:
            let root = try yaml(bytes, shape == .pnpm ? "pnpm-lock" : "yarn.lock")
            return shape == .pnpm ? try PnpmLockReader.read(root, &entries) : try YarnBerryReader.read(root, &entries)
        case .tables: return try TOMLLockfile.read(bytes, name, &entries)
        case .lines: return try RequirementsReader.read(bytes, name, &entries)
        case .empty:
            // Tools write such files for projects without dependencies.
            switch name {
            case "yarn.lock": return .yarnClassic
            // What looks like a comment here may be more to pip.
            case let name? where name.hasSuffix(".txt") || name.hasSuffix(".in"):
                return try RequirementsReader.read(bytes, name, &entries)
            default: throw .notALockfile(name: name, hint: "it is empty")
            }
        }
    }

    /// Big enough for every lockfile of a size that is read, and a bound on memory all the same.
    private static let yamlLimits = YAMLLimits(maxBytes: 64 << 20, maxDepth: 32, maxNodes: 1_500_000)

    private static func yaml(_ bytes: [UInt8], _ format: String) throws(LockfileError) -> YAMLNode {
        do throws(YAMLProblem) {
            return try YAMLDocument.parse(bytes, limits: yamlLimits)
        } catch {
            throw .damaged(format: format, line: error.line, reason: error.message)
        }
    }
}

/// What the lines of a text look like: enough to choose a reader, which then decides.
private enum Shape {
    case object, yarnClassic, yarnBerry, pnpm, tables, lines, empty

    init(_ bytes: [UInt8], _ name: String?) {
        var hasText = false
        var rest = bytes[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0A }
            rest = rest.dropFirst(line.count + 1)
            if line.starts(with: Array("# yarn lockfile v1".utf8)) {
                self = .yarnClassic
                return
            }
            guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
            if first == UInt8(ascii: "#") { continue }
            // The first line that means something tells an object; the others have their marks further down.
            if !hasText, first == UInt8(ascii: "{") || (first == UInt8(ascii: "/") && name == "bun.lock") {
                self = .object
                return
            }
            hasText = true
            if let shape = Self.decisive(line) {
                self = shape
                return
            }
        }
        switch name {
        case _ where !hasText: self = .empty
        case "yarn.lock": self = .yarnClassic
        default: self = .lines
        }
    }

    /// Marks that only one kind of file has at the start of a line.
    private static func decisive(_ line: ArraySlice<UInt8>) -> Shape? {
        if line.starts(with: Array("__metadata:".utf8)) { return .yarnBerry }
        if line.starts(with: Array("lockfileVersion:".utf8)) { return .pnpm }
        if line.starts(with: Array("[[package]]".utf8)) || line.starts(with: Array("[metadata]".utf8)) {
            return .tables
        }
        if line.starts(with: Array("requires-python".utf8)) { return .tables }
        return nil
    }
}

/// The entries of a file while it is read; what is beyond the limit is counted and not kept.
struct EntryList {
    private(set) var entries: [LockedEntry] = []
    private(set) var notes: [String] = []
    private(set) var isOverfull = false
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    mutating func append(_ entry: LockedEntry) {
        guard entries.count < limit else {
            isOverfull = true
            return
        }
        entries.append(entry)
    }

    mutating func note(_ text: String) {
        if notes.count < 100 { notes.append(text) }
    }
}
