public import Cryptography
public import JSON
public import Registry

/// One artifact by name and bytes.
public struct ArtifactReference: Sendable, Hashable {
    public let purl: PackageURL
    public let filename: String
    public let sha512: SHA512Digest

    public init(purl: PackageURL, filename: String, sha512: SHA512Digest) {
        self.purl = purl
        self.filename = filename
        self.sha512 = sha512
    }

    /// `{purl, filename, sha512}`.
    public var record: JSONValue {
        ["filename": .string(filename), "purl": .string(purl.text), "sha512": .string(sha512.hex)]
    }
}

/// A difference with what it is the difference from: what a worker hands in beside a verdict of `diff`, for people.
public struct ComparedDifference: Sendable, Equatable {
    public let base: ArtifactReference
    public let difference: ShownDifference

    public init(base: ArtifactReference, difference: ShownDifference) {
        self.base = base
        self.difference = difference
    }

    /// `{base, difference}`.
    public var record: JSONValue { record(hasText: true) }

    /// - Parameter hasText: whether lines of files are in it.
    public func record(hasText: Bool) -> JSONValue {
        ["base": base.record, "difference": difference.record(hasText: hasText)]
    }

    /// - Throws: `StatementError` that names the member, for everything that `record` does not write.
    public init(reading value: JSONValue) throws(StatementError) {
        var reader = try MemberReader(value, at: "")
        var base = try reader.object("base")
        guard let purl = try base.optionalPackageURL("purl") else { throw .missingMember(path: "base.purl") }
        let filename = try base.string("filename", as: .path)
        guard let sha512 = try? SHA512Digest(hex: try base.string("sha512")) else {
            throw .invalidMember(path: "base.sha512", expected: "a SHA-512 in hexadecimal")
        }
        try base.finish()
        self.base = ArtifactReference(purl: purl, filename: filename, sha512: sha512)
        difference = try ShownDifference(reading: try reader.value("difference"))
        try reader.finish()
    }

    /// Reads the bytes that were kept of a record.
    ///
    /// - Throws: `StatementError`.
    public init(parsing bytes: [UInt8]) throws(StatementError) {
        let value: JSONValue
        do throws(CanonicalJSONError) { value = try CanonicalJSON.parse(bytes) } catch {
            throw .notCanonical(what: "difference", reason: "\(error)")
        }
        try self.init(reading: value)
    }
}
