internal import Cryptography
internal import JSON

/// What one pass over a PEP 691 document found.
struct ProjectPageScan {
    let name: PackageName
    let baseURL: String
    let bytes: [UInt8]
    private(set) var drafts: [ProjectFileDraft] = []
    private(set) var versions: [String]?
    private(set) var status: ProjectStatus?
    private(set) var otherMeta: [[UInt8]] = []
    private(set) var otherMembers: [[UInt8]] = []

    init(name: PackageName, baseURL: String, bytes: [UInt8]) {
        self.name = name
        self.baseURL = baseURL
        self.bytes = bytes
    }

    /// Walks the whole document.
    mutating func document(_ reader: inout ListingReader) throws(ListingError) {
        var hasName = false
        var hasFiles = false
        try reader.require(.object, at: "the document", "an object")
        try reader.members(of: "the document") { (reader, member, token) throws(ListingError) in
            switch member {
            case "name":
                try checkName(try reader.string() ?? "")
                hasName = true
            case "files":
                try reader.require(.array, at: "files", "an array")
                try reader.elements { (reader) throws(ListingError) in drafts.append(try file(&reader)) }
                hasFiles = true
            case "meta":
                try reader.require(.object, at: "meta", "an object")
                try meta(&reader)
            case "versions":
                try reader.require(.array, at: "versions", "an array")
                versions = try strings(&reader)
            case "project-status":
                try readStatus(&reader)
            default:
                let end = try reader.endOfValue()
                otherMembers.append(Array(bytes[token.quoted.lowerBound..<end]))
            }
        }
        if !hasName { throw .missingMember(path: "name") }
        if !hasFiles { throw .missingMember(path: "files") }
    }

    private func checkName(_ found: String) throws(ListingError) {
        guard let parsed = try? PackageName(parsing: found, ecosystem: .pypi), parsed == name else {
            throw .nameMismatch(found: found, expected: name)
        }
    }

    private mutating func meta(_ reader: inout ListingReader) throws(ListingError) {
        try reader.members(of: "meta") { (reader, member, token) throws(ListingError) in
            guard member == "api-version" else {
                let end = try reader.endOfValue()
                otherMeta.append(Array(bytes[token.quoted.lowerBound..<end]))
                return
            }
            try SimpleAPIVersion.check(try reader.string() ?? "")
        }
    }

    private func strings(_ reader: inout ListingReader) throws(ListingError) -> [String] {
        var texts: [String] = []
        try reader.elements { (reader) throws(ListingError) in
            if let text = try reader.string() { texts.append(text) }
        }
        return texts
    }

    private mutating func readStatus(_ reader: inout ListingReader) throws(ListingError) {
        guard try reader.kind() == .object else { return }
        var text: String?
        var reason: String?
        try reader.members(of: "project-status") { (reader, member, _) throws(ListingError) in
            switch member {
            case "status": text = try reader.string()
            case "reason": reason = try reader.string()
            default: break
            }
        }
        status = text.map { ProjectStatus(status: $0, reason: reason) }
    }

    private func file(_ reader: inout ListingReader) throws(ListingError) -> ProjectFileDraft {
        try reader.require(.object, at: "an entry of files", "an object")
        var draft = ProjectFileDraft()
        // Both names of one fact may stand there (PEP 714); the newer one counts, whatever the order.
        var newerMetadata: ProjectFileDraft.CoreMetadata?
        try reader.members(of: "an entry of files") { (reader, member, token) throws(ListingError) in
            switch member {
            case "filename": draft.filename = try reader.string() ?? ""
            case "url": draft.url = try reader.string().flatMap { URLReference.resolve($0, against: baseURL) }
            case "hashes": draft.hashes = try hashes(&reader)
            case "requires-python": draft.requiresPython = try reader.string()
            case "size": draft.sizeBytes = try reader.integer()
            case "upload-time": draft.uploadTime = try reader.string()
            case "yanked": draft.yank = try yank(&reader)
            case "core-metadata": newerMetadata = try coreMetadata(&reader)
            case "dist-info-metadata", "data-dist-info-metadata": draft.coreMetadata = try coreMetadata(&reader)
            case "provenance":
                // PEP 740: null says that there is none; no member says nothing.
                draft.saysWithoutProvenance = try reader.kind() == .null
                draft.provenance = try reader.string().flatMap { $0.isEmpty ? nil : $0 }
            case "gpg-sig": break
            default:
                let end = try reader.endOfValue()
                draft.otherMembers.append(Array(bytes[token.quoted.lowerBound..<end]))
            }
        }
        draft.coreMetadata = newerMetadata ?? draft.coreMetadata
        return draft
    }

    private func hashes(_ reader: inout ListingReader) throws(ListingError) -> [(name: String, value: String)] {
        try reader.require(.object, at: "hashes of a file", "an object")
        var found: [(name: String, value: String)] = []
        try reader.members(of: "hashes of a file") { (reader, name, _) throws(ListingError) in
            guard let value = try reader.string() else { return }
            found.append((asciiLowercased(name), value))
        }
        return found
    }

    private func yank(_ reader: inout ListingReader) throws(ListingError) -> ProjectFileDraft.Yank {
        switch try reader.kind() {
        case .boolean: return try reader.boolean() == true ? .yes(reason: nil) : .no
        case .string:
            let reason = try reader.string() ?? ""
            return reason.isEmpty ? .no : .yes(reason: reason)
        case .null, .number, .array, .object: return .no
        }
    }

    private func coreMetadata(_ reader: inout ListingReader) throws(ListingError) -> ProjectFileDraft.CoreMetadata {
        switch try reader.kind() {
        case .boolean: return try reader.boolean() == true ? .present(sha256: nil) : .absent
        case .object:
            let digest = try hashes(&reader).first { $0.name == "sha256" }
            return .present(sha256: digest.flatMap { try? SHA256Digest(hex: asciiLowercased($0.value)) })
        case .null, .number, .string, .array: return .unknown
        }
    }
}

/// The version of the simple API.
///
/// Spec: PEP 629: an unknown major version must be refused; no version means 1.0.
enum SimpleAPIVersion {
    static func check(_ text: String) throws(ListingError) {
        let parts = text.utf8.split(separator: .dot, omittingEmptySubsequences: false)
        let isNumeric = parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }
        guard parts.count == 2, isNumeric, parts[0].elementsEqual("1".utf8) else {
            throw .unsupportedVersion(text)
        }
    }
}
