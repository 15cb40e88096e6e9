public import Cryptography

/// One signature of an envelope.
public struct EnvelopeSignature: Sendable, Hashable {
    public let keyID: KeyID
    /// 64 bytes.
    public let signature: [UInt8]

    public init(keyID: KeyID, signature: [UInt8]) {
        self.keyID = keyID
        self.signature = signature
    }
}

/// A DSSE envelope around an in-toto statement; nothing about its signatures has been checked yet.
///
/// Its leaf form is one exact byte sequence, so every log entry is a standard attestation that other programs read.
/// Spec: DSSE v1.0 "protocol"; verdict-log, section 1.
public struct Envelope: Sendable, Equatable {
    /// The canonical statement, as signed.
    public let payload: [UInt8]
    /// At least one, ascending by key id, no key twice.
    public let signatures: [EnvelopeSignature]

    public static let payloadType = "application/vnd.in-toto+json"
    /// The most bytes of a leaf; larger evidence is a detached report.
    public static let maxLeafBytes = 32 * 1024
    private static let maxSignatures = 16

    /// Signs a statement with one key.
    ///
    /// - Throws: `StatementError` when the statement breaks the format or its leaf would be over the limit.
    public static func signing(
        _ statement: Statement, with key: Ed25519SigningKey
    ) throws(StatementError) -> Envelope {
        try signing(statement, withAll: [key])
    }

    /// Signs a statement with several different keys, as key events by a root threshold need.
    ///
    /// - Throws: `StatementError` when the statement breaks the format or its leaf would be over the limit.
    public static func signing(
        _ statement: Statement, withAll keys: [Ed25519SigningKey]
    ) throws(StatementError) -> Envelope {
        let payload = try statement.canonicalBytes()
        let message = preAuthenticationEncoding(of: payload)
        let signatures = keys.map { EnvelopeSignature(keyID: $0.publicKey.keyID, signature: $0.sign(message)) }
        return try Envelope(payload: payload, signatures: signatures.sorted { $0.keyID < $1.keyID })
    }

    /// - Throws: `StatementError` when there is no signature, one has a wrong length, their order is not ascending, or
    ///   the leaf would be over the limit.
    public init(payload: [UInt8], signatures: [EnvelopeSignature]) throws(StatementError) {
        guard (1...Self.maxSignatures).contains(signatures.count) else {
            throw .invalidMember(path: "signatures", expected: "1 to \(Self.maxSignatures) signatures")
        }
        for signature in signatures where signature.signature.count != 64 {
            throw .invalidMember(path: "signatures.sig", expected: "64 bytes in base64")
        }
        for (earlier, later) in zip(signatures, signatures.dropFirst()) where earlier.keyID >= later.keyID {
            throw .notCanonical(what: "leaf", reason: "signatures are not in ascending order of key ids")
        }
        self.payload = payload
        self.signatures = signatures
        let size = Self.leafSize(payloadBytes: payload.count, signatures: signatures.count)
        guard size <= Self.maxLeafBytes else { throw .tooLarge(bytes: size, limit: Self.maxLeafBytes) }
    }

    /// What the signatures are over, and what names the statement.
    ///
    /// Spec: DSSE v1.0, "PAE".
    public static func preAuthenticationEncoding(of payload: [UInt8]) -> [UInt8] {
        Array("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
    }

    public var statementID: StatementID {
        StatementID(digest: SHA256Digest(hashing: Self.preAuthenticationEncoding(of: payload)))
    }

    // MARK: Leaf

    private static let opening = Array(#"{"payload":""#.utf8)
    private static let afterPayload = Array(#"","payloadType":"\#(payloadType)","signatures":["#.utf8)
    private static let beforeKeyID = Array(#"{"keyid":""#.utf8)
    private static let beforeSignature = Array(#"","sig":""#.utf8)
    private static let afterSignature = Array(#""}"#.utf8)
    private static let closing = Array("]}".utf8)

    private static func leafSize(payloadBytes: Int, signatures: Int) -> Int {
        let each = beforeKeyID.count + 64 + beforeSignature.count + 88 + afterSignature.count
        return opening.count + (payloadBytes + 2) / 3 * 4 + afterPayload.count + signatures * each + (signatures - 1)
            + closing.count
    }

    /// The envelope as a log entry.
    public var leafBytes: [UInt8] {
        var leaf = Self.opening
        leaf.reserveCapacity(Self.leafSize(payloadBytes: payload.count, signatures: signatures.count))
        leaf += Base64.encodeBytes(payload)
        leaf += Self.afterPayload
        for (position, signature) in signatures.enumerated() {
            if position > 0 { leaf.append(UInt8(ascii: ",")) }
            leaf += Self.beforeKeyID
            leaf += Array(signature.keyID.hex.utf8)
            leaf += Self.beforeSignature
            leaf += Base64.encodeBytes(signature.signature)
            leaf += Self.afterSignature
        }
        return leaf + Self.closing
    }

    /// Reads a leaf in its one exact form: no other order, whitespace, escape or base64 spelling.
    ///
    /// - Throws: `StatementError` when the bytes are over the limit or differ from that form.
    public init(parsingLeaf leaf: [UInt8]) throws(StatementError) {
        guard leaf.count <= Self.maxLeafBytes else { throw .tooLarge(bytes: leaf.count, limit: Self.maxLeafBytes) }
        var rest = LeafCursor(leaf)
        try rest.take(Self.opening)
        let payload = try rest.takeBase64("payload")
        try rest.take(Self.afterPayload)
        var signatures: [EnvelopeSignature] = []
        repeat {
            if !signatures.isEmpty { try rest.take([UInt8(ascii: ",")]) }
            try rest.take(Self.beforeKeyID)
            let keyID = try rest.takeKeyID()
            try rest.take(Self.beforeSignature)
            signatures.append(EnvelopeSignature(keyID: keyID, signature: try rest.takeBase64("sig")))
            try rest.take(Self.afterSignature)
        } while rest.next == UInt8(ascii: ",") && signatures.count < Self.maxSignatures
        try rest.take(Self.closing)
        try rest.end()
        try self.init(payload: payload, signatures: signatures)
    }
}

/// Walks a leaf from start to end, once.
private struct LeafCursor {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func take(_ expected: [UInt8]) throws(StatementError) {
        guard bytes[offset...].starts(with: expected) else {
            throw .notCanonical(
                what: "leaf", reason: "expected \(String(decoding: expected, as: UTF8.self)) at byte \(offset)")
        }
        offset += expected.count
    }

    mutating func takeBase64(_ name: String) throws(StatementError) -> [UInt8] {
        let start = offset
        let text = takeToQuote()
        do throws(EncodingError) {
            return try Base64.decode(text)
        } catch {
            throw .notCanonical(what: "leaf", reason: "\(name) at byte \(start) is not strict base64: \(error)")
        }
    }

    mutating func takeKeyID() throws(StatementError) -> KeyID {
        let start = offset
        let text = String(decoding: takeToQuote(), as: UTF8.self)
        guard let keyID = try? KeyID(hex: text) else {
            throw .notCanonical(what: "leaf", reason: "keyid at byte \(start) is not 64 lowercase hexadecimal digits")
        }
        return keyID
    }

    func end() throws(StatementError) {
        guard offset == bytes.count else {
            throw .notCanonical(what: "leaf", reason: "\(bytes.count - offset) bytes follow the end")
        }
    }

    private mutating func takeToQuote() -> [UInt8] {
        let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\"")) ?? bytes.count
        defer { offset = end }
        return Array(bytes[offset..<end])
    }
}
