import Cryptography
import HTTP
import Platform

/// A listing as it is sent: filtered, rewritten, and compressed when the client takes that.
final class RenderedListing: Sendable {
    let bytes: [UInt8]
    /// Strong, over the bytes sent.
    let entityTag: String
    let contentType: String
    let isCompressed: Bool
    /// Whether anything was removed or marked: what is refused now may be allowed at any moment.
    let isFiltered: Bool
    /// When time alone changes it; nil when it never does.
    let changesAt: Timestamp?
    /// What it was made from.
    let stamp: DecisionStamp

    init(
        bytes: [UInt8], contentType: String, isCompressed: Bool, isFiltered: Bool,
        changesAt: Timestamp?, stamp: DecisionStamp
    ) {
        self.bytes = bytes
        entityTag = EntityTag.strong(SHA256Digest(hashing: bytes).hex)
        self.contentType = contentType
        self.isCompressed = isCompressed
        self.isFiltered = isFiltered
        self.changesAt = changesAt
        self.stamp = stamp
    }

    /// Whether it still shows every decision as it is made now.
    func isCurrent(for stamp: DecisionStamp, at now: Timestamp) -> Bool {
        self.stamp == stamp && (changesAt.map { now < $0 } ?? true)
    }

    /// The longest that clients use their copy without asking. Unfiltered listings change only with the upstream, so a
    /// minute does; a filtered one may be allowed by a person who waits for it.
    private static let maxClientAge: Duration = .seconds(60)

    /// The answer to one client, 304 when its copy has our own tag.
    func response(
        to headers: HeaderFields, at now: Timestamp, freshUntil: Timestamp, isPublic: Bool, staleReason: String?
    ) -> ServerResponse {
        var fields: HeaderFields = [
            "ETag": entityTag, "Vary": "Accept, Accept-Encoding",
            "Cache-Control": cacheControl(at: now, freshUntil: freshUntil, isPublic: isPublic),
        ]
        if staleReason != nil { fields.append("Warning", UpstreamRelay.staleWarning) }
        // Upstream validators never count here: the tag is over the filtered bytes.
        if EntityTag.isNoneMatch(headers, entityTag) { return ServerResponse(status: 304, headers: fields) }
        fields.append("Content-Type", contentType)
        if isCompressed { fields.append("Content-Encoding", "gzip") }
        return ServerResponse(status: 200, headers: fields, body: .bytes(bytes))
    }

    private func cacheControl(at now: Timestamp, freshUntil: Timestamp, isPublic: Bool) -> String {
        var seconds: Int64 = 0
        if !isFiltered {
            let ends = [now.adding(Self.maxClientAge), freshUntil] + (changesAt.map { [$0] } ?? [])
            seconds = max(0, ends.map { now.distance(to: $0).components.seconds }.min() ?? 0)
        }
        return "\(isPublic ? "" : "private, ")max-age=\(seconds)" + (seconds == 0 ? ", must-revalidate" : "")
    }
}
