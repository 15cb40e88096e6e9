internal import Cryptography

/// The links of a PEP 503 page, read by the specification; nothing is checked yet.
struct HTMLProjectPage {
    private(set) var drafts: [ProjectFileDraft] = []
    private(set) var status: ProjectStatus?

    /// One anchor with the text inside it.
    private struct Anchor {
        let tag: HTMLTag
        var text = ""
    }

    init(parsing bytes: [UInt8], baseURL: String) throws(ListingError) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw .malformedHTML(reason: "it is not UTF-8")
        }
        var tokens = HTMLTokenizer(bytes)
        var anchors: [Anchor] = []
        var base: String?
        var metadata: [String: String] = [:]
        var isInAnchor = false
        while let token = tokens.next() {
            switch token {
            case .text(let text):
                if isInAnchor { anchors[anchors.count - 1].text += text }
            case .tag(let tag) where tag.name == "a":
                // An anchor inside another ends the outer one.
                isInAnchor = !tag.isEnd
                if !tag.isEnd { anchors.append(Anchor(tag: tag)) }
            case .tag(let tag) where tag.name == "base" && !tag.isEnd:
                base = base ?? tag["href"]
            case .tag(let tag) where tag.name == "meta" && !tag.isEnd:
                if let name = tag["name"], metadata[name] == nil { metadata[name] = tag["content"] ?? "" }
            case .tag:
                continue
            }
        }
        if let version = metadata["pypi:repository-version"] { try SimpleAPIVersion.check(version) }
        status = metadata["pypi:project-status"].map {
            ProjectStatus(status: $0, reason: metadata["pypi:project-status-reason"])
        }
        let start = base.flatMap { URLReference.resolve(Self.trimmed($0), against: baseURL) } ?? baseURL
        drafts = anchors.compactMap { Self.draft($0, baseURL: start) }
    }

    private static func draft(_ anchor: Anchor, baseURL: String) -> ProjectFileDraft? {
        guard let href = anchor.tag["href"].map(trimmed) else { return nil }
        var draft = ProjectFileDraft()
        let bytes = href.utf8
        let referenceEnd = bytes.firstIndex(of: UInt8(ascii: "#")) ?? bytes.endIndex
        draft.url = URLReference.resolve(String(href[..<referenceEnd]), against: baseURL)
        let path = bytes[..<referenceEnd].prefix { $0 != UInt8(ascii: "?") }
        let lastSegment = path.lastIndex(of: .slash).map { path[path.index(after: $0)...] } ?? path
        let named = percentDecoded(lastSegment) ?? String(Substring(lastSegment))
        let text = trimmed(anchor.text)
        // The text must be the file's name; when it is another one, nobody can tell which file is meant.
        draft.filename = text.isEmpty || text == named ? named : "\(text) -> \(named)"
        draft.hashes = hashes(href[referenceEnd...])
        draft.requiresPython = anchor.tag["data-requires-python"].flatMap { $0.isEmpty ? nil : $0 }
        draft.uploadTime = anchor.tag["data-upload-time"]
        draft.provenance = anchor.tag["data-provenance"].flatMap { $0.isEmpty ? nil : $0 }
        if let reason = anchor.tag["data-yanked"] {
            draft.yank = .yes(reason: reason.isEmpty ? nil : reason)
        }
        draft.coreMetadata = coreMetadata(anchor.tag["data-core-metadata"] ?? anchor.tag["data-dist-info-metadata"])
        return draft
    }

    /// The digests of a fragment, `#sha256=…`, perhaps among other parameters.
    private static func hashes(_ fragment: Substring) -> [(name: String, value: String)] {
        fragment.utf8.dropFirst().split(separator: UInt8(ascii: "&")).compactMap { part in
            guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            let algorithm = asciiLowercased(String(Substring(part[..<equals])))
            guard algorithms.contains(algorithm) else { return nil }
            return (algorithm, asciiLowercased(String(Substring(part[part.index(after: equals)...]))))
        }
    }

    /// Functions whose values some index has put into fragments.
    private static let algorithms: Set<String> = ["sha256", "sha512", "sha384", "sha224", "sha1", "md5"]

    /// `true`, or one digest of the metadata; anything else says nothing.
    private static func coreMetadata(_ value: String?) -> ProjectFileDraft.CoreMetadata {
        guard let value else { return .unknown }
        if value == "true" { return .present(sha256: nil) }
        if value == "false" { return .absent }
        guard let equals = value.firstIndex(of: "=") else { return .unknown }
        let digest = value[..<equals] == "sha256" ? String(value[value.index(after: equals)...]) : nil
        return .present(sha256: digest.flatMap { try? SHA256Digest(hex: asciiLowercased($0)) })
    }

    private static func trimmed(_ text: String) -> String {
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !$0.isASCIIWhitespace }),
            let last = bytes.lastIndex(where: { !$0.isASCIIWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
