import Cryptography
import JSON
import Platform
import Registry

/// Names one document of one source, in memory and on disk.
struct DocumentKey: Hashable, Sendable {
    let source: RegistryName
    let url: String
    /// The `Accept` header it is asked for with: one address may have several representations.
    let accept: String

    /// The file name for it: no byte of a URL reaches the file system.
    var fileName: String {
        SHA256Digest(hashing: Array("\(source.text)\n\(accept)\n\(url)".utf8)).hex
    }
}

/// A document as an upstream sent it, with what is needed to ask whether it changed.
struct UpstreamDocument: Sendable {
    let bytes: [UInt8]
    let digest: SHA256Digest
    /// The media type in lower case, without parameters; empty when none was sent.
    let mediaType: String
    /// The address that answered, the base of relative links.
    let finalURL: String
    let entityTag: String?
    let lastModified: String?
    /// When the upstream last said that this is the current document.
    let validatedAt: Timestamp

    init(
        bytes: [UInt8], mediaType: String, finalURL: String, entityTag: String?, lastModified: String?,
        validatedAt: Timestamp
    ) {
        self.init(
            bytes: bytes, digest: SHA256Digest(hashing: bytes), mediaType: mediaType, finalURL: finalURL,
            entityTag: entityTag, lastModified: lastModified, validatedAt: validatedAt)
    }

    private init(
        bytes: [UInt8], digest: SHA256Digest, mediaType: String, finalURL: String, entityTag: String?,
        lastModified: String?, validatedAt: Timestamp
    ) {
        self.bytes = bytes
        self.digest = digest
        self.mediaType = mediaType
        self.finalURL = finalURL
        self.entityTag = entityTag
        self.lastModified = lastModified
        self.validatedAt = validatedAt
    }

    /// The same document, confirmed at `moment`.
    func validated(at moment: Timestamp) -> UpstreamDocument {
        UpstreamDocument(
            bytes: bytes, digest: digest, mediaType: mediaType, finalURL: finalURL, entityTag: entityTag,
            lastModified: lastModified, validatedAt: moment)
    }
}

// On disk: one line of JSON, a line feed, the bytes as they came. The line holds the digest of the bytes, so a file that
// was cut off or altered is noticed and fetched again.
extension UpstreamDocument {
    func fileBytes(key: DocumentKey) -> [UInt8] {
        var members: JSONObject = [
            "url": .string(key.url), "accept": .string(key.accept), "sha256": .string(digest.hex),
            "mediaType": .string(mediaType), "finalURL": .string(finalURL),
            "validatedAt": .integer(validatedAt.secondsSinceEpoch),
        ]
        if let entityTag { members.set("etag", .string(entityTag)) }
        if let lastModified { members.set("lastModified", .string(lastModified)) }
        return JSONText.serialize(.object(members)) + [0x0A] + bytes
    }

    /// Reads what `fileBytes` wrote; nil when the file is of another document, cut off or altered.
    init?(fileBytes file: [UInt8], key: DocumentKey) {
        guard let lineEnd = file.firstIndex(of: 0x0A),
            case .success(let header) = Result(catching: { try JSONText.parse(Array(file[..<lineEnd])) }),
            header["url"]?.stringValue == key.url, header["accept"]?.stringValue == key.accept,
            let digest = header["sha256"]?.stringValue, let mediaType = header["mediaType"]?.stringValue,
            let finalURL = header["finalURL"]?.stringValue,
            let validatedAt = header["validatedAt"]?.integerValue
        else { return nil }
        self.init(
            bytes: Array(file[(lineEnd + 1)...]), mediaType: mediaType, finalURL: finalURL,
            entityTag: header["etag"]?.stringValue, lastModified: header["lastModified"]?.stringValue,
            validatedAt: Timestamp(secondsSinceEpoch: validatedAt))
        guard self.digest.hex == digest else { return nil }
    }
}
