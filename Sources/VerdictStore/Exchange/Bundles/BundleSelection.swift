public import Cryptography
public import JSON
public import Registry
public import Screening

/// Which entries of a log a bundle holds; what is nil does not narrow.
///
/// Key events, revocations and successions travel along whatever is selected: without them nobody could judge the
/// signers of the rest.
public struct BundleSelection: Hashable, Sendable {
    /// A package, or with a version one version of it.
    public var purl: PackageURL?
    public var integrity: SHA512Digest?
    /// Verdicts of this analyzer.
    public var analyzer: AnalyzerID?
    /// Verdicts that count as this.
    public var verdict: Verdict?
    /// Entries at this index or after it.
    public var sinceIndex: UInt64?

    public init(
        purl: PackageURL? = nil, integrity: SHA512Digest? = nil, analyzer: AnalyzerID? = nil, verdict: Verdict? = nil,
        sinceIndex: UInt64? = nil
    ) {
        self.purl = purl
        self.integrity = integrity
        self.analyzer = analyzer
        self.verdict = verdict
        self.sinceIndex = sinceIndex
    }

    /// Whether an entry of the log belongs into the bundle.
    public func covers(_ statement: Statement, at index: UInt64) -> Bool {
        if BundleSelection.alwaysTravel.contains(statement.predicateType) { return true }
        if let sinceIndex, index < sinceIndex { return false }
        if let purl {
            guard let subject = statement.subject, subject.purl.name == purl.name else { return false }
            if purl.version != nil, !subject.purl.text.utf8.elementsEqual(purl.text.utf8) { return false }
        }
        if let integrity, statement.subject?.sha512 != integrity { return false }
        guard analyzer != nil || verdict != nil else { return true }
        guard case .verdict(let stated) = statement else { return false }
        return (analyzer ?? stated.analyzer.id) == stated.analyzer.id && (verdict ?? stated.verdict) == stated.verdict
    }

    /// What says who may speak, and what is no longer said.
    static let alwaysTravel: Set<PredicateType> = [.keyEvent, .revocation, .logSuccession]

    /// The record in the bundle: only what narrows.
    public var record: JSONValue {
        var members: JSONObject = [:]
        if let analyzer { members.set("analyzer", .string(analyzer.text)) }
        if let integrity { members.set("integrity", .string("sha512-\(integrity.base64)")) }
        if let purl { members.set("purl", .string(purl.text)) }
        if let sinceIndex { members.set("sinceIndex", .integer(Int64(clamping: sinceIndex))) }
        if let verdict { members.set("verdict", .string(verdict.rawValue)) }
        return .object(members)
    }

    /// Reads the record; every value has one spelling.
    init(reading value: JSONValue?) throws(BundleTextError) {
        var members = try ExactMembers(value, named: "selection")
        if let text = try members.optionalString("analyzer") {
            guard let id = try? AnalyzerID(parsing: text) else { throw BundleTextError("analyzer is not a name") }
            analyzer = id
        }
        if let text = try members.optionalString("integrity") {
            integrity = try BundleSelection.digest(text)
        }
        if let text = try members.optionalString("purl") {
            guard let url = try? PackageURL(parsing: text), url.text.utf8.elementsEqual(text.utf8) else {
                throw BundleTextError("purl is not a package URL in its canonical spelling")
            }
            purl = url
        }
        if let index = try members.optionalCount("sinceIndex") { sinceIndex = index }
        if let text = try members.optionalString("verdict") {
            guard let word = Verdict(rawValue: text) else {
                throw BundleTextError("verdict is not clean, suspicious or malicious")
            }
            verdict = word
        }
        try members.finish()
    }

    private static func digest(_ text: String) throws(BundleTextError) -> SHA512Digest {
        let prefix = "sha512-"
        guard text.utf8.starts(with: prefix.utf8),
            let bytes = try? Base64.decode(
                String(decoding: Array(text.utf8.dropFirst(prefix.utf8.count)), as: UTF8.self)),
            let digest = try? SHA512Digest(bytes: bytes)
        else { throw BundleTextError("integrity is not sha512- and 64 bytes in Base64") }
        return digest
    }
}
